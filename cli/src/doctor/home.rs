//! `store.json`: which store this is, and whether this is its own place.

use soundpost_core::change::Place;
use soundpost_store::examine::HomeFound;

use super::Patient;
use super::finding::Finding;
use crate::output::visible;

const WHAT: &str = "store.json";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let path = patient.path("store.json");
    let stops = "the program does not start; nothing acknowledged is lost while the journal is whole";
    let adopt = "soundpost doctor --adopt";
    let finding = match &patient.named {
        HomeFound::Missing => Finding::damage("store_json_missing", WHAT, "is missing")
            .means(stops)
            .next(adopt),
        HomeFound::Unreadable(error) => {
            Finding::damage("store_json_unreadable", WHAT, format!("cannot be read: {error}"))
                .means(stops)
                .next(adopt)
        }
        HomeFound::Newer(version) => {
            let found = format!("has format {version}, which this program does not know");
            Finding::damage("store_json_newer", WHAT, found)
                .means("a newer program made it; nothing is wrong with it")
                .next("use that program")
        }
        HomeFound::Named { store, .. }
            if patient.journal.survey.store_id.is_some() && Some(*store) != patient.store_id() =>
        {
            let found = format!("names store {store}, and the journal is that of another one");
            Finding::damage("store_json_foreign", WHAT, found)
                .means("folders of two queues were mixed: the program does not start")
                .next("put back the folder that belongs to the journal, from a backup; or remove store.json, then:  soundpost doctor --adopt")
        }
        HomeFound::Named {
            foreign: Some(why),
            at_home,
            here,
            ..
        } => {
            let found = format!("{why} (at home: {}; here: {})", words(at_home), words(here));
            Finding::warning("not_at_home", WHAT, found)
                .means("it starts paused, so that two queues do not send the same posts; nothing is lost")
                .next("if the other one no longer sends:  soundpost doctor --adopt   (makes this its own place, stays paused)")
                .next("soundpost resume")
        }
        HomeFound::Named { at_home, store, .. } => match &patient.config.store_identity {
            Some(name) if at_home.named.is_none() => {
                let found = format!(
                    "does not have the store_identity '{}' of config.toml yet",
                    visible(name)
                );
                Finding::note("identity_not_kept", WHAT, found)
                    .means("until it has, the machine and the folder are compared")
                    .next(adopt)
            }
            None if at_home.named.is_some() => Finding::note(
                "identity_not_set",
                WHAT,
                "has a store_identity, and config.toml has none",
            )
            .means("the machine and the folder are compared"),
            _ => return vec![Finding::ok(WHAT, format!("store {store}, in its own place"))],
        },
    };
    vec![finding.at(&path)]
}

fn words(place: &Place) -> String {
    let named = place.named.as_ref().map(|name| format!("'{}', ", visible(name)));
    let machine = place.machine.as_deref().unwrap_or("unknown");
    format!(
        "{}machine {}, folder {}",
        named.unwrap_or_default(),
        visible(machine.get(..8).unwrap_or(machine)),
        place.inode
    )
}
