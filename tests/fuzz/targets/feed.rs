//! `tests/fuzz/run feed`
#![no_main]

#[path = "../paths.rs"]
#[expect(dead_code, reason = "it has a function for each target")]
mod paths;

use std::panic;
use std::sync::Once;

static QUIET: Once = Once::new();

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // A panic of the feed library is caught and refused by name, so the hook must not end the process; one that is not
    // caught does.
    QUIET.call_once(|| panic::set_hook(Box::new(|_| {})));
    paths::feed(bytes);
});
