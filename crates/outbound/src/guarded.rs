//! The guarded client of callbacks (SUB-5): the only way to an address that somebody outside has
//! named.
//!
//! A name is looked up once per connection, every address is checked, and the connection goes to
//! what was checked ([`Guarded`]); an address in the URL is checked before. No redirect is
//! followed, no proxy of the environment used, and of the answer at most 4 KiB are read.

use crate::lookup::{Guarded, Lookup, Refused, System};
use crate::networks::{Network, may_reach};
use reqwest::{Client, Response, Url, redirect};
use slotbridge_hub::outgoing::{Callback, CallbackFailure, Callbacks, ErrorType, Sending};
use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long an attempt may take in all (SUB-3).
const IN_ALL: Duration = Duration::from_secs(5);
/// How long a connection is kept for the next callback to the same host.
const KEPT: Duration = Duration::from_secs(15);
/// How many connections are kept for a host.
const KEPT_PER_HOST: usize = 16;
/// How much of an answer is read, in bytes.
const READ: usize = 4096;
/// How much of an answer stands in the error log, in characters.
const SHOWN: usize = 200;

/// The client.
pub struct GuardedCallbacks {
    client: Client,
    allowed: Arc<[Network]>,
}

impl GuardedCallbacks {
    /// A client that reaches the public internet, and the ranges that the operator allows.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(allowed: Vec<Network>) -> Result<Self, String> {
        Self::with(allowed, Arc::new(System))
    }

    /// The same with another way to look names up, for tests.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn with(allowed: Vec<Network>, lookup: Arc<dyn Lookup>) -> Result<Self, String> {
        let allowed: Arc<[Network]> = allowed.into();
        let guarded = Guarded {
            lookup,
            allowed: Arc::clone(&allowed),
        };
        let client = Client::builder()
            .dns_resolver(Arc::new(guarded))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .http1_only()
            .timeout(IN_ALL)
            .pool_idle_timeout(KEPT)
            .pool_max_idle_per_host(KEPT_PER_HOST)
            .user_agent(concat!("Slotbridge/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| format!("the client of callbacks cannot be made: {error}"))?;
        Ok(Self { client, allowed })
    }

    async fn attempt(&self, callback: Callback) -> Result<(), CallbackFailure> {
        let url = Url::parse(&callback.url)
            .map_err(|_| failure(ErrorType::ConnectError, "the callback URL is none"))?;
        self.check(&url)?;
        let mut request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .body(callback.body);
        for (name, value) in callback.headers {
            request = request.header(name, value);
        }
        let response = request.send().await.map_err(|error| of_error(&error))?;
        let status = response.status();
        if status.is_success() {
            // What is read to its end leaves the connection to the next callback.
            read(response).await;
            return Ok(());
        }
        if status.is_redirection() {
            let why = "redirects are not followed";
            return Err(CallbackFailure::answered(ErrorType::Redirect, status, why));
        }
        let body = read(response).await;
        Err(CallbackFailure::answered(
            ErrorType::HttpStatus,
            status,
            &body,
        ))
    }

    /// Refuses what no look-up would see: an address in the URL itself, and what the hub does not
    /// take as a callback at all.
    fn check(&self, url: &Url) -> Result<(), CallbackFailure> {
        let host = url.host_str().unwrap_or_default();
        let literal: Option<IpAddr> = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse()
            .ok();
        let is_callback = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none();
        if is_callback && literal.is_none_or(|address| may_reach(address, &self.allowed)) {
            return Ok(());
        }
        let refused = Refused::Blocked(host.to_owned());
        Err(failure(ErrorType::BlockedAddress, refused.to_string()))
    }
}

impl Callbacks for GuardedCallbacks {
    fn post(&self, callback: Callback) -> Sending<'_, CallbackFailure> {
        Box::pin(self.attempt(callback))
    }
}

fn failure(error_type: ErrorType, message: impl Into<String>) -> CallbackFailure {
    CallbackFailure {
        error_type,
        message: message.into(),
    }
}

/// The beginning of an answer's body, as one line.
async fn read(mut response: Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < READ
        && let Ok(Some(chunk)) = response.chunk().await
    {
        bytes.extend_from_slice(&chunk);
    }
    let text = String::from_utf8_lossy(&bytes);
    let shown = text.chars().take(SHOWN);
    let shown: String = shown
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    shown.trim().to_owned()
}

/// Looks for a cause of a type among the causes of an error. What an I/O error carries is not
/// among its sources, but it itself stands for it.
fn cause<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        let carried = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .map(|carried| carried as &(dyn Error + 'static));
        next = carried.or_else(|| error.source());
    }
    None
}

/// The last cause of an error, which says the most.
fn root(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

fn of_error(error: &reqwest::Error) -> CallbackFailure {
    if let Some(refused) = cause::<Refused>(error) {
        let kind = match refused {
            Refused::NoAddress(_) => ErrorType::DnsError,
            Refused::Blocked(_) => ErrorType::BlockedAddress,
        };
        return failure(kind, refused.to_string());
    }
    if let Some(tls) = cause::<rustls::Error>(error) {
        return failure(ErrorType::TlsError, tls.to_string());
    }
    if error.is_timeout() {
        return failure(ErrorType::Timeout, "no answer within 5 seconds");
    }
    failure(ErrorType::ConnectError, root(error))
}
