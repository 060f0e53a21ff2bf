//! SMS through a gateway's HTTP interface: one POST of `{"to", "text"}` with a bearer token.

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use serde_json::json;
use slotbridge_hub::outgoing::{Message, NotSent};
use std::time::Duration;

/// How long the gateway may take.
const ANSWER: Duration = Duration::from_secs(20);

/// A gateway.
pub struct Sms {
    client: Client,
    url: Url,
    token: Option<String>,
}

fn again(why: impl Into<String>) -> NotSent {
    NotSent {
        again: true,
        why: why.into(),
    }
}

impl Sms {
    /// A gateway by its URL, and the bearer token that it wants.
    ///
    /// # Errors
    /// What is wrong with it, without a word of it.
    pub fn new(url: &str, token: Option<String>) -> Result<Self, &'static str> {
        let url = Url::parse(url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or("must be an http:// or https:// URL")?;
        let client = Client::builder()
            .timeout(ANSWER)
            .redirect(Policy::none())
            .build()
            .map_err(|_| "cannot be called: there is no TLS")?;
        Ok(Self { client, url, token })
    }

    /// Hands a message over. A status of 4xx that says that the message itself is bad ends it.
    pub(crate) async fn send(&self, message: Message) -> Result<(), NotSent> {
        let body = json!({"to": message.to, "text": message.text});
        let mut call = self.client.post(self.url.clone()).json(&body);
        if let Some(token) = &self.token {
            call = call.bearer_auth(token);
        }
        // An error of reqwest's names the URL, whose query may hold a secret.
        let answer = call.send().await.map_err(|error| {
            again(if error.is_timeout() {
                "the SMS gateway did not answer in time"
            } else {
                "the SMS gateway could not be reached"
            })
        })?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let for_good = matches!(
            status,
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY
        );
        Err(NotSent {
            again: !for_good,
            why: format!("the SMS gateway answered {}", status.as_u16()),
        })
    }
}
