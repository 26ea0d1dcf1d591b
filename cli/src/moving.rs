//! Moving a queue: the whole of it as one file, and back into an empty one. `docs/file-formats.md` describes the file.
//!
//! | file | what it does |
//! |---|---|
//! | `format` | the lines of the file, its version and its limits |
//! | `export` | writes the file from a store that stands still |
//! | `lines` | reads it line by line, and says in which line it is wrong |
//! | `gather` | from lines to what a store can take in; keeps only where media stand |
//! | `unpack` | puts the media of a file that was found good into the media folder |

pub mod export;
pub mod format;
pub mod gather;
pub mod lines;
pub mod unpack;
