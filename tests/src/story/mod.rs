//! Stories on a clock that a test drives: the program under test, an office around it, one bad night, and the four
//! posts that Soundpost was made for.

pub mod clock_file;
pub mod four;
pub mod http;
pub mod night;
pub mod office;
pub mod posts;
pub mod transcript;
