//! Where callbacks go: as thin as can be, since it shares the machine with who sends them.

use crate::now;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// What receivers have seen, all of them together.
#[derive(Clone, Default)]
pub(crate) struct Arrivals(Arc<(Mutex<Vec<Instant>>, Notify)>);

impl Arrivals {
    fn note(&self) {
        let mut all = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(now());
        self.0.1.notify_one();
    }

    /// When each came since this was last asked.
    pub(crate) fn take(&self) -> Vec<Instant> {
        std::mem::take(&mut *self.0.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until so many have come, or `deadline`; gives what has come.
    pub(crate) async fn wait(&self, count: usize, deadline: Instant) -> Vec<Instant> {
        let enough = async {
            loop {
                let all = self
                    .0
                    .0
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .len();
                if all >= count {
                    return;
                }
                self.0.1.notified().await;
            }
        };
        // What has come by then is what there is.
        let _ = tokio::time::timeout_at(deadline.into(), enough).await;
        self.take()
    }
}

/// How a receiver behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Answers at once.
    Prompt,
    /// Takes connections and never answers.
    Dead,
}

/// Listens at an address of this machine; gives the URL.
pub(crate) async fn listen(
    host: Ipv4Addr,
    manner: Manner,
    arrivals: &Arrivals,
) -> io::Result<String> {
    let listener = TcpListener::bind((host, 0)).await?;
    let url = format!("http://{}/", listener.local_addr()?);
    let arrivals = arrivals.clone();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            match manner {
                Manner::Prompt => {
                    tokio::spawn(answer(stream, arrivals.clone()));
                }
                Manner::Dead => kept.push(stream),
            }
        }
    });
    Ok(url)
}

/// Where a request ends that begins at the start of the bytes.
pub(crate) fn end(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let length = std::str::from_utf8(bytes.get(..head)?)
        .ok()?
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, length)| length.trim().parse().ok())
        .unwrap_or(0);
    (bytes.len() >= head + 4 + length).then_some(head + 4 + length)
}

async fn answer(mut stream: TcpStream, arrivals: Arrivals) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut bytes = Vec::with_capacity(4096);
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
        if let Some(end) = end(&bytes) {
            bytes.drain(..end);
            arrivals.note();
            stream.write_all(OK).await?;
        }
    }
}
