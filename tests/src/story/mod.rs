//! Stories on a clock that a test drives: the program under test, an office around it, and one bad night.

pub mod clock_file;
pub mod http;
pub mod night;
pub mod office;
pub mod posts;
pub mod transcript;
