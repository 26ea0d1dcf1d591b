//! The system's randomness.

use std::fs::File;
use std::io::{self, Read};

use soundpost_core::port::entropy::Entropy;

const SOURCE: &str = "/dev/urandom";

/// The system's randomness. Its source is opened once, so that it is there also when no more files can be opened.
#[derive(Debug)]
pub struct SystemEntropy {
    source: File,
}

impl SystemEntropy {
    /// Opens the source and tries it.
    ///
    /// # Errors
    /// When the system has none, such as in a container without `/dev/urandom`.
    pub fn open() -> io::Result<SystemEntropy> {
        let wrap =
            |error: io::Error| io::Error::new(error.kind(), format!("no randomness: {SOURCE}: {error}"));
        let entropy = SystemEntropy {
            source: File::open(SOURCE).map_err(wrap)?,
        };
        entropy.draw().map_err(wrap)?;
        Ok(entropy)
    }

    fn draw(&self) -> io::Result<u64> {
        let mut bytes = [0; 8];
        (&self.source).read_exact(&mut bytes)?;
        Ok(u64::from_ne_bytes(bytes))
    }
}

impl Entropy for SystemEntropy {
    fn u64(&self) -> u64 {
        self.draw()
            .expect("a source of randomness that was opened and read once can always be read")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        let entropy = SystemEntropy::open().unwrap();
        assert_ne!(entropy.u64(), entropy.u64());
    }
}
