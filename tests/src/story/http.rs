//! A small server of HTTP/1.1 on this machine whose answers a test writes. Each connection carries one request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Method and path, such as `POST /hook`.
    pub line: String,
    /// Its headers, as they came.
    pub head: String,
    /// Its body.
    pub body: String,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// A further header line without its end, or nothing.
    pub header: String,
    /// The body, as JSON.
    pub body: String,
}

impl Response {
    /// An answer without a further header.
    #[must_use]
    pub fn new(status: u16, body: impl Into<String>) -> Response {
        Response {
            status,
            header: String::new(),
            body: body.into(),
        }
    }

    /// No answer: the connection is closed.
    #[must_use]
    pub fn none() -> Response {
        Response::new(0, "")
    }
}

/// A server that runs as long as the test.
#[derive(Debug, Clone)]
pub struct Server {
    url: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Starts it on a free port; it is asked for each answer, with the number of requests before this one.
    ///
    /// # Panics
    /// When no port can be had.
    pub fn start(answer: impl Fn(usize, &Request) -> Response + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let address = listener.local_addr().expect("it listens");
        let server = Server {
            url: format!("http://{address}"),
            seen: Arc::default(),
        };
        let (seen, answer) = (Arc::clone(&server.seen), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                // A client that hangs up early is no trouble of the server's.
                thread::spawn(move || serve(stream, &seen, &*answer));
            }
        });
        server
    }

    /// Where it listens, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What has come so far.
    #[must_use]
    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn serve(
    mut stream: TcpStream,
    seen: &Mutex<Vec<Request>>,
    answer: &dyn Fn(usize, &Request) -> Response,
) -> Option<()> {
    let request = read(&mut stream)?;
    let number = {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.push(request.clone());
        seen.len() - 1
    };
    let response = answer(number, &request);
    if response == Response::none() {
        return None;
    }
    let header = match response.header.as_str() {
        "" => String::new(),
        header => format!("{header}\r\n"),
    };
    let text = format!(
        "HTTP/1.1 {} Made Up\r\ncontent-type: application/json\r\n{header}content-length: {}\r\n\
         connection: close\r\n\r\n{}",
        response.status,
        response.body.len(),
        response.body
    );
    stream.write_all(text.as_bytes()).ok()
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut head = String::new();
    let mut bytes = 0;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header).ok()? <= 2 {
            break;
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            bytes = value.trim().parse().ok()?;
        }
        head.push_str(&header);
    }
    let mut body = vec![0; bytes];
    reader.read_exact(&mut body).ok()?;
    let line = line.rsplit_once(" HTTP/")?.0.to_owned();
    Some(Request {
        line,
        head,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
