//! The FHIR server over HTTP. What it says of an error is never read: it may be about a patient.

use crate::config::{ConfigError, FhirConfig};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, DATE, HeaderMap, HeaderValue,
};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde_json::Value;
use slotbridge_agent::adapter::Trouble;
use slotbridge_client::is_loopback;
use std::time::Duration;

/// How long it may take to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest answer that is read, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;
const FHIR_JSON: &str = "application/fhir+json";

/// The server.
pub(crate) struct Server {
    http: Client,
    pub(crate) base: Url,
    headers: HeaderMap,
    timeout: Duration,
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
    pub(crate) fn new(config: &FhirConfig) -> Result<Self, ConfigError> {
        let base = config.url()?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(FHIR_JSON));
        // Some servers answer the same search for a minute from memory.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.extend(config.authorization()?.map(|token| (AUTHORIZATION, token)));
        let mut http = Client::builder()
            .timeout(config.timeout)
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!("slotbridge-agent/", env!("CARGO_PKG_VERSION")))
            // A redirect would carry the token, and patients, to wherever it points.
            .redirect(Policy::none());
        if is_loopback(&base) {
            http = http.no_proxy();
        }
        Ok(Self {
            http: http.build()?,
            base,
            headers,
            timeout: config.timeout,
        })
    }

    /// The URL of a type, or of a resource.
    pub(crate) fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        url
    }

    /// Reads a page of a search.
    pub(crate) async fn page(&self, url: Url) -> Result<Answer, Trouble> {
        // A parameter that the server does not know must not make it answer with everything.
        let request = self.http.get(url).header("prefer", "handling=strict");
        self.send(request).await
    }

    /// Reads a resource.
    pub(crate) async fn read(&self, kind: &'static str, id: &str) -> Result<Read, Trouble> {
        let answer = self.send(self.http.get(self.url(&[kind, id]))).await?;
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
        let request = self.http.post(self.url(&[kind]));
        let request = request.header("if-none-exist", unless);
        self.send(with_body(request, resource)).await
    }

    /// Makes a transaction.
    pub(crate) async fn transaction(&self, bundle: &Value) -> Result<Answer, Trouble> {
        self.send(with_body(self.http.post(self.base.clone()), bundle))
            .await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Answer, Trouble> {
        let response = request.headers(self.headers.clone()).send().await;
        let response = response.map_err(|error| self.unanswered(&error))?;
        let status = response.status();
        if let Some(advice) = advice(status) {
            return Err(Trouble::Later(format!(
                "the FHIR server answered {}: {advice}",
                status.as_u16()
            )));
        }
        let at = response.headers().get(DATE).and_then(moment);
        let body = if status.is_success() {
            self.body(response).await?
        } else {
            Value::Null
        };
        Ok(Answer { status, body, at })
    }

    async fn body(&self, mut response: Response) -> Result<Value, Trouble> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.unanswered(&error))?
        {
            if bytes.len() + chunk.len() > LONGEST {
                return Err(Trouble::Later(format!(
                    "the FHIR server's answer is longer than {} MiB: make its pages shorter",
                    LONGEST / 1024 / 1024
                )));
            }
            bytes.extend_from_slice(&chunk);
        }
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

    /// An error of reqwest's names the URL, which may hold an id: so it is not passed on.
    fn unanswered(&self, error: &reqwest::Error) -> Trouble {
        let at = self.base.origin().ascii_serialization();
        Trouble::Later(if error.is_timeout() {
            let seconds = self.timeout.as_secs_f32();
            format!("the FHIR server at {at} did not answer within {seconds} s")
        } else if error.is_connect() {
            format!("nothing can be reached at {at}: check that the FHIR server runs, and base_url")
        } else {
            format!("the connection to the FHIR server at {at} broke off")
        })
    }
}

fn with_body(request: RequestBuilder, resource: &Value) -> RequestBuilder {
    let request = request.header(CONTENT_TYPE, FHIR_JSON);
    request.body(resource.to_string())
}

/// A status that means the same whatever was asked for: what is to be done about it.
fn advice(status: StatusCode) -> Option<&'static str> {
    match status.as_u16() {
        401 => Some("it wants a valid token"),
        403 => Some("the token may not do this: give it the scopes that the adapter needs"),
        408 | 429 => Some("it is asked again later"),
        300..=399 => Some("it redirects, which is not followed: give the final URL as base_url"),
        500.. => Some("it has a trouble of its own; look at its log"),
        _ => None,
    }
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
