//! A hub that answers what it was told to, and remembers what it was asked.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Request},
    response::Response,
};
use serde_json::Value;
use slotbridge_client::{Client, ClientConfig, Waiter, user_agent};
use std::{
    collections::VecDeque,
    error::Error,
    future::Future,
    io::Read,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::net::TcpListener;

/// What a test gives back.
pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// A call as the hub received it.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// Method, path and query.
    pub(crate) line: String,
    /// The body, unpacked.
    pub(crate) body: String,
    /// Whether it came packed.
    pub(crate) packed: bool,
    headers: HeaderMap,
}

impl Received {
    /// A header; `-` if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or("-")
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Result<Value, Box<dyn Error>> {
        Ok(serde_json::from_str(&self.body)?)
    }
}

/// Status, seconds of `Retry-After`, body.
type Answer = (u16, Option<u64>, String);

/// The hub.
#[derive(Clone, Default)]
pub(crate) struct Hub {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    received: Arc<Mutex<Vec<Received>>>,
}

fn locked<T, R>(mutex: &Mutex<T>, with: impl FnOnce(&mut T) -> R) -> R {
    with(&mut mutex.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Hub {
    /// Starts a hub that gives these answers, then 200 with `{}`; and a client of it.
    pub(crate) async fn start(
        answers: &[(u16, &str)],
    ) -> Result<(Self, Client, Pauses), Box<dyn Error>> {
        let hub = Self::default();
        for (status, body) in answers {
            hub.answer(*status, None, body);
        }
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base_url = format!("http://{}/pms-api/v1/", listener.local_addr()?);
        let router = Router::new().fallback(serve).with_state(hub.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let pauses = Pauses::default();
        let client = Client::with_waiter(config(base_url), Arc::new(pauses.clone()))?;
        Ok((hub, client, pauses))
    }

    /// Adds an answer, with `Retry-After` seconds.
    pub(crate) fn answer(&self, status: u16, retry_after: Option<u64>, body: &str) {
        locked(&self.answers, |all| {
            all.push_back((status, retry_after, body.to_owned()));
        });
    }

    /// What it received so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        locked(&self.received, |all| all.clone())
    }

    /// Method, path and query of what it received.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.received()
            .into_iter()
            .map(|received| received.line)
            .collect()
    }
}

/// A configuration with keys that a test can look for.
pub(crate) fn config(base_url: String) -> ClientConfig {
    ClientConfig {
        base_url,
        api_key: "sbc_first-secret".to_owned(),
        practice_id: 7,
        practice_key: "sbp_second-secret".to_owned(),
        user_agent: user_agent("Acme PMS", "a@acme.example", "test"),
    }
}

async fn serve(State(hub): State<Hub>, request: Request<axum::body::Body>) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    let encoding = parts.headers.get("content-encoding");
    let packed = encoding.is_some_and(|encoding| encoding == "gzip");
    let received = Received {
        line: format!("{} {}", parts.method, parts.uri),
        body: unpack(&bytes, packed),
        packed,
        headers: parts.headers,
    };
    locked(&hub.received, |all| all.push(received));
    let (status, retry_after, body) =
        locked(&hub.answers, VecDeque::pop_front).unwrap_or_else(|| (200, None, "{}".to_owned()));
    let mut answer = Response::builder()
        .status(status)
        .header("location", "/elsewhere");
    if let Some(seconds) = retry_after {
        answer = answer.header("retry-after", seconds);
    }
    answer.body(body.into()).unwrap_or_default()
}

fn unpack(bytes: &Bytes, packed: bool) -> String {
    let mut text = String::new();
    if packed {
        let unpacked = flate2::read::GzDecoder::new(&**bytes).read_to_string(&mut text);
        return if unpacked.is_ok() {
            text
        } else {
            "not gzip".to_owned()
        };
    }
    String::from_utf8_lossy(bytes).into_owned()
}

/// Waits for nothing, and remembers for how long it should have.
#[derive(Clone, Default)]
pub(crate) struct Pauses(Arc<Mutex<Vec<Duration>>>);

impl Pauses {
    /// The pauses so far, in milliseconds.
    pub(crate) fn millis(&self) -> Vec<u128> {
        locked(&self.0, |all| all.iter().map(Duration::as_millis).collect())
    }
}

impl Waiter for Pauses {
    fn jitter(&self) -> f64 {
        1.0
    }

    fn wait(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        locked(&self.0, |all| all.push(pause));
        Box::pin(std::future::ready(()))
    }
}
