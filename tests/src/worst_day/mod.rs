//! The worst day: what the tests of the kill switch need when everything else is broken too.

pub mod receiver;
pub mod scene;
pub mod small_disk;
pub mod stranger;
