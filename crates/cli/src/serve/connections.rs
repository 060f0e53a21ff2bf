//! Connections: taken, served, and ended in order.

use super::stopping;
use crate::system;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinHandle;

/// How many connections are open at most; more wait to be taken. Each takes some 19 KiB, mostly hyper's.
const MOST: u64 = 10_000;
/// How many descriptors are left for the store and for calls out.
const LEFT: u64 = 512;
/// How long a connection may take to send a request's head, and how long it may idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);
/// How much of what a connection sends is read ahead at most, and how long a request's head is.
const READ_AHEAD: usize = 32 * 1024;
/// How long what was accepted has to finish at the end.
const FINISH: Duration = Duration::from_secs(20);
/// How long taking pauses after it failed, e.g. for want of file descriptors.
const AFTER_ERROR: Duration = Duration::from_millis(500);

/// Takes connections until it is told to stop.
pub(crate) struct Server {
    accepting: JoinHandle<()>,
    /// Ends when no connection is left.
    open: mpsc::Receiver<()>,
}

impl Server {
    /// Begins to take connections.
    pub(crate) fn start(
        listener: TcpListener,
        router: Router,
        stopped: watch::Receiver<bool>,
    ) -> Self {
        let (each, open) = mpsc::channel(1);
        let accepting = tokio::spawn(accept(listener, router, stopped, each));
        Self { accepting, open }
    }

    /// Waits until nothing is taken any more and what was accepted is finished, or the time for
    /// that is over.
    pub(crate) async fn finish(mut self) {
        let all = async {
            let _ = self.accepting.await;
            self.open.recv().await
        };
        if tokio::time::timeout(FINISH, all).await.is_err() {
            tracing::warn!("some connections did not finish in time and are cut off");
        }
    }
}

async fn accept(
    listener: TcpListener,
    router: Router,
    mut stopped: watch::Receiver<bool>,
    each: mpsc::Sender<()>,
) {
    let room = Room::new(system::descriptors());
    loop {
        let Some(place) = room.enter().await else {
            return;
        };
        let taken = tokio::select! {
            biased;
            () = stopping(&mut stopped) => return,
            taken = listener.accept() => taken,
        };
        match taken {
            Ok((stream, peer)) => {
                let room = room.clone();
                let connection = serve(stream, peer, room, router.clone(), stopped.clone());
                let open = each.clone();
                tokio::spawn(async move {
                    connection.await;
                    drop((place, open));
                });
            }
            // The other side gave up before it was its turn.
            Err(error) if is_theirs(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                system::pause(AFTER_ERROR).await;
            }
        }
    }
}

/// The places for connections.
#[derive(Clone)]
struct Room {
    free: Arc<Semaphore>,
    places: usize,
}

impl Room {
    /// As many as there are descriptors for.
    fn new(descriptors: u64) -> Self {
        let left = LEFT.min(descriptors / 4);
        let places = MOST.min(descriptors.saturating_sub(left));
        let places = usize::try_from(places).unwrap_or(Semaphore::MAX_PERMITS);
        Self {
            free: Arc::new(Semaphore::new(places)),
            places,
        }
    }

    async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.free).acquire_owned().await.ok()
    }

    /// Whether more than half are taken: most of them by agents that keep a connection from one poll to the
    /// next, which would let nobody else in if there were enough of them.
    fn is_crowded(&self) -> bool {
        self.free.available_permits() < self.places / 2
    }
}

fn is_theirs(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

/// Serves one connection. When the hub stops, a request that is being answered is finished; a
/// connection on which none has arrived yet is closed. Where it is crowded, it ends with its next answer.
async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    room: Room,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let inner = TowerToHyperService::new(router);
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let (answering, room) = (inner.call(request), room.clone());
        async move {
            let mut answer = answering.await?;
            if room.is_crowded() {
                let headers = answer.headers_mut();
                headers.insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(answer)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(READ_AHEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = stopping(&mut stopped) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, %peer, "a connection ended early");
    }
}
