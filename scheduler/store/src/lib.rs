//! Where posts wait: the journal, the sled queue, and the memory store that is their model.

mod about;
pub mod audit;
mod bodies;
mod book;
mod disk_kind;
mod entry_line;
pub mod examine;
mod identity;
mod import;
mod index;
pub mod journal;
mod lines;
pub mod memory;
pub mod mend;
pub mod open;
pub mod owner;
pub mod plain_file;
pub mod room;
pub mod sled;
mod verbs;
mod writer;
