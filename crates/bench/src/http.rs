//! One keep-alive connection, as thin as can be: the load shares the machine with the server.

use serde_json::Value;
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request as it goes over the wire.
pub(crate) struct Request(Vec<u8>);

impl Request {
    /// A request with headers and a body; an empty body is none.
    pub(crate) fn new(method: &str, path: &str, headers: &[(String, String)], body: &[u8]) -> Self {
        let mut bytes = format!("{method} {path} HTTP/1.1\r\nhost: bench\r\n").into_bytes();
        for (name, value) in headers {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        if !body.is_empty() {
            bytes.extend_from_slice(
                format!(
                    "content-type: application/json\r\ncontent-length: {}\r\n",
                    body.len()
                )
                .as_bytes(),
            );
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(body);
        Self(bytes)
    }
}

/// A connection that sends one request at a time.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer that is still in the connection's buffer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    body: std::ops::Range<usize>,
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// Where the head ends, what status it has, and how long its body is.
fn head(bytes: &[u8]) -> io::Result<Option<(usize, u16, usize)>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = bytes
        .get(..end)
        .and_then(|head| std::str::from_utf8(head).ok())
        .ok_or_else(|| broken("an answer whose head is no text"))?;
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| broken("an answer without a status"))?;
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, length)| length.trim().parse().ok())
        .unwrap_or(0);
    Ok(Some((end + 4, status, length)))
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(16 * 1024),
        })
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn send(&mut self, request: &Request) -> io::Result<Answer> {
        self.stream.write_all(&request.0).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(broken("the server closed the connection"));
            }
            if let Some((start, status, length)) = head(&self.buffer)? {
                let end = start + length;
                while self.buffer.len() < end {
                    if self.stream.read_buf(&mut self.buffer).await? == 0 {
                        return Err(broken("the server closed the connection"));
                    }
                }
                return Ok(Answer {
                    status,
                    body: start..end,
                });
            }
        }
    }

    /// The body of the last answer.
    pub(crate) fn body(&self, answer: &Answer) -> &[u8] {
        self.buffer.get(answer.body.clone()).unwrap_or_default()
    }

    /// The body of the last answer as JSON.
    pub(crate) fn json(&self, answer: &Answer) -> Value {
        serde_json::from_slice(self.body(answer)).unwrap_or_default()
    }
}
