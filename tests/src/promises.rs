//! The promises of the design, each as one or more short stories; `docs/promises.md` says which change of one line
//! each of them would notice.

pub mod changing;
pub mod corners;
pub mod crash;
pub mod delivery;
pub mod found;
pub mod guarding;
pub mod limits;
pub mod order;
pub mod quota;
pub mod resume;
pub mod rules;
pub mod shadow;
pub mod silence;
pub mod statement;
pub mod threads;
pub mod time;
pub mod trends;
