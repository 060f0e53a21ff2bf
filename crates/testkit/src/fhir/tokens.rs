//! A token endpoint beside the FHIR server: bearer tokens for a client's credentials (RFC 6749, 4.4).

use super::PRIVATE;
use axum::http::request::Parts;
use reqwest::Url;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The client that it knows. Id and secret have what must be encoded in the header.
pub const CLIENT_ID: &str = "north agent:1";
/// Its secret.
pub const CLIENT_SECRET: &str = "client+secret/%:=";
/// What it may have.
pub const SCOPE: &str = "system/*.rs system/Appointment.cud";
/// Both as RFC 6749, 2.3.1 wants them: each form-encoded, then as HTTP's basic credentials.
const BASIC: &str = "Basic bm9ydGgrYWdlbnQlM0ExOmNsaWVudCUyQnNlY3JldCUyRiUyNSUzQSUzRA==";

/// The tokens that it gave.
#[derive(Default)]
pub struct Tokens {
    /// Those that the FHIR server takes.
    good: BTreeSet<String>,
    /// How many it gave.
    pub given: u32,
    /// What it says of their life; nothing if it is null.
    pub expires_in: Value,
    /// Whether the FHIR server takes none of those that it gives.
    pub are_useless: bool,
}

impl Tokens {
    /// Ends the life of all tokens.
    pub fn revoke(&mut self) {
        self.good.clear();
    }

    pub(super) fn has(&self, token: &str) -> bool {
        self.good.contains(token)
    }

    /// Gives a token, or says why not.
    pub(super) fn answer(&mut self, parts: &Parts, body: &[u8]) -> (u16, Value) {
        let refused = |status: u16, error: &str| {
            (
                status,
                json!({"error": error, "error_description": PRIVATE}),
            )
        };
        let header = |name: &str| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        if header("content-type") != Some("application/x-www-form-urlencoded") {
            return refused(400, "invalid_request");
        }
        if header("authorization") != Some(BASIC) {
            return refused(401, "invalid_client");
        }
        let body = String::from_utf8_lossy(body);
        let form = Url::parse(&format!("http://x/?{body}")).unwrap();
        let value = |wanted: &str| {
            let mut pairs = form.query_pairs();
            pairs
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value)
        };
        if value("grant_type").as_deref() != Some("client_credentials") {
            return refused(400, "unsupported_grant_type");
        }
        if value("scope").is_some_and(|scope| scope != SCOPE) {
            return refused(400, "invalid_scope");
        }
        self.given += 1;
        let token = format!("fetched-token-{}", self.given);
        if !self.are_useless {
            self.good.insert(token.clone());
        }
        let mut answer = json!({"access_token": token, "token_type": "bearer"});
        if !self.expires_in.is_null() {
            answer["expires_in"] = self.expires_in.clone();
        }
        (200, answer)
    }
}
