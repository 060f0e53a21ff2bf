//! JSON over HTTP, for those of us who are callers: the admin commands, and the demo's operator
//! and patient.

use crate::failure::{Failure, chain};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use serde_json::Value;
use slotbridge_client::is_loopback;
use std::time::Duration;

/// How long a call may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long it may take to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// One of the hub's faces that speak JSON.
#[derive(Clone)]
pub(crate) struct Api {
    http: reqwest::Client,
    base: Url,
    token: Option<HeaderValue>,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
    pub(crate) idempotency_key: Option<String>,
}

impl Call {
    fn new(method: Method, path: impl Into<String>) -> Self {
        let path = path.into();
        Self {
            method,
            path,
            query: Vec::new(),
            body: None,
            idempotency_key: None,
        }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: impl Into<String>, body: Value) -> Self {
        Self {
            body: Some(body),
            ..Self::new(Method::POST, path)
        }
    }

    pub(crate) fn patch(path: impl Into<String>, body: Value) -> Self {
        Self {
            body: Some(body),
            ..Self::new(Method::PATCH, path)
        }
    }

    pub(crate) fn put(path: impl Into<String>, body: Value) -> Self {
        Self {
            body: Some(body),
            ..Self::new(Method::PUT, path)
        }
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Adds a parameter that has a value.
    pub(crate) fn with(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.query
            .extend(value.map(|value| (name, value.to_string())));
        self
    }
}

/// What was answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) text: String,
    /// The body as JSON; `null` if it is none.
    pub(crate) body: Value,
}

impl Api {
    /// The face at `base`, called with or without a token.
    pub(crate) fn new(base: &str, token: Option<&str>) -> Result<Self, Failure> {
        let wrong = || Failure::new(format!("{base} is no http or https URL"));
        let mut base = Url::parse(base).map_err(|_| wrong())?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(wrong());
        }
        if let Ok(mut path) = base.path_segments_mut() {
            path.pop_if_empty();
        }
        let mut http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!("slotbridge/", env!("CARGO_PKG_VERSION")))
            // A redirect would carry the token to wherever it points.
            .redirect(reqwest::redirect::Policy::none());
        if is_loopback(&base) {
            http = http.no_proxy();
        }
        let http = http
            .build()
            .map_err(|error| Failure::new(format!("no HTTP: {}", chain(&error))))?;
        let token = token.map(bearer).transpose()?;
        Ok(Self { http, base, token })
    }

    /// The same face, called with another token.
    pub(crate) fn with_token(&self, token: &str) -> Result<Self, Failure> {
        Ok(Self {
            token: Some(bearer(token)?),
            ..self.clone()
        })
    }

    /// Makes a call. Any answer is one; only its absence is an error.
    pub(crate) async fn call(&self, call: Call) -> Result<Answer, Failure> {
        let url = self.url(&call);
        let mut headers = HeaderMap::new();
        headers.extend(self.token.clone().map(|token| (AUTHORIZATION, token)));
        if let Some(key) = &call.idempotency_key {
            let key = HeaderValue::from_str(key)
                .map_err(|_| Failure::usage("the idempotency key cannot stand in a header"))?;
            headers.insert("idempotency-key", key);
        }
        let mut request = self.http.request(call.method, url).headers(headers);
        if let Some(body) = &call.body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        let response = request
            .send()
            .await
            .map_err(|error| self.unreachable(error))?;
        let status = response.status();
        let text = response
            .text()
            .await
            .map_err(|error| self.unreachable(error))?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Answer { status, text, body })
    }

    fn url(&self, call: &Call) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(call.path.split('/').filter(|segment| !segment.is_empty()));
        }
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        url
    }

    fn unreachable(&self, error: reqwest::Error) -> Failure {
        let at = self.base.origin().ascii_serialization();
        if error.is_connect() {
            return Failure::new(format!(
                "no slotbridge answers at {at}: start one with slotbridge serve, or name another \
                 with --url"
            ));
        }
        let error = error.without_url();
        Failure::new(format!("no answer from {at}: {}", chain(&error)))
    }
}

/// The header of a token, marked so that nothing prints it.
fn bearer(token: &str) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
        .map_err(|_| Failure::new("the token has characters that belong in none"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_made_of_base_path_and_query() {
        let api = Api::new("http://127.0.0.1:1/admin-api/v1/", None)
            .ok()
            .unwrap();
        let call = Call::get("/practices/7")
            .with("q", Some("a b&c"))
            .with("page", None::<i64>);
        assert_eq!(
            api.url(&call).as_str(),
            "http://127.0.0.1:1/admin-api/v1/practices/7?q=a+b%26c"
        );
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for base in ["", "hub", "ftp://hub/", "data:x"] {
            assert!(Api::new(base, None).is_err(), "{base}");
        }
    }
}
