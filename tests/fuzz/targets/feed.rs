//! `tests/fuzz/run feed`
#![no_main]

#[path = "../paths.rs"]
#[expect(dead_code, reason = "it has a function for each target")]
mod paths;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| paths::feed(bytes));
