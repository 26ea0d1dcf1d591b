//! Suites that every implementation must pass, and the tests that run them.

pub mod adapter_promises;
pub mod cli;
pub mod crash;
pub mod doctor;
pub mod house;
pub mod lies;
pub mod live;
pub mod moving;
pub mod openapi;
pub mod promises;
pub mod secrets;
pub mod store_promises;
pub mod story;
pub mod world;
pub mod worst_day;
