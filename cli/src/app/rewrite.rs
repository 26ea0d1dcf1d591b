//! `rewrite`: another text, and the guard's word about it, in one step.

use soundpost_core::actor::Actor;
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{Delivery, HoldReason, State};
use soundpost_core::duty::review::may_release_itself;
use soundpost_core::guard::{self, Verdict};
use soundpost_core::port::store::{Step, Write};
use soundpost_core::post::{Content, Post, Revision};
use soundpost_core::quota::{Quotas, Share};

use super::App;
use super::check::touches;
use super::error::AppError;
use super::marks::marks;
use crate::control::protocol::{MarkedText, Rewritten, RewrittenView};
use crate::output::visible;

impl App {
    /// Gives a post another content, and judges it anew in the same step: what events alone held and do not hold now
    /// goes again by itself, and what they hold now is held at once.
    ///
    /// # Errors
    /// As [`App::edit`].
    pub async fn rewrite(&self, who: &str, typed: &str, content: Content) -> Result<Rewritten, AppError> {
        let deliveries = self.find(typed).await?;
        let post = self.find_post(typed.split('.').next().unwrap_or(typed)).await?;
        let number = post.revisions.last().map_or(1, |r| r.number) + 1;
        let revision = Revision {
            number,
            at: self.now(),
            by: Actor::Person(who.to_owned()),
            content,
        };
        let mut rewritten = post.clone();
        rewritten.revisions.push(revision.clone());
        let mut quotas = self.quotas_without(&deliveries).await?;
        let (mut steps, mut left) = (Vec::new(), Vec::new());
        for delivery in &deliveries {
            let edit = Move::Edit {
                revision: number,
                send_keys: self.keys(&revision.content, delivery)?,
            };
            match delivery.after_move(edit.clone(), self.now()) {
                Ok(edited) => {
                    steps.push(step(delivery, edit));
                    let follows = self.follows_edit(who, &edited, &rewritten, &mut quotas);
                    steps.extend(follows.map(|mv| step(&edited, mv)));
                }
                Err(error) => left.push(format!("{}: too late: {}. Retract it?", delivery.id, error.why)),
            }
        }
        if steps.is_empty() {
            let mut error = AppError::conflict("no delivery of this post can be rewritten any more");
            error.details = left;
            return Err(error);
        }
        let write = Write::Revise {
            post: post.id,
            revision: Box::new(revision),
            steps,
        };
        let mut written = self.write(who, "rewritten", write).await?;
        written.deliveries.dedup_by_key(|d| d.id);
        let before = |id| deliveries.iter().find(|d| d.id == id);
        let views = written.deliveries.iter().filter_map(|after| {
            let before = before(after.id)?;
            Some(self.rewritten_view(before, after, &rewritten))
        });
        Ok(Rewritten {
            revision: number,
            deliveries: views.collect(),
            left,
        })
    }

    /// What follows for one that was just edited; none when it stays as it stands. What the guard said of the words
    /// before does not stay: they are gone.
    fn follows_edit(&self, who: &str, edited: &Delivery, post: &Post, quotas: &mut Quotas) -> Option<Move> {
        let held = match edited.state() {
            State::Held { reasons, .. } => reasons.as_slice(),
            state if state.name().waits() => &[],
            _ => return None,
        };
        let (by_guard, mut reasons): (Vec<HoldReason>, Vec<HoldReason>) =
            held.iter().cloned().partition(HoldReason::is_by_guard);
        match self.judged(edited, post)? {
            Verdict::Hold {
                reasons: found,
                review_after,
            } => {
                let review_after = review_after.filter(|_| reasons.is_empty());
                reasons.extend(found);
                return Some(Move::Hold {
                    reasons,
                    review_after,
                });
            }
            Verdict::Allow { .. } | Verdict::Warn { .. } if by_guard.is_empty() => return None,
            Verdict::Allow { .. } | Verdict::Warn { .. } => {}
        }
        let halt = self.halt_of(edited);
        if halt.is_none() && may_release_itself(edited, self.now()) {
            let at = edited.goes_at().max(self.now());
            return Some(Move::Release {
                due: None,
                promised_at: quotas.later(edited.account, at, edited.parts_left(), Share::Planned),
            });
        }
        if reasons.is_empty() {
            reasons.push(halt.map_or_else(|| too_late(who), HoldReason::Halt));
        }
        Some(Move::Hold {
            reasons,
            review_after: None,
        })
    }

    fn judged(&self, delivery: &Delivery, post: &Post) -> Option<Verdict> {
        let world = self.env.store.world();
        let account = world.accounts.get(&delivery.account)?;
        let at = delivery.due.at.max(self.now());
        let input = self.env.guard_input(delivery, account, post, at);
        Some(guard::shadow::verdict(delivery, &input, &world, &self.env.zones))
    }

    fn rewritten_view(&self, before: &Delivery, after: &Delivery, post: &Post) -> RewrittenView {
        let verdict = self.verdict_view(after, post);
        RewrittenView {
            delivery: self.view(after, Some(post)),
            before: self.texts(before, post),
            after: self.texts(after, post),
            goes: self.goes_now(after),
            goes_by_itself: after.state_name().waits() && !self.is_paused_for(after),
            verdict,
        }
    }

    /// The texts of all parts, with the words that touch an event which holds it.
    fn texts(&self, delivery: &Delivery, post: &Post) -> Vec<MarkedText> {
        let world = self.env.store.world();
        let Some(account) = world.accounts.get(&delivery.account) else {
            return Vec::new();
        };
        let parts = post.revision(delivery.revision).content.for_account(account);
        let held = match self.judged(delivery, post) {
            Some(Verdict::Hold { reasons, .. }) => reasons,
            _ => Vec::new(),
        };
        let marked = marks(parts, touches(&held));
        let of_text = |number: u16| {
            let mut marked = marked.iter().filter(|m| m.part == number && m.field == "text");
            marked.next().map_or_else(Vec::new, |m| m.spans.clone())
        };
        let texts = parts.iter().zip(1u16..).map(|(part, number)| MarkedText {
            part: number,
            field: "text".to_owned(),
            text: part.text.clone(),
            spans: of_text(number),
        });
        texts.collect()
    }

    /// Whether it goes now by itself, or what it needs.
    fn goes_now(&self, after: &Delivery) -> String {
        let world = self.env.store.world();
        let account = world.accounts.get(&after.account);
        let teller = self.teller(account.map_or(self.zone.as_str(), |a| a.zone.as_str()));
        let paused = if self.is_paused_for(after) {
            ", once it is resumed"
        } else {
            ""
        };
        match after.state() {
            State::Held { reasons, .. } if reasons.iter().all(HoldReason::ends_by_itself) => {
                "the guard holds it: rewrite it again, approve it, or wait for the end of that".to_owned()
            }
            State::Held { reasons, .. } if reasons.iter().all(|r| matches!(r, HoldReason::Halt(_))) => {
                "nothing but the pause holds it: it goes by the plan, once it is resumed".to_owned()
            }
            State::Held { .. } => "something else than the guard holds it: a person lets it go".to_owned(),
            state if state.name().waits() => {
                let at = teller.instant(after.goes_at().max(self.now()));
                format!("it goes by itself {at}{paused}")
            }
            state => format!(
                "it is {}, and does not go by itself",
                visible(state.name().name())
            ),
        }
    }
}

/// Why what nothing holds any more waits for whoever rewrote it, or somebody else.
fn too_late(who: &str) -> HoldReason {
    HoldReason::Person {
        by: who.to_owned(),
        why: "rewritten when it could not go by itself any more".to_owned(),
    }
}

fn step(delivery: &Delivery, mv: Move) -> Step {
    Step {
        delivery: delivery.id,
        expects_version: delivery.version,
        mv,
    }
}
