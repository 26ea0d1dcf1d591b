//! The rules that need no event: which are in force for an account, and changing its own.

use jiff::tz::TimeZone;
use soundpost_core::account::Account;
use soundpost_core::actor::Actor;
use soundpost_core::delivery::{RuleName, RuleSource};
use soundpost_core::guard::rules::limits::{Caps, InForce, Limit, Limits, in_words};
use soundpost_core::guard::rules::settings::RuleSettings;
use soundpost_core::guard::rules::windows::{BLACKOUTS_MAX, Windows};
use soundpost_core::port::store::Write;
use soundpost_core::world::World;

use super::App;
use super::error::AppError;
use super::rejudge::Span;
use crate::control::protocol::{AccountRulesAsk, RuleView, RulesChanged, RulesView};
use crate::output::visible;

impl App {
    /// The rules in force for one account, or for all.
    ///
    /// # Errors
    /// [`AppError`] when there is no such account.
    pub fn rules(&self, name: Option<&str>) -> Result<Vec<RulesView>, AppError> {
        if let Some(name) = name {
            return Ok(vec![self.rules_view(&self.account_named(name)?)]);
        }
        let world = self.env.store.world();
        let mut all: Vec<&Account> = world.accounts.values().filter(|a| a.exists()).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all.into_iter().map(|account| self.rules_view(account)).collect())
    }

    /// Changes the rules of an account. What it has in the queue is judged anew in the same step.
    ///
    /// # Errors
    /// [`AppError`] when there is no such account, or a window is over or one too many.
    pub async fn account_set(&self, who: &str, ask: AccountRulesAsk) -> Result<RulesChanged, AppError> {
        let mut account = self.account_named(&ask.name)?;
        self.set_windows(&mut account, &ask)?;
        set_limits(&mut account, &ask);
        let mut world = World::clone(&self.env.store.world());
        world.accounts.insert(account.id, account.clone());
        let by = Actor::Person(who.to_owned());
        let effect = self
            .change_world_by(
                &by,
                &asked_in_words(&ask),
                &world,
                Span::Account(account.id),
                |steps| Write::SetAccount {
                    account: Box::new(account.clone()),
                    steps,
                },
            )
            .await?;
        Ok(RulesChanged {
            rules: self.rules_view(&account),
            held: effect.held,
            released: effect.released,
        })
    }

    fn set_windows(&self, account: &mut Account, ask: &AccountRulesAsk) -> Result<(), AppError> {
        let zone = self.env.zones.get(&account.zone).unwrap_or(TimeZone::UTC);
        let today = zone.to_datetime(self.now());
        let windows = &mut account.rules.windows;
        if ask.no_blackout {
            windows.blackouts.clear();
        }
        if let Some(over) = ask.blackouts.iter().find(|blackout| blackout.until <= today) {
            let error = AppError::bad_input(format!("the window {over} is over already"));
            return Err(error.help("nothing was changed"));
        }
        // What is over holds nothing any more.
        windows.blackouts.retain(|blackout| blackout.until > today);
        windows.blackouts.extend(&ask.blackouts);
        windows.blackouts.sort_unstable();
        windows.blackouts.dedup();
        if windows.blackouts.len() > BLACKOUTS_MAX {
            let error = format!("an account has at most {BLACKOUTS_MAX} blackout windows");
            return Err(
                AppError::bad_input(error).help("nothing was changed; --no-blackout forgets the old ones")
            );
        }
        if ask.quiet.is_some() || ask.no_quiet {
            windows.quiet = ask.quiet;
        }
        Ok(())
    }

    fn rules_view(&self, account: &Account) -> RulesView {
        let settings = &self.env.settings.rules;
        let mut rules = windows(&account.rules.windows, &RuleSource::Account);
        for (name, its) in &settings.campaigns {
            let name = visible(name).into_owned();
            rules.extend(windows(its, &RuleSource::Campaign { name }));
        }
        rules.extend(windows(&settings.windows, &RuleSource::Config));
        rules.extend(limits(account, settings));
        rules.push(same_text(settings));
        RulesView {
            account: account.name.clone(),
            network: account.network.clone(),
            zone: account.zone.clone(),
            rules,
        }
    }
}

fn set_limits(account: &mut Account, ask: &AccountRulesAsk) {
    let rules = &mut account.rules;
    if ask.defaults {
        (rules.limits, rules.profile, rules.caps) = (Limits::default(), None, None);
    }
    let (set, asked) = (&mut rules.limits, &ask.limits);
    set.sells_in_ten = asked.sells_in_ten.or(set.sells_in_ten);
    set.humor_per_week = asked.humor_per_week.or(set.humor_per_week);
    set.posts_per_day = asked.posts_per_day.or(set.posts_per_day);
    set.gap_min = asked.gap_min.or(set.gap_min);
    rules.profile = ask.profile.or(rules.profile);
    rules.caps = ask.caps.or(rules.caps);
}

/// The limits of an account; one that is off is listed, too.
fn limits(account: &Account, settings: &RuleSettings) -> Vec<RuleView> {
    let in_force = InForce::of(account, settings);
    let rules = [
        RuleName::PostsPerDay,
        RuleName::SellsInTen,
        RuleName::HumorPerWeek,
        RuleName::Gap,
    ];
    let view = |rule: RuleName| {
        let (says, does, source) = match (in_force.limit(rule), in_force.off(rule)) {
            (Some(limit), _) => (
                in_words(rule, limit.max),
                does(rule, limit, in_force.caps),
                &limit.source,
            ),
            (None, source) => (
                "no limit".to_owned(),
                "off".to_owned(),
                source.unwrap_or(&RuleSource::Default),
            ),
        };
        RuleView {
            rule: rule.to_string(),
            says,
            does,
            source: source.to_string(),
        }
    };
    rules.into_iter().map(view).collect()
}

fn same_text(settings: &RuleSettings) -> RuleView {
    let is_told = settings.same_text != Some(false);
    let source = match settings.same_text {
        Some(_) => RuleSource::Config,
        None => RuleSource::Default,
    };
    RuleView {
        rule: RuleName::SameText.to_string(),
        says: "one post with the same words for several accounts".to_owned(),
        does: if is_told { "warn" } else { "off" }.to_owned(),
        source: source.to_string(),
    }
}

fn does(rule: RuleName, limit: &Limit, caps: Caps) -> String {
    match (rule, &limit.source) {
        (RuleName::Gap, RuleSource::Default) => Caps::Warn.to_string(),
        (RuleName::Gap, _) => "later".to_owned(),
        _ => caps.to_string(),
    }
}

fn windows(windows: &Windows, source: &RuleSource) -> Vec<RuleView> {
    let view = |rule: RuleName, says: String| RuleView {
        rule: rule.to_string(),
        says,
        does: "hold".to_owned(),
        source: source.to_string(),
    };
    let of = match source {
        RuleSource::Campaign { .. } => "no post of this campaign",
        _ => "no post",
    };
    let blackouts = windows.blackouts.iter();
    let blackouts = blackouts.map(|b| view(RuleName::Blackout, format!("{of} {}", b.in_words())));
    let quiet = windows.quiet.iter();
    let quiet = quiet.map(|q| view(RuleName::QuietHours, format!("{of} {}", q.in_words())));
    blackouts.chain(quiet).collect()
}

/// What was asked for, for the audit log.
fn asked_in_words(ask: &AccountRulesAsk) -> String {
    let mut words = Vec::new();
    words.extend(ask.no_blackout.then(|| "no blackout windows".to_owned()));
    words.extend(
        ask.blackouts
            .iter()
            .map(|blackout| format!("blackout {blackout}")),
    );
    words.extend(ask.no_quiet.then(|| "no quiet hours".to_owned()));
    words.extend(ask.quiet.map(|quiet| format!("quiet hours {quiet}")));
    words.extend(ask.defaults.then(|| "the default limits".to_owned()));
    words.extend(ask.profile.map(|profile| format!("profile {profile}")));
    words.extend(ask.caps.map(|caps| format!("what is beyond a limit: {caps}")));
    let numbers = [
        (RuleName::PostsPerDay, ask.limits.posts_per_day),
        (RuleName::SellsInTen, ask.limits.sells_in_ten),
        (RuleName::HumorPerWeek, ask.limits.humor_per_week),
        (RuleName::Gap, ask.limits.gap_min),
    ];
    words.extend(
        numbers
            .iter()
            .filter_map(|(rule, max)| max.map(|max| format!("{rule} {max}"))),
    );
    words.join(", ")
}
