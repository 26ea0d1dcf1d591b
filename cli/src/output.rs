//! What people see: text from outside made harmless, and laid out for the width that there is.

mod mark;
mod screen;
mod short;
mod style;
mod table;
mod text;

pub use mark::marked;
pub use screen::{Screen, WIDTH_DEFAULT, WIDTH_MIN};
pub use short::{ending, shorten};
pub use style::{Style, Styles};
pub use table::table;
pub use text::{paragraph, visible, visible_lines};
