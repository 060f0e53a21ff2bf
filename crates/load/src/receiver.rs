//! Where callbacks go: as thin as can be, since it shares the machine with who sends them.

use crate::http::framed;
use std::io;
use std::rc::Rc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// Where a request ends that begins at the start of the bytes; `None` while it is not whole, or if
/// it is none.
#[must_use]
pub fn end(bytes: &[u8]) -> Option<usize> {
    let (head, length) = framed(bytes).ok()??;
    let end = head.len() + 4 + length;
    (bytes.len() >= end).then_some(end)
}

/// Takes what comes until it is dropped, and answers it with 200 as soon as `seen` was told of its
/// path and body. Runs within a [`LocalSet`](tokio::task::LocalSet).
///
/// # Errors
/// Connections cannot be taken any more.
pub async fn take(listener: TcpListener, seen: impl Fn(&str, &[u8]) + 'static) -> io::Result<()> {
    let seen = Rc::new(seen);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::task::spawn_local(serve(stream, Rc::clone(&seen)));
    }
}

async fn serve(mut stream: TcpStream, seen: Rc<impl Fn(&str, &[u8])>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut bytes = Vec::with_capacity(4096);
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
        if let Some(end) = end(&bytes) {
            let request: Vec<u8> = bytes.drain(..end).collect();
            if let Some((head, length)) = framed(&request)? {
                let path = head.split(' ').nth(1).unwrap_or_default();
                let body = request.get(request.len() - length..).unwrap_or_default();
                seen(path, body);
            }
            stream.write_all(OK).await?;
        }
    }
}
