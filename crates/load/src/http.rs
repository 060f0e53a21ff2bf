//! One keep-alive connection, as thin as can be: load often shares the machine with the server.

use serde_json::Value;
use std::fmt::Write;
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request as it goes over the wire.
#[derive(Clone, Debug)]
pub struct Request(Vec<u8>);

impl Request {
    /// A request with headers and a body of JSON; an empty body is none.
    #[must_use]
    pub fn new(method: &str, path: &str, headers: &[(String, String)], body: &[u8]) -> Self {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: slotbridge\r\n");
        for (name, value) in headers {
            // Writing to a text does not fail.
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if !body.is_empty() {
            let length = body.len();
            let _ = write!(
                head,
                "content-type: application/json\r\ncontent-length: {length}\r\n"
            );
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);
        Self(bytes)
    }
}

/// A connection that sends one request at a time.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer that is still in the connection's buffer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    body: std::ops::Range<usize>,
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

fn closed() -> io::Error {
    io::Error::new(
        io::ErrorKind::UnexpectedEof,
        "the server closed the connection",
    )
}

/// Where the head of a message ends that begins at the start of the bytes, and how long it says
/// that its body is.
pub(crate) fn framed(bytes: &[u8]) -> io::Result<Option<(&str, usize)>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = bytes
        .get(..end)
        .and_then(|head| std::str::from_utf8(head).ok())
        .ok_or_else(|| broken("a message whose head is no text"))?;
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, length)| length.trim().parse().ok())
        .unwrap_or(0);
    Ok(Some((head, length)))
}

fn status(head: &str) -> io::Result<u16> {
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    status.ok_or_else(|| broken("an answer without a status"))
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// Nobody answers there.
    pub async fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(16 * 1024),
        })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// The connection broke, or what came is no answer.
    pub async fn send(&mut self, request: &Request) -> io::Result<Answer> {
        self.stream.write_all(&request.0).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(closed());
            }
            let Some((head, length)) = framed(&self.buffer)? else {
                continue;
            };
            let (status, start) = (status(head)?, head.len() + 4);
            let end = start + length;
            while self.buffer.len() < end {
                if self.stream.read_buf(&mut self.buffer).await? == 0 {
                    return Err(closed());
                }
            }
            return Ok(Answer {
                status,
                body: start..end,
            });
        }
    }

    /// The body of the last answer.
    #[must_use]
    pub fn body(&self, answer: &Answer) -> &[u8] {
        self.buffer.get(answer.body.clone()).unwrap_or_default()
    }

    /// The body of the last answer as JSON; `null` if it is none.
    #[must_use]
    pub fn json(&self, answer: &Answer) -> Value {
        serde_json::from_slice(self.body(answer)).unwrap_or_default()
    }
}
