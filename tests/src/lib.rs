//! Suites that every implementation must pass, and the tests that run them.

pub mod adapter_promises;
pub mod house;
pub mod live;
pub mod store_promises;
