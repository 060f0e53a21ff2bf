//! A small FHIR R4 endpoint, which is true in what it has: versions, conditions, searches with pages, and
//! transactions that are all or nothing. It can be told to have faults.
#![expect(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a test that cannot go on ends here"
)]

mod rules;
mod search;
mod store;
mod tokens;

pub use store::{Refusal, Store, with};
pub use tokens::{CLIENT_ID, CLIENT_SECRET, SCOPE, Tokens};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use http_body_util::{Full, Limited};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::TcpListener;

const FHIR_JSON: &str = "application/fhir+json";
/// The path of the token endpoint.
const TOKEN_PATH: &str = "/oauth2/token";
/// A token that it always takes.
pub const TOKEN: &str = "the-secret-token";
/// What it says of every error: something that must not get any further.
pub const PRIVATE: &str = "Ann Lee, born 1980, has pox";

/// Something that goes wrong with one request.
#[derive(Clone)]
pub enum Fault {
    /// The connection breaks off before the answer is there, though what it asks for is done.
    AnswerIsLost,
    /// The same, and it is done only when the test says so ([`Endpoint::arrives`]).
    Late,
    /// It is never answered.
    Silent,
    /// A status, and nothing is done.
    Status(u16),
    /// It is sent elsewhere.
    Redirect(String),
    /// The answer has this many bytes.
    Huge(usize),
    /// The answer is this, with 200.
    Says(String),
    /// The search goes on at another address.
    NextIsAt(String),
}

type Meanwhile = Box<dyn FnOnce(&mut Store) + Send>;

#[derive(Default)]
struct Inner {
    store: Store,
    fault: Option<(Method, Fault)>,
    meanwhile: Option<Meanwhile>,
    asked: Vec<String>,
    late: Option<(Parts, Bytes)>,
    tokens: Tokens,
    token_fault: Option<Fault>,
}

/// The endpoint.
#[derive(Clone)]
pub struct Endpoint {
    inner: Arc<Mutex<Inner>>,
    /// Its `[base]`.
    pub base: String,
    /// Its token endpoint, which knows one client.
    pub token_url: String,
}

impl Endpoint {
    /// Starts it on any port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = format!("http://{}", listener.local_addr().unwrap());
        let endpoint = Self {
            inner: Arc::default(),
            base: format!("{at}/fhir/r4"),
            token_url: format!("{at}{TOKEN_PATH}"),
        };
        let router = Router::new().fallback(serve).with_state(endpoint.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        endpoint
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    /// Does something in the PMS itself.
    pub fn at_the_desk<T>(&self, work: impl FnOnce(&mut Store) -> T) -> T {
        work(&mut self.inner().store)
    }

    /// Does something in the PMS just before the next transaction.
    pub fn meanwhile(&self, work: impl FnOnce(&mut Store) + Send + 'static) {
        self.inner().meanwhile = Some(Box::new(work));
    }

    /// Has a fault with the next request of a method.
    pub fn fails(&self, method: Method, fault: Fault) {
        self.inner().fault = Some((method, fault));
    }

    /// Looks at the tokens that it gives, or changes something about them.
    pub fn tokens<T>(&self, work: impl FnOnce(&mut Tokens) -> T) -> T {
        work(&mut self.inner().tokens)
    }

    /// Has a fault with the next request for a token.
    pub fn gives_no_token(&self, fault: Fault) {
        self.inner().token_fault = Some(fault);
    }

    /// Does what a request asked for that is late ([`Fault::Late`]).
    pub fn arrives(&self) {
        let mut inner = self.inner();
        let (parts, body) = inner.late.take().unwrap();
        let _ = inner.answer(&self.base, &parts, &body);
    }

    /// Method, path and query of what it was asked.
    pub fn asked(&self) -> Vec<String> {
        self.inner().asked.clone()
    }
}

async fn serve(State(endpoint): State<Endpoint>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    if parts.uri.path() == TOKEN_PATH {
        return token(&endpoint, &parts, &body).await;
    }
    let (fault, response) = 'answered: {
        let mut inner = endpoint.inner();
        inner.asked.push(format!("{} {}", parts.method, parts.uri));
        let fault = inner.fault.take_if(|(method, _)| *method == parts.method);
        let fault = fault.map(|(_, fault)| fault);
        if let Some(response) = fault.as_ref().and_then(instead) {
            return response;
        }
        if matches!(fault, Some(Fault::Late)) {
            inner.late = Some((parts, body));
            break 'answered (fault, Err(Refusal(503)));
        }
        let response = inner.answer(&endpoint.base, &parts, &body);
        (fault, response)
    };
    match fault {
        Some(Fault::AnswerIsLost | Fault::Late) => broken_off(),
        Some(Fault::Silent) => std::future::pending().await,
        Some(Fault::NextIsAt(url)) => {
            let (status, etag, mut bundle) = response.unwrap_or_else(Refusal::told);
            bundle["link"] = json!([{"relation": "next", "url": url}]);
            respond(status, etag, &bundle)
        }
        _ => {
            let (status, etag, body) = response.unwrap_or_else(Refusal::told);
            respond(status, etag, &body)
        }
    }
}

async fn token(endpoint: &Endpoint, parts: &Parts, body: &[u8]) -> Response {
    let (fault, (status, answer)) = {
        let mut inner = endpoint.inner();
        (inner.token_fault.take(), inner.tokens.answer(parts, body))
    };
    match fault {
        Some(Fault::Silent) => std::future::pending().await,
        Some(fault) => instead(&fault).unwrap_or_else(broken_off),
        None => respond(status, None, &answer),
    }
}

/// What is answered instead of the truth.
fn instead(fault: &Fault) -> Option<Response> {
    let answer = Response::builder();
    let answer = match fault {
        Fault::Status(status) => answer.status(*status).body(outcome().to_string().into()),
        Fault::Redirect(to) => answer
            .status(307)
            .header("location", to)
            .body(Body::empty()),
        Fault::Huge(bytes) => answer.body(vec![b' '; *bytes].into()),
        Fault::Says(text) => answer.body(text.clone().into()),
        Fault::AnswerIsLost | Fault::Late | Fault::Silent | Fault::NextIsAt(_) => return None,
    };
    Some(answer.unwrap())
}

/// An answer that promises a byte and has none: the connection ends there.
fn broken_off() -> Response {
    let body = Limited::new(Full::new(Bytes::from_static(b"{}")), 1);
    Response::new(Body::new(body))
}

fn outcome() -> Value {
    let issue = json!({"severity": "error", "code": "processing", "diagnostics": PRIVATE});
    json!({"resourceType": "OperationOutcome", "issue": [issue]})
}

impl Refusal {
    fn told(self) -> (u16, Option<String>, Value) {
        (self.0, None, outcome())
    }
}

fn respond(status: u16, etag: Option<String>, body: &Value) -> Response {
    let mut response = Response::builder()
        .status(StatusCode::from_u16(status).unwrap())
        .header(header::CONTENT_TYPE, FHIR_JSON);
    if let Some(etag) = etag {
        response = response.header(header::ETAG, etag);
    }
    response.body(body.to_string().into()).unwrap()
}

fn etag(resource: &Value) -> Option<String> {
    let version = resource["meta"]["versionId"].as_str()?;
    Some(format!("W/\"{version}\""))
}

type Answered = Result<(u16, Option<String>, Value), Refusal>;

impl Inner {
    fn answer(&mut self, base: &str, parts: &Parts, body: &[u8]) -> Answered {
        let header = |name: &str| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let token = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        if !token.is_some_and(|token| token == TOKEN || self.tokens.has(token)) {
            return Err(Refusal(401));
        }
        if header("accept") != Some(FHIR_JSON) {
            return Err(Refusal(406));
        }
        let path = parts
            .uri
            .path()
            .strip_prefix("/fhir/r4")
            .ok_or(Refusal(404))?;
        let path: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.method {
            // Without it other servers answer with everything where they do not know a parameter.
            Method::GET if path.len() == 1 && header("prefer") != Some("handling=strict") => {
                Err(Refusal(400))
            }
            Method::GET => self.get(base, &path, parts.uri.query().unwrap_or_default()),
            Method::POST if header("content-type") != Some(FHIR_JSON) => Err(Refusal(415)),
            Method::POST => self.post(&path, body, header("if-none-exist")),
            _ => Err(Refusal(405)),
        }
    }

    fn get(&self, base: &str, path: &[&str], query: &str) -> Answered {
        match path {
            [kind] => Ok((200, None, self.store.search(base, kind, query)?)),
            [kind, id] => {
                let resource = self.store.read(kind, id)?;
                Ok((200, etag(&resource), resource))
            }
            _ => Err(Refusal(404)),
        }
    }

    fn post(&mut self, path: &[&str], body: &[u8], unless: Option<&str>) -> Answered {
        let body: Value = serde_json::from_slice(body).map_err(|_| Refusal(400))?;
        match path {
            [] => {
                if let Some(meanwhile) = self.meanwhile.take() {
                    meanwhile(&mut self.store);
                }
                Ok((200, None, self.store.transaction(&body)?))
            }
            [kind] => {
                let (status, resource) = self.store.create(kind, body, unless)?;
                Ok((status, etag(&resource), resource))
            }
            _ => Err(Refusal(405)),
        }
    }
}
