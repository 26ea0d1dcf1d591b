//! pace.
