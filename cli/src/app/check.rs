//! `check`: limits and guard together, without queueing anything.

use soundpost_core::delivery::Delivery;
use soundpost_core::dispatch::guard_input;
use soundpost_core::guard::{self, Verdict};
use soundpost_core::intake::findings;
use soundpost_core::post::Post;
use soundpost_core::schedule;

use super::App;
use super::error::AppError;
use super::marks::marks;
use super::posting::worth_a_look;
use crate::control::protocol::{CheckAsk, VerdictView};

impl App {
    /// What the networks and the guard say about a draft or a queued post.
    ///
    /// # Errors
    /// All problems at once when a draft could not be queued.
    pub async fn check(&self, who: &str, ask: CheckAsk) -> Result<Vec<VerdictView>, AppError> {
        match ask {
            CheckAsk::Draft(draft) => {
                let taken = self.take_in(who, &draft).await?;
                Ok(taken
                    .deliveries
                    .iter()
                    .map(|d| self.verdict_view(d, &taken.post))
                    .collect())
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
            };
        };
        let parts = post.revision(delivery.revision).content.for_account(account);
        let at = delivery.due.at.max(self.now());
        let input = guard_input(delivery, account, post, parts, at);
        let teller = self.teller(&account.zone);
        let (allowed, words, marked) = match guard::judge(&input, &world, &self.env.zones) {
            Verdict::Allow { evidence } => (true, vec![evidence], Vec::new()),
            Verdict::Hold { events, .. } => {
                let touches = events.iter().flat_map(|hold| &hold.touches);
                let words = events.iter().map(|e| teller.event(e)).collect();
                (false, words, marks(parts, touches))
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
        }
    }
}
