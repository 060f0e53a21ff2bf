//! A hub with nothing to do, as thin as can be: what is measured is the agent that polls it.

use crate::now;
use slotbridge_load::receiver::end;
use std::collections::BTreeMap;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// When each practice has polled.
#[derive(Clone, Default)]
pub(crate) struct Polls(Arc<Mutex<BTreeMap<String, Vec<Instant>>>>);

impl Polls {
    fn note(&self, practice: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(practice.to_owned()).or_default().push(now());
    }

    /// How many practices have polled so often at least.
    pub(crate) fn practices(&self, polls: usize) -> usize {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.values().filter(|of| of.len() >= polls).count()
    }

    /// What there was, by practice.
    pub(crate) fn take(&self) -> Vec<Vec<Instant>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *all).into_values().collect()
    }
}

/// Listens on this machine; gives the address of its PMS API.
pub(crate) async fn listen(polls: &Polls) -> io::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}/pms-api/v1", listener.local_addr()?);
    let polls = polls.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, polls.clone()));
        }
    });
    Ok(url)
}

async fn answer(mut stream: TcpStream, polls: Polls) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut bytes = Vec::with_capacity(4096);
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
        let Some(end) = end(&bytes) else { continue };
        let request = bytes.drain(..end).collect::<Vec<_>>();
        let head = String::from_utf8_lossy(&request);
        if head.starts_with("GET /pms-api/v1/requests ") {
            let practice = head
                .lines()
                .find_map(|line| line.strip_prefix("practice-id: "));
            polls.note(practice.unwrap_or_default());
        }
        // Nothing outstanding, no features, no subscriptions; and all that is sent is taken.
        let body = if head.starts_with("GET ") {
            "[]"
        } else {
            r#"{"created":[],"existing":[],"failed":[]}"#
        };
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await?;
    }
}
