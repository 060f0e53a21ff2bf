//! The FHIR server over HTTP. What it says of an error is never read: it may be about a patient.

use crate::config::{ConfigError, FhirConfig};
use crate::http::Peer;
use crate::tokens::Tokens;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, DATE, HeaderMap, HeaderValue,
};
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use serde_json::Value;
use slotbridge_agent::adapter::Trouble;
use slotbridge_agent::clinic::Now;

/// The longest answer that is read, in MiB.
const LONGEST: usize = 16;
const FHIR_JSON: &str = "application/fhir+json";

/// The server.
pub(crate) struct Server {
    peer: Peer,
    headers: HeaderMap,
    tokens: Tokens,
}

/// An answer that says something about what was asked for.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// The resource; `null` if there is none, and with every status but success.
    pub(crate) body: Value,
    /// When it was given, by the server's clock.
    pub(crate) at: Option<Timestamp>,
}

/// What reading a resource by its id came to.
pub(crate) enum Read {
    /// Here it is.
    Found(Value),
    /// It was there and was deleted.
    Gone,
    /// The server knows of none.
    Unknown,
}

impl Server {
    pub(crate) fn new(config: &FhirConfig, now: Now) -> Result<Self, ConfigError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(FHIR_JSON));
        // Some servers answer the same search for a minute from memory.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        Ok(Self {
            peer: Peer::new(config.url()?, "FHIR server", "base_url", config.timeout)?,
            headers,
            tokens: Tokens::new(&config.credentials, config.timeout, now)?,
        })
    }

    /// The server's `[base]`.
    pub(crate) fn base(&self) -> &Url {
        &self.peer.url
    }

    /// The URL of a type, or of a resource.
    pub(crate) fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.base().clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        url
    }

    /// Reads a page of a search.
    pub(crate) async fn page(&self, url: Url) -> Result<Answer, Trouble> {
        // A parameter that the server does not know must not make it answer with everything.
        let request = self.peer.http.get(url).header("prefer", "handling=strict");
        self.send(request).await
    }

    /// Reads a resource.
    pub(crate) async fn read(&self, kind: &'static str, id: &str) -> Result<Read, Trouble> {
        let answer = self.send(self.peer.http.get(self.url(&[kind, id]))).await?;
        match answer.status {
            StatusCode::GONE => Ok(Read::Gone),
            StatusCode::NOT_FOUND => Ok(Read::Unknown),
            status if status.is_success() => Ok(Read::Found(answer.body)),
            status => Err(unexpected(status, kind)),
        }
    }

    /// Creates a resource unless there is one that a search finds.
    pub(crate) async fn create(
        &self,
        kind: &'static str,
        resource: &Value,
        unless: &str,
    ) -> Result<Answer, Trouble> {
        let request = self.peer.http.post(self.url(&[kind]));
        let request = request.header("if-none-exist", unless);
        self.send(with_body(request, resource)).await
    }

    /// Makes a transaction.
    pub(crate) async fn transaction(&self, bundle: &Value) -> Result<Answer, Trouble> {
        self.send(with_body(self.peer.http.post(self.base().clone()), bundle))
            .await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Answer, Trouble> {
        let response = self.ask(request).await?;
        let status = response.status();
        if let Some(advice) = self.advice(status.as_u16()) {
            return Err(self.peer.answered(status.as_u16(), &advice));
        }
        let at = response.headers().get(DATE).and_then(moment);
        let body = if status.is_success() {
            self.body(response).await?
        } else {
            Value::Null
        };
        Ok(Answer { status, body, at })
    }

    /// Asks, and once more with another token if the first is refused: it may have been revoked.
    async fn ask(&self, request: RequestBuilder) -> Result<Response, Trouble> {
        let again = request.try_clone();
        let token = self.tokens.current().await?;
        let response = self.ask_once(request, token.as_ref()).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        match (again, self.tokens.instead_of(token.as_ref()).await?) {
            (Some(again), Some(token)) => self.ask_once(again, Some(&token)).await,
            _ => Ok(response),
        }
    }

    async fn ask_once(
        &self,
        request: RequestBuilder,
        token: Option<&HeaderValue>,
    ) -> Result<Response, Trouble> {
        let mut headers = self.headers.clone();
        headers.extend(token.map(|token| (AUTHORIZATION, token.clone())));
        let response = request.headers(headers).send().await;
        response.map_err(|error| self.peer.unanswered(&error))
    }

    async fn body(&self, response: Response) -> Result<Value, Trouble> {
        let bytes = self.peer.body(response, LONGEST).await?;
        let Some(bytes) = bytes else {
            return Err(Trouble::Later(format!(
                "the FHIR server's answer is longer than {LONGEST} MiB: make its pages shorter"
            )));
        };
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&bytes).map_err(|_| {
            Trouble::Later(
                "what answers is not FHIR JSON: check base_url, which is the server's [base]"
                    .to_owned(),
            )
        })
    }

    /// A status that means the same whatever was asked for: what is to be done about it.
    fn advice(&self, status: u16) -> Option<String> {
        match status {
            401 => Some(self.tokens.advice().to_owned()),
            403 => Some(
                "the token may not do this: give it the scopes that the adapter needs".to_owned(),
            ),
            status => self.peer.advice(status),
        }
    }
}

fn with_body(request: RequestBuilder, resource: &Value) -> RequestBuilder {
    let request = request.header(CONTENT_TYPE, FHIR_JSON);
    request.body(resource.to_string())
}

/// A status that nobody expects of a search or of reading a resource.
pub(crate) fn unexpected(status: StatusCode, kind: &str) -> Trouble {
    Trouble::Later(format!(
        "the FHIR server answered {} to a question about {kind}: check base_url, and that the \
         server has what the adapter needs",
        status.as_u16()
    ))
}

/// A date as HTTP writes it, e.g. `Tue, 24 Nov 2026 01:02:03 GMT`.
fn moment(header: &HeaderValue) -> Option<Timestamp> {
    let parser = rfc2822::DateTimeParser::new();
    parser.parse_timestamp(header.to_str().ok()?.trim()).ok()
}
