//! The hub of a test on a real port: real connections, and where the engine allows it two nodes.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on ends here"
)]

use crate::app::Answer;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use http_body_util::BodyExt;
use slotbridge_store::Store;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Nodes that serve; calls go to them in turn.
#[derive(Default)]
pub struct Served {
    nodes: Vec<Node>,
    next: AtomicUsize,
}

struct Node {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

impl Served {
    /// Serves a router on one more port.
    ///
    /// # Panics
    /// There is no port.
    pub async fn add(&mut self, router: Router) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let (stop, stopped) = oneshot::channel();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let ended = tokio::spawn(async move {
            axum::serve(listener, service)
                .with_graceful_shutdown(async {
                    let _ = stopped.await;
                })
                .await
                .expect("it serves");
        });
        self.nodes.push(Node {
            address,
            stop,
            ended,
        });
    }

    /// Whether calls go over the network.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        !self.nodes.is_empty()
    }

    /// Makes a call on a connection of its own.
    ///
    /// # Panics
    /// No answer comes.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let node = self.nodes.get(turn % self.nodes.len()).expect("a node");
        let (parts, body) = request.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        let mut bytes = format!(
            "{} {} HTTP/1.1\r\nhost: hub\r\nconnection: close\r\ncontent-length: {}\r\n",
            parts.method,
            parts.uri,
            body.len()
        )
        .into_bytes();
        for (name, value) in &parts.headers {
            bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        bytes.extend(b"\r\n");
        bytes.extend(body);
        let mut stream = TcpStream::connect(node.address).await.expect("connected");
        stream.write_all(&bytes).await.expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("an answer");
        parse(&answer)
    }

    /// Stops all nodes and waits until nothing of them is left.
    ///
    /// # Panics
    /// A node has ended before.
    pub async fn stop(self) {
        for node in self.nodes {
            let _ = node.stop.send(());
            node.ended.await.expect("it ends");
        }
    }
}

fn parse(bytes: &[u8]) -> Answer {
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {}", String::from_utf8_lossy(bytes)));
    let (head, body) = bytes.split_at(end);
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let status = status.and_then(|status| StatusCode::from_bytes(status.as_bytes()).ok());
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':').expect("a header");
        headers.append(
            HeaderName::try_from(name).expect("a name"),
            HeaderValue::try_from(value.trim()).expect("a value"),
        );
    }
    assert!(!headers.contains_key("transfer-encoding"), "in one piece");
    Answer {
        status: status.expect("a status"),
        headers,
        bytes: bytes::Bytes::copy_from_slice(body.get(4..).unwrap_or_default()),
    }
}

/// Has every statement that writes wait a little before it is run: between look and write there is
/// time for others, if anything lets them in.
#[expect(
    clippy::disallowed_methods,
    reason = "a delay is what is tested: whatever it lets in must do no harm"
)]
pub(crate) fn pause_before_writing(store: &Store) {
    store.watch(|sql, _| {
        if !sql.text.trim_start().starts_with("SELECT") {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
}
