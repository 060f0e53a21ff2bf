//! HTTP as the FHIR server and the authorization server are spoken to.

use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use slotbridge_agent::adapter::Trouble;
use slotbridge_client::is_loopback;
use std::time::Duration;

/// How long it may take to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A server, and what it is called in what is said of it.
pub(crate) struct Peer {
    pub(crate) http: Client,
    /// Where it is.
    pub(crate) url: Url,
    /// What it is, such as `FHIR server`.
    name: &'static str,
    /// The key of the settings that says where it is.
    pub(crate) key: &'static str,
    timeout: Duration,
}

impl Peer {
    pub(crate) fn new(
        url: Url,
        name: &'static str,
        key: &'static str,
        timeout: Duration,
    ) -> Result<Self, reqwest::Error> {
        let mut http = Client::builder()
            .timeout(timeout)
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!("slotbridge-agent/", env!("CARGO_PKG_VERSION")))
            // A redirect would carry the token, and patients, to wherever it points.
            .redirect(Policy::none());
        if is_loopback(&url) {
            http = http.no_proxy();
        }
        Ok(Self {
            http: http.build()?,
            url,
            name,
            key,
            timeout,
        })
    }

    /// An error of reqwest's names the URL, which may hold an id: so it is not passed on.
    pub(crate) fn unanswered(&self, error: &reqwest::Error) -> Trouble {
        let at = self.url.origin().ascii_serialization();
        let Self { name, key, .. } = self;
        Trouble::Later(if error.is_timeout() {
            let seconds = self.timeout.as_secs_f32();
            format!("the {name} at {at} did not answer within {seconds} s")
        } else if error.is_connect() {
            format!("nothing can be reached at {at}: check that the {name} runs, and {key}")
        } else {
            format!("the connection to the {name} at {at} broke off")
        })
    }

    /// It answered with a status that is no success.
    pub(crate) fn answered(&self, status: u16, advice: &str) -> Trouble {
        Trouble::Later(format!("the {} answered {status}: {advice}", self.name))
    }

    /// What a status means that means the same whatever was asked for.
    pub(crate) fn advice(&self, status: u16) -> Option<String> {
        Some(match status {
            408 | 429 => "it is asked again later".to_owned(),
            300..=399 => {
                let key = self.key;
                format!("it redirects, which is not followed: give the final URL as {key}")
            }
            500.. => "it has a trouble of its own; look at its log".to_owned(),
            _ => return None,
        })
    }

    /// The body of an answer, which has so many MiB at most; `None` if it is longer.
    pub(crate) async fn body(
        &self,
        mut response: Response,
        mebibytes: usize,
    ) -> Result<Option<Vec<u8>>, Trouble> {
        let mut bytes = Vec::new();
        let more = |error: reqwest::Error| self.unanswered(&error);
        while let Some(chunk) = response.chunk().await.map_err(more)? {
            if bytes.len() + chunk.len() > mebibytes * 1024 * 1024 {
                return Ok(None);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Some(bytes))
    }
}
