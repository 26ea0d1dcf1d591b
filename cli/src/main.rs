//! The soundpost command.

fn main() {}
