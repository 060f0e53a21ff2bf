//! One keep-alive connection, as thin as can be: load often shares the machine with the server.

use crate::address::{Address, Stream};
use serde_json::Value;
use std::fmt::Write;
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A request as it goes over the wire, but for the host.
#[derive(Clone, Debug)]
pub struct Request {
    line: Vec<u8>,
    rest: Vec<u8>,
}

impl Request {
    /// A request with headers and a body of JSON; an empty body is none.
    #[must_use]
    pub fn new(method: &str, path: &str, headers: &[(String, String)], body: &[u8]) -> Self {
        let line = format!("{method} {path} HTTP/1.1\r\nhost: ").into_bytes();
        let mut head = "\r\n".to_owned();
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
        let mut rest = head.into_bytes();
        rest.extend_from_slice(body);
        Self { line, rest }
    }
}

/// A connection that sends one request at a time.
#[derive(Debug)]
pub struct Connection {
    stream: Box<dyn Stream>,
    host: String,
    /// What is sent.
    sent: Vec<u8>,
    /// What was answered.
    buffer: Vec<u8>,
    is_ended: bool,
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
    let length = header(head, "content-length").and_then(|length| length.parse().ok());
    Ok(Some((head, length.unwrap_or(0))))
}

fn header<'h>(head: &'h str, wanted: &str) -> Option<&'h str> {
    let mut headers = head.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
    Some(value.trim())
}

fn status(head: &str) -> io::Result<u16> {
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    status.ok_or_else(|| broken("an answer without a status"))
}

impl Connection {
    /// Connects to a host and port, without TLS.
    ///
    /// # Errors
    /// Nobody answers there.
    pub async fn open(address: &str) -> io::Result<Self> {
        Self::to(&Address::plain(address)).await
    }

    /// Connects to a hub.
    ///
    /// # Errors
    /// Nobody answers there, or it is not who it says.
    pub async fn to(address: &Address) -> io::Result<Self> {
        Ok(Self {
            stream: address.connect().await?,
            host: address.host().to_owned(),
            sent: Vec::new(),
            buffer: Vec::with_capacity(16 * 1024),
            is_ended: false,
        })
    }

    /// Whether the server said that it takes no further request on it.
    #[must_use]
    pub const fn is_ended(&self) -> bool {
        self.is_ended
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// The connection broke, or what came is no answer.
    pub async fn send(&mut self, request: &Request) -> io::Result<Answer> {
        self.sent.clear();
        for part in [&request.line, self.host.as_bytes(), &request.rest] {
            self.sent.extend_from_slice(part);
        }
        self.stream.write_all(&self.sent).await?;
        self.stream.flush().await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(closed());
            }
            let Some((head, length)) = framed(&self.buffer)? else {
                continue;
            };
            let (status, start) = (status(head)?, head.len() + 4);
            self.is_ended = header(head, "connection").is_some_and(|is| is == "close");
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn a_request_names_the_host_and_the_server_may_end_the_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = Vec::new();
            for more in ["", "connection: close\r\n"] {
                while !asked.ends_with(b"{}") {
                    stream.read_buf(&mut asked).await.unwrap();
                }
                let answer = format!("HTTP/1.1 201 Created\r\n{more}Content-Length: 2\r\n\r\n[]");
                stream.write_all(answer.as_bytes()).await.unwrap();
                asked.push(b'\n');
            }
            String::from_utf8(asked).unwrap()
        });
        let address = Address::of(&format!("http://localhost:{port}/")).unwrap();
        let mut connection = Connection::to(&address).await.unwrap();
        let headers = [("practice-id".to_owned(), "7".to_owned())];
        let request = Request::new("POST", "/x", &headers, b"{}");
        for ends in [false, true] {
            let answer = connection.send(&request).await.unwrap();
            assert_eq!((answer.status, connection.body(&answer)), (201, &b"[]"[..]));
            assert_eq!(connection.is_ended(), ends);
        }
        let one = format!(
            "POST /x HTTP/1.1\r\nhost: localhost:{port}\r\npractice-id: 7\r\n\
             content-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}\n"
        );
        assert_eq!(server.await.unwrap(), one.repeat(2));
    }
}
