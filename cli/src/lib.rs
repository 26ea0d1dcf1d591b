//! The soundpost command and its daemon.
