//! What the program takes from the machine. The shipped binary takes the system's; tests put their own here.

use std::sync::Arc;

use async_trait::async_trait;
use soundpost_adapters::transport::{HttpOptions, HttpTransport};
use soundpost_core::gate::WritePass;
use soundpost_core::port::clock::Clock;
use soundpost_core::port::entropy::Entropy;
use soundpost_core::port::transport::{HttpRequest, HttpResponse, Phase, Transport, TransportError};

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
    /// Why there is no HTTP, if so. Nothing but sending needs it, a pause least of all.
    pub http_trouble: Option<String>,
}

impl Surroundings {
    /// The system's own.
    ///
    /// # Errors
    /// [`AppError`] when the system gives no randomness.
    pub fn system() -> Result<Surroundings, AppError> {
        let entropy = SystemEntropy::open().map_err(|error| {
            AppError::new(Kind::Store, format!("the system gives no randomness: {error}"))
        })?;
        let (transport, http_trouble): (Arc<dyn Transport>, _) =
            match HttpTransport::new(&HttpOptions::default()) {
                Ok(transport) => (Arc::new(transport), None),
                Err(error) => (Arc::new(NoHttp(error.to_string())), Some(error.to_string())),
            };
        Ok(Surroundings {
            clock: Arc::new(SystemClock),
            entropy: Arc::new(entropy),
            transport,
            http_trouble,
        })
    }
}

/// HTTP that could not be set up: nothing of any request leaves.
#[derive(Debug)]
struct NoHttp(String);

impl NoHttp {
    fn refused(&self) -> TransportError {
        TransportError {
            phase: Phase::NotSent,
            message: self.0.clone(),
        }
    }
}

#[async_trait]
impl Transport for NoHttp {
    async fn read(&self, _request: HttpRequest) -> Result<HttpResponse, TransportError> {
        Err(self.refused())
    }

    async fn write(&self, _request: HttpRequest, _pass: WritePass) -> Result<HttpResponse, TransportError> {
        Err(self.refused())
    }
}
