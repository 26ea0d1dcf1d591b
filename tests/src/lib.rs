//! Suites that every implementation must pass, and the tests that run them.
