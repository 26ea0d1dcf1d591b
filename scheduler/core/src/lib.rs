//! The pure heart of Soundpost: posts, deliveries, the guard, and the ports to everything outside.
