//! What the program takes from the machine. The shipped binary takes the system's; tests put their own here.

use std::sync::Arc;

use soundpost_adapters::transport::{HttpOptions, HttpTransport};
use soundpost_core::port::clock::Clock;
use soundpost_core::port::entropy::Entropy;
use soundpost_core::port::transport::Transport;

use crate::app::error::{AppError, Kind};
use crate::os::clock::SystemClock;
use crate::os::entropy::SystemEntropy;

/// Clock, randomness and HTTP.
#[derive(Clone)]
pub struct Surroundings {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// HTTP.
    pub transport: Arc<dyn Transport>,
}

impl Surroundings {
    /// The system's own.
    ///
    /// # Errors
    /// [`AppError`] when the system gives no randomness, or HTTP cannot be set up.
    pub fn system() -> Result<Surroundings, AppError> {
        let entropy = SystemEntropy::open().map_err(|error| {
            AppError::new(Kind::Store, format!("the system gives no randomness: {error}"))
        })?;
        let transport = HttpTransport::new(&HttpOptions::default())
            .map_err(|error| AppError::new(Kind::Network, error.to_string()))?;
        Ok(Surroundings {
            clock: Arc::new(SystemClock),
            entropy: Arc::new(entropy),
            transport: Arc::new(transport),
        })
    }
}
