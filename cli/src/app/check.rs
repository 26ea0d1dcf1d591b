//! `check`: limits and guard together, without queueing anything.

use soundpost_core::delivery::{Delivery, HoldReason, RuleHold, Touch};
use soundpost_core::guard::{self, Verdict};
use soundpost_core::intake::findings;
use soundpost_core::post::Post;
use soundpost_core::schedule;

use super::App;
use super::error::AppError;
use super::marks::marks;
use super::posting::worth_a_look;
use crate::control::protocol::{CheckAsk, RuleSaid, VerdictView};
use crate::output::visible;

impl App {
    /// What the networks and the guard say about a draft or a queued post.
    ///
    /// # Errors
    /// All problems at once when a draft could not be queued.
    pub async fn check(&self, who: &str, ask: CheckAsk) -> Result<Vec<VerdictView>, AppError> {
        match ask {
            CheckAsk::Draft(draft) => {
                let taken = self.take_in(who, &draft).await?;
                let views = taken.deliveries.iter().map(|d| self.verdict_view(d, &taken.post));
                let mut views: Vec<VerdictView> = views.collect();
                // It is about all of them: said once.
                if let Some(first) = views.first_mut() {
                    first.findings.extend(self.same_text(&draft, &taken));
                }
                Ok(views)
            }
            CheckAsk::Id(id) => {
                let deliveries = self.find(&id).await?;
                let post = self.find_post(id.split('.').next().unwrap_or(&id)).await?;
                Ok(deliveries.iter().map(|d| self.verdict_view(d, &post)).collect())
            }
        }
    }

    /// What the networks and the guard say about one delivery.
    pub(super) fn verdict_view(&self, delivery: &Delivery, post: &Post) -> VerdictView {
        let world = self.env.store.world();
        let due_shown = schedule::show(&delivery.due, self.now());
        let Some(account) = world.accounts.get(&delivery.account) else {
            let words = vec!["its account is not there any more".to_owned()];
            let account = delivery.account.to_string();
            return VerdictView {
                account,
                due_shown,
                allowed: false,
                words,
                findings: Vec::new(),
                marked: Vec::new(),
                rules: Vec::new(),
            };
        };
        let parts = post.revision(delivery.revision).content.for_account(account);
        let at = delivery.goes_at().max(self.now());
        let input = self.env.guard_input(delivery, account, post, at);
        let teller = self.teller(&account.zone);
        let mut rules = Vec::new();
        let (allowed, words, marked) = match guard::shadow::verdict(delivery, &input, &world, &self.env.zones)
        {
            Verdict::Allow { evidence } => (true, vec![visible(&evidence).into_owned()], Vec::new()),
            Verdict::Warn { evidence, findings } => {
                rules.extend(findings.iter().map(|finding| rule_said(finding, "warn")));
                let words = findings.iter().map(|finding| teller.finding(finding));
                let evidence = visible(&evidence).into_owned();
                (true, [evidence].into_iter().chain(words).collect(), Vec::new())
            }
            Verdict::Hold {
                reasons,
                review_after,
            } => {
                let words = teller.holds(delivery, &reasons, review_after);
                rules.extend(
                    reasons
                        .iter()
                        .filter_map(HoldReason::rule)
                        .map(|hold| rule_said(hold, "hold")),
                );
                (false, words, marks(parts, touches(&reasons)))
            }
        };
        let findings = findings(&self.env.adapters, account, parts);
        let findings = findings.iter().map(|f| worth_a_look(&account.name, f));
        let findings = findings.chain(self.days_of(delivery, post, at)).collect();
        VerdictView {
            account: account.name.clone(),
            due_shown,
            allowed,
            words,
            findings,
            marked,
            rules,
        }
    }
}

fn rule_said(said: &RuleHold, does: &str) -> RuleSaid {
    RuleSaid {
        rule: said.rule.to_string(),
        does: does.to_owned(),
        limit: visible(&said.limit).into_owned(),
        found: said.found.clone(),
        source: visible(&said.source.to_string()).into_owned(),
        until: said.until.map(|at| at.to_string()),
    }
}

/// The words that met events.
pub(super) fn touches(reasons: &[HoldReason]) -> impl Iterator<Item = &Touch> {
    let touches = reasons.iter().map(|reason| match reason {
        HoldReason::Event(hold) => hold.touches.as_slice(),
        _ => &[],
    });
    touches.flatten()
}
