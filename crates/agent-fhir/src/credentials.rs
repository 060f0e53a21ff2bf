//! How the adapter shows itself to the server.

use crate::config::{ConfigError, plain};
use reqwest::Url;
use reqwest::header::HeaderValue;
use std::fmt;

/// How the adapter shows itself to the server. `Debug` leaves secrets out.
#[derive(Clone, Default)]
pub enum Credentials {
    /// Not at all: the server wants nothing.
    #[default]
    None,
    /// By a bearer token, which is sent as it is.
    Token(String),
    /// By bearer tokens that it fetches, and fetches anew before they expire.
    Client(ClientCredentials),
}

/// A client of an authorization server, by OAuth's client credentials (RFC 6749, 4.4).
#[derive(Clone)]
pub struct ClientCredentials {
    /// The token endpoint: `https://login.pms.example/oauth2/token`.
    pub token_url: String,
    /// The client's id there.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// What the tokens are to allow, apart by spaces; what the authorization server finds right, if
    /// nothing is said.
    pub scope: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Token(_) => f.write_str("Token(..)"),
            Self::Client(client) => client.fmt(f),
        }
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials")
            .field("token_url", &self.token_url)
            .field("client_id", &self.client_id)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl ClientCredentials {
    /// The token endpoint, which may have a query.
    pub(crate) fn url(&self) -> Result<Url, ConfigError> {
        plain(&self.token_url).ok_or(ConfigError::TokenUrl)
    }

    /// Whether there is something to show.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let is_blank = |text: &str| text.trim().is_empty();
        if is_blank(&self.client_id) || is_blank(&self.client_secret) {
            return Err(ConfigError::Client);
        }
        Ok(())
    }
}

/// The header with a token, marked so that nothing prints it.
pub(crate) fn bearer(token: &str) -> Option<HeaderValue> {
    if token.trim().is_empty() {
        return None;
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_leaves_secrets_out() {
        let client = ClientCredentials {
            token_url: "https://login.pms.example/token".to_owned(),
            client_id: "agent".to_owned(),
            client_secret: "secret".to_owned(),
            scope: None,
        };
        let token = Credentials::Token("secret".to_owned());
        let (client, header) = (Credentials::Client(client), bearer("secret"));
        let text = format!("{token:?} {client:?} {header:?}");
        assert!(
            text.contains("agent") && !text.contains("secret\""),
            "{text}"
        );
    }

    #[test]
    fn a_token_that_no_header_can_hold_makes_none() {
        for token in ["", " ", "secret\nx"] {
            assert_eq!(bearer(token), None, "{token:?}");
        }
    }
}
