//! The soundpost command and its daemon.

pub mod app;
pub mod args;
pub mod command;
pub mod config;
pub mod control;
pub mod daemon;
pub mod doctor;
pub mod entry;
pub mod exit_code;
pub mod moving;
pub mod os;
pub mod output;
pub mod render;
pub mod service;
pub mod surroundings;
pub mod wire_up;
