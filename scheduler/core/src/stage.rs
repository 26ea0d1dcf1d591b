//! Preparing at the network what a post needs: uploads, cards. Nothing of it is public, and it may run ahead of time.

use jiff::Timestamp;

use crate::account::Account;
use crate::delivery::FailKind;
use crate::delivery::moves::Move;
use crate::dispatch::{Next, Work};
use crate::frozen::Staging;
use crate::login::login_needed;
use crate::port::adapter::{Adapter, StageError};
use crate::port::store::StoreError;
use crate::post::Part;
use crate::retry;
use crate::settle::later;

impl Work<'_> {
    pub(crate) fn must_stage(&self, adapter: &dyn Adapter, parts: &[Part], now: Timestamp) -> bool {
        let fresh = |s: &Staging| s.expires_at.is_none_or(|until| now < until);
        adapter.needs_staging(parts) && !self.delivery.staging.as_ref().is_some_and(fresh)
    }

    pub(crate) async fn stage(
        &mut self,
        adapter: &dyn Adapter,
        account: &Account,
        parts: &[Part],
    ) -> Result<Next, StoreError> {
        if self.delivery.staging.is_some() {
            self.advance(Move::Unstage, "the staging expired").await?;
        }
        let staged = adapter.stage(&self.env.context(account), parts).await;
        let now = self.env.clock.now();
        match staged {
            Ok(staging) => {
                self.advance(Move::Stage(staging), "").await?;
                Ok(Next::Again)
            }
            Err(StageError::Later { at, why }) => {
                let again_at = at.unwrap_or_else(|| retry::prepare_again_at(now, self.delivery.promised_at));
                self.advance(later(&self.delivery, again_at, &why), "staging")
                    .await?;
                Ok(Next::Done)
            }
            Err(StageError::Refused(why)) => self.fail(FailKind::Refused, &why).await,
            Err(StageError::MediaGone(why)) => self.fail(FailKind::MediaGone, &why).await,
            Err(StageError::Unsupported) => {
                self.fail(FailKind::Unsupported, "its network takes no media")
                    .await
            }
            Err(StageError::LoginNeeded(why)) => {
                login_needed(self.env, account, &why).await?;
                self.fail(FailKind::Login, &why).await
            }
        }
    }
}
