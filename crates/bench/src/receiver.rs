//! Where callbacks go: as thin as can be, since it shares the machine with who sends them.

use crate::now;
use slotbridge_load::receiver::take;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::net::TcpListener;
use tokio::sync::Notify;

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
    tokio::task::spawn_local(async move {
        match manner {
            Manner::Prompt => take(listener, move |_, _| arrivals.note()).await,
            Manner::Dead => {
                let mut kept = Vec::new();
                loop {
                    kept.push(listener.accept().await?);
                }
            }
        }
    });
    Ok(url)
}
