//! Making a call: one place for headers, time limits, repetitions and errors.

use crate::{ClientConfig, ConfigError, Error, Timer, Waiter, body::Body, retry};
use reqwest::{
    Method, Response, Url,
    header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER},
    redirect::Policy,
};
use serde::Serialize;
use slotbridge_wire::{
    error::ErrorBody,
    page::Page,
    read::{self, FromJson},
};
use std::{fmt, sync::Arc, time::Duration};

/// The longest that one attempt may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The longest that it may take to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest answer that is read, in bytes: a document of 30 MiB as base64, and room around it.
const LONGEST_ANSWER: usize = 48 * 1024 * 1024;
/// The most pages of a list that are read.
const MOST_PAGES: i64 = 10_000;

/// A client of one hub for one practice. Clones share their connections.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    config: ClientConfig,
    base: Url,
    waiter: Arc<dyn Waiter>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.inner.config).finish()
    }
}

/// One call.
pub(crate) struct Call {
    method: Method,
    url: Url,
    body: Option<Body>,
}

impl Call {
    /// Adds a parameter to the query.
    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    /// Sets the body.
    pub(crate) fn json(mut self, value: &(impl Serialize + ?Sized)) -> Result<Self, Error> {
        self.body = Some(Body::json(value)?);
        Ok(self)
    }
}

impl Client {
    /// A client that waits for real before it makes a call again.
    ///
    /// # Errors
    /// What is wrong with the configuration. Whether the hub accepts the keys only a call tells.
    pub fn new(config: ClientConfig) -> Result<Self, ConfigError> {
        Self::with_waiter(config, Arc::new(Timer))
    }

    /// A client that waits as it is told to.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_waiter(config: ClientConfig, waiter: Arc<dyn Waiter>) -> Result<Self, ConfigError> {
        let base = config.url()?;
        let mut http = reqwest::Client::builder()
            .default_headers(config.headers()?)
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            // A redirect would carry the keys to wherever it points.
            .redirect(Policy::none());
        if is_loopback(&base) {
            http = http.no_proxy();
        }
        let http = http.build()?;
        Ok(Self {
            inner: Arc::new(Inner {
                http,
                config,
                base,
                waiter,
            }),
        })
    }

    /// A GET of the path with these segments.
    pub(crate) fn get(&self, path: &[&str]) -> Call {
        self.call(Method::GET, path)
    }

    /// A POST to the path with these segments.
    pub(crate) fn post(&self, path: &[&str]) -> Call {
        self.call(Method::POST, path)
    }

    fn call(&self, method: Method, path: &[&str]) -> Call {
        let mut url = self.inner.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.extend(path);
        }
        Call {
            method,
            url,
            body: None,
        }
    }

    /// Makes a call whose answer says nothing more than that it succeeded.
    pub(crate) async fn run(&self, call: Call) -> Result<(), Error> {
        self.bytes(&call).await.map(|_| ())
    }

    /// Makes a call and reads its answer.
    pub(crate) async fn read<T: FromJson>(&self, call: Call) -> Result<T, Error> {
        read::read(&self.bytes(&call).await?).map_err(Error::Decode)
    }

    /// Reads one page of a list; pages count from 1.
    pub(crate) async fn page<T: FromJson>(
        &self,
        path: &[&str],
        page: i64,
    ) -> Result<Page<T>, Error> {
        self.read(self.get(path).query("page", &page.to_string()))
            .await
    }

    /// Reads a list from page 1 until there is no more.
    pub(crate) async fn all_pages<T: FromJson>(&self, path: &[&str]) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        for number in 1..=MOST_PAGES {
            let page = self.page::<T>(path, number).await?;
            let last = page.data.is_empty() || number >= page.page.total_pages;
            all.extend(page.data);
            if last {
                break;
            }
        }
        Ok(all)
    }

    /// Makes a call, and makes it again as long as that may help.
    async fn bytes(&self, call: &Call) -> Result<Vec<u8>, Error> {
        let waiter = &self.inner.waiter;
        let mut failures = 0;
        loop {
            let error = match self.attempt(call).await {
                Ok(bytes) => return Ok(bytes),
                Err(error) => error,
            };
            let Some(pause) = retry::pause(failures, &error, waiter.jitter()) else {
                return Err(error);
            };
            waiter.wait(pause).await;
            failures += 1;
        }
    }

    async fn attempt(&self, call: &Call) -> Result<Vec<u8>, Error> {
        let mut request = self
            .inner
            .http
            .request(call.method.clone(), call.url.clone());
        if let Some(body) = &call.body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.bytes.clone());
            if body.packed {
                request = request.header(CONTENT_ENCODING, "gzip");
            }
        }
        let response = request.send().await.map_err(Error::transport)?;
        let status = response.status();
        let retry_after = retry_after(&response);
        let bytes = whole(response).await?;
        if status.is_success() {
            return Ok(bytes);
        }
        let text = match read::read::<ErrorBody>(&bytes) {
            Ok(body) => self.without_keys(body.error),
            Err(_) => status
                .canonical_reason()
                .unwrap_or("no reason given")
                .to_owned(),
        };
        Err(Error::of_status(status.as_u16(), text, retry_after))
    }

    /// A text from outside, in which nobody has to find our keys.
    fn without_keys(&self, text: String) -> String {
        let config = &self.inner.config;
        [&config.api_key, &config.practice_key]
            .into_iter()
            .fold(text, |text, key| text.replace(key.as_str(), "[key]"))
    }
}

/// The answer's whole body, unless it is unreasonably long.
async fn whole(mut response: Response) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Error::transport)? {
        if bytes.len() + chunk.len() > LONGEST_ANSWER {
            return Err(Error::TooLong(LONGEST_ANSWER));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The seconds that an answer asks to wait; a date there is not understood.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response
        .headers()
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}

/// Whether the URL is this machine's own: no proxy leads there.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        let loopback = |url: &str| is_loopback(&Url::parse(url).unwrap());
        for url in [
            "http://localhost:1/",
            "http://127.1.2.3/",
            "http://[::1]:8080/a",
        ] {
            assert!(loopback(url), "{url}");
        }
        for url in [
            "https://hub.example/",
            "http://10.0.0.1/",
            "http://localhost.example/",
        ] {
            assert!(!loopback(url), "{url}");
        }
    }
}
