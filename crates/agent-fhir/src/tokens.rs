//! The bearer token of each request: the one that was given, or one that is fetched and kept until
//! shortly before it expires.

use crate::config::ConfigError;
use crate::credentials::{ClientCredentials, Credentials, bearer};
use crate::http::Peer;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use slotbridge_agent::adapter::Trouble;
use slotbridge_agent::clinic::Now;
use std::time::Duration;
use tokio::sync::Mutex;

/// A token is no longer used a tenth of its life before it expires, or this much at most.
const MARGIN: i64 = 60;
/// The longest answer of a token endpoint that is read, in MiB.
const LONGEST: usize = 1;

/// Where tokens come from.
pub(crate) enum Tokens {
    /// The server wants none.
    None,
    /// It was given.
    Given(HeaderValue),
    /// An authorization server gives them.
    Fetched(Box<Fetched>),
}

/// The tokens of an authorization server.
pub(crate) struct Fetched {
    peer: Peer,
    /// The client's id and secret, as they stand in the header.
    id: String,
    secret: String,
    /// The request's body.
    form: String,
    now: Now,
    /// Whoever fetches one keeps the others waiting, so that they need not.
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    header: HeaderValue,
    /// Until when it is used; without it, until it is refused.
    until: Option<Timestamp>,
}

impl Tokens {
    pub(crate) fn new(
        credentials: &Credentials,
        timeout: Duration,
        now: Now,
    ) -> Result<Self, ConfigError> {
        Ok(match credentials {
            Credentials::None => Self::None,
            Credentials::Token(token) => Self::Given(bearer(token).ok_or(ConfigError::Token)?),
            Credentials::Client(client) => {
                Self::Fetched(Box::new(Fetched::new(client, timeout, now)?))
            }
        })
    }

    /// The header with the token to be used now.
    pub(crate) async fn current(&self) -> Result<Option<HeaderValue>, Trouble> {
        match self {
            Self::None => Ok(None),
            Self::Given(header) => Ok(Some(header.clone())),
            Self::Fetched(fetched) => fetched.current(None).await.map(Some),
        }
    }

    /// A token in place of one that the server refused, if there can be another.
    pub(crate) async fn instead_of(
        &self,
        refused: Option<&HeaderValue>,
    ) -> Result<Option<HeaderValue>, Trouble> {
        match self {
            Self::Fetched(fetched) => fetched.current(refused).await.map(Some),
            Self::None | Self::Given(_) => Ok(None),
        }
    }

    /// What to do about a token that the server refuses.
    pub(crate) fn advice(&self) -> &'static str {
        match self {
            Self::Fetched(_) => {
                "it does not take the token that token_url gave: check that both belong together, \
                 and scope"
            }
            Self::None | Self::Given(_) => "it wants a valid token",
        }
    }
}

/// A token endpoint's answer.
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    token_type: Option<String>,
    /// In seconds. Some write it as a text.
    expires_in: Option<Value>,
}

/// What it says of an error. The rest of it is not looked at.
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl Fetched {
    fn new(client: &ClientCredentials, timeout: Duration, now: Now) -> Result<Self, ConfigError> {
        client.check()?;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        if let Some(scope) = &client.scope {
            form.append_pair("scope", scope);
        }
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect();
        Ok(Self {
            peer: Peer::new(client.url()?, "token endpoint", "token_url", timeout)?,
            id: encoded(&client.client_id),
            secret: encoded(&client.client_secret),
            form: form.finish(),
            now,
            kept: Mutex::default(),
        })
    }

    /// The kept token, if it is still to be used and is not the one that was refused; or else a new one.
    async fn current(&self, refused: Option<&HeaderValue>) -> Result<HeaderValue, Trouble> {
        let mut kept = self.kept.lock().await;
        let now = (self.now)();
        let good = kept
            .as_ref()
            .filter(|kept| kept.until.is_none_or(|until| now < until))
            .filter(|kept| Some(&kept.header) != refused);
        if let Some(good) = good {
            return Ok(good.header.clone());
        }
        *kept = None;
        let Kept { header, until } = self.fetch(now).await?;
        *kept = Some(Kept {
            header: header.clone(),
            until,
        });
        Ok(header)
    }

    async fn fetch(&self, now: Timestamp) -> Result<Kept, Trouble> {
        let Peer { http, url, .. } = &self.peer;
        let request = http
            .post(url.clone())
            .basic_auth(&self.id, Some(&self.secret))
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(self.form.clone());
        let response = request.send().await;
        let response = response.map_err(|error| self.peer.unanswered(&error))?;
        let status = response.status();
        let body = self.peer.body(response, LONGEST).await?;
        let body = body.unwrap_or_default();
        if !status.is_success() {
            return Err(self.refused(status.as_u16(), &body));
        }
        kept(&body, now).ok_or_else(|| {
            Trouble::Later(
                "what answers gives no bearer token: check token_url, which is the token endpoint"
                    .to_owned(),
            )
        })
    }

    /// What is wrong, by the error's name: its description may say anything.
    fn refused(&self, status: u16, body: &[u8]) -> Trouble {
        let refusal: Option<Refusal> = serde_json::from_slice(body).ok();
        let error = refusal.map_or(String::new(), |refusal| refusal.error);
        let advice = match error.as_str() {
            "invalid_client" => "it refuses the client: check client_id and client_secret",
            "unauthorized_client" | "unsupported_grant_type" => {
                "the client may not use the grant client_credentials: have it allowed there"
            }
            "invalid_scope" => "it does not give that scope: check scope",
            _ if status == 401 => {
                "it refuses the client: check token_url, client_id and client_secret"
            }
            _ => match self.peer.advice(status) {
                Some(advice) => return self.peer.answered(status, &advice),
                None => "check token_url",
            },
        };
        self.peer.answered(status, advice)
    }
}

/// The token of an answer; `None` if there is none in it that could be used.
fn kept(body: &[u8], now: Timestamp) -> Option<Kept> {
    let answer: Answer = serde_json::from_slice(body).ok()?;
    let kind = answer.token_type.as_deref().unwrap_or("Bearer");
    if !kind.eq_ignore_ascii_case("Bearer") {
        return None;
    }
    let seconds = answer.expires_in.and_then(|value| match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_i64(),
    });
    let until = seconds.and_then(|seconds: i64| {
        let used = seconds.saturating_sub((seconds / 10).min(MARGIN));
        now.checked_add(SignedDuration::from_secs(used)).ok()
    });
    let header = bearer(&answer.access_token)?;
    Some(Kept { header, until })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For how many seconds a token is used.
    fn used(expires_in: &str) -> Option<i64> {
        let body = format!(r#"{{"access_token": "t", "token_type": "bearer"{expires_in}}}"#);
        let now = Timestamp::UNIX_EPOCH;
        kept(body.as_bytes(), now)
            .unwrap()
            .until
            .map(Timestamp::as_second)
    }

    #[test]
    fn a_token_is_used_until_shortly_before_it_expires() {
        for (expires_in, expected) in [
            (r#", "expires_in": 3600"#, Some(3540)),
            (r#", "expires_in": "3600""#, Some(3540)),
            (r#", "expires_in": 300"#, Some(270)),
            (r#", "expires_in": 5"#, Some(5)),
            (r#", "expires_in": 0"#, Some(0)),
            (r#", "expires_in": -9223372036854775808"#, None),
            (r#", "expires_in": 9223372036854775807"#, None),
            (r#", "expires_in": "soon""#, None),
            (r#", "expires_in": null"#, None),
            ("", None),
        ] {
            assert_eq!(used(expires_in), expected, "{expires_in}");
        }
    }

    #[test]
    fn what_is_no_bearer_token_is_none() {
        for body in [
            "",
            "[]",
            "<html>",
            r#"{"token_type": "Bearer"}"#,
            r#"{"access_token": ""}"#,
            r#"{"access_token": "a\nb"}"#,
            r#"{"access_token": "t", "token_type": "DPoP"}"#,
        ] {
            assert!(
                kept(body.as_bytes(), Timestamp::UNIX_EPOCH).is_none(),
                "{body}"
            );
        }
    }
}
