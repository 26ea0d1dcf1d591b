//! Part of the guard.
