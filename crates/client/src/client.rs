//! The client: how it is made, and how it reads what its calls answer.

use crate::{
    ClientConfig, ConfigError, Error, Timeouts, Timer, Waiter, call::Call, operations::Operation,
};
use reqwest::{Url, header::HeaderMap, redirect::Policy};
use slotbridge_wire::read::{self, Fault, FromJson};
use std::{fmt, sync::Arc};

/// A client of one hub for one practice. Clones share their connections.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    pub(crate) config: ClientConfig,
    pub(crate) headers: HeaderMap,
    pub(crate) base: Url,
    pub(crate) waiter: Arc<dyn Waiter>,
    pub(crate) timeouts: Timeouts,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.inner.config).finish()
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
        Self::with(config, waiter, Timeouts::default())
    }

    /// A client that waits as it is told to, and gives up an attempt when it is told to.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with(
        config: ClientConfig,
        waiter: Arc<dyn Waiter>,
        timeouts: Timeouts,
    ) -> Result<Self, ConfigError> {
        let (base, headers) = (config.url()?, config.headers()?);
        let mut http = reqwest::Client::builder()
            .connect_timeout(timeouts.connect)
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
                headers,
                base,
                waiter,
                timeouts,
            }),
        })
    }

    /// A client of the same hub and consumer for another practice, over the same connections: so a
    /// thousand practices take little more memory than one.
    ///
    /// # Errors
    /// The key cannot stand in a header.
    pub fn for_practice(&self, practice_id: i64, practice_key: &str) -> Result<Self, ConfigError> {
        let inner = &self.inner;
        let config = ClientConfig {
            practice_id,
            practice_key: practice_key.to_owned(),
            ..inner.config.clone()
        };
        Ok(Self {
            inner: Arc::new(Inner {
                http: inner.http.clone(),
                headers: config.headers()?,
                config,
                base: inner.base.clone(),
                waiter: Arc::clone(&inner.waiter),
                timeouts: inner.timeouts,
            }),
        })
    }

    /// A call of an operation; the ids are those of its path, in their order.
    pub(crate) fn call(&self, operation: &'static Operation, ids: &[&str]) -> Result<Call, Error> {
        Call::new(&self.inner.base, operation, ids)
    }

    /// Makes a call whose answer says nothing more than that it succeeded.
    pub(crate) async fn run(&self, call: Call) -> Result<(), Error> {
        self.send(call).await.map(|_| ())
    }

    /// Makes a call and reads its answer.
    pub(crate) async fn read<T: FromJson>(&self, call: Call) -> Result<T, Error> {
        let bytes = self.send(call).await?;
        read::read(&bytes).map_err(|faults| self.unreadable(faults))
    }

    /// An answer that is not as declared. Faults say what they found, so no key may be in them.
    pub(crate) fn unreadable(&self, faults: Vec<Fault>) -> Error {
        let without_keys = |fault: Fault| Fault {
            path: self.without_keys(fault.path),
            message: self.without_keys(fault.message),
        };
        Error::Decode(faults.into_iter().map(without_keys).collect())
    }

    /// A text from outside, in which nobody has to find our keys.
    pub(crate) fn without_keys(&self, text: String) -> String {
        let config = &self.inner.config;
        [&config.api_key, &config.practice_key]
            .into_iter()
            .fold(text, |text, key| text.replace(key.as_str(), "[key]"))
    }
}

/// Whether the URL is this machine's own: no proxy leads there.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
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
