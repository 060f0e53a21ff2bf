//! Names to addresses, each looked at before anybody connects to it (SUB-5).

use crate::networks::{Network, may_reach};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

/// The addresses of a name, when they are known.
pub type Addresses = Pin<Box<dyn Future<Output = std::io::Result<Vec<IpAddr>>> + Send>>;

/// Whoever knows the addresses of a name.
pub trait Lookup: Send + Sync {
    /// Looks it up.
    fn look_up(&self, name: String) -> Addresses;
}

/// The system's own way: its hosts file and its name servers.
#[derive(Clone, Copy, Debug)]
pub struct System;

impl Lookup for System {
    fn look_up(&self, name: String) -> Addresses {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Why nobody connects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The name leads to no address.
    NoAddress(String),
    /// It leads to one that must not be reached.
    Blocked(String),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAddress(name) => write!(f, "no address is known of {name}"),
            Self::Blocked(host) => {
                write!(
                    f,
                    "{host} is an address, or leads to one, that callbacks must not reach"
                )
            }
        }
    }
}

impl Error for Refused {}

/// Gives only addresses that may be reached, so that what was looked at is what is connected to.
pub(crate) struct Guarded {
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) allowed: Arc<[Network]>,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (name, allowed) = (name.as_str().to_owned(), Arc::clone(&self.allowed));
        let looked_up = self.lookup.look_up(name.clone());
        Box::pin(async move {
            let found = looked_up.await.unwrap_or_default();
            if found.is_empty() {
                return Err(Refused::NoAddress(name).into());
            }
            // A name that leads inside as well is not half good.
            if !found.iter().all(|address| may_reach(*address, &allowed)) {
                return Err(Refused::Blocked(name).into());
            }
            let addresses = found.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}
