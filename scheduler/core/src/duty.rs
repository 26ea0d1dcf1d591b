//! What is to be done beside sending: one file a duty, one bounded pass a call, loops kept outside.

pub mod refresh_feeds;
pub mod refresh_trends;
pub mod rescue;
pub mod review;
pub mod rezone;
pub mod take_back;
