//! How often one client address may call the booking API.

use crate::Limits;
use crate::failure::Failure;
use crate::problem::Problem;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::Clock;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;

/// How many addresses are remembered before those at rest are forgotten.
const ADDRESSES: usize = 100_000;

/// The gate of the booking API.
#[derive(Clone)]
pub(crate) struct Gate {
    limiter: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    trusted_proxies: Arc<[IpAddr]>,
}

impl Gate {
    pub(crate) fn new(limits: &Limits) -> Self {
        let per_minute = NonZeroU32::new(limits.requests_per_minute).unwrap_or(NonZeroU32::MIN);
        Self {
            limiter: Arc::new(RateLimiter::keyed(Quota::per_minute(per_minute))),
            trusted_proxies: limits.trusted_proxies.as_slice().into(),
        }
    }

    /// The client's address: the peer's, or what a proxy that is believed says of it.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let hops = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|v| v.to_str().ok());
        let hops: Vec<&str> = hops.flat_map(|list| list.split(',')).collect();
        for hop in hops.into_iter().rev() {
            if !self.trusted_proxies.contains(&client) {
                break;
            }
            let Ok(address) = hop.trim().parse::<IpAddr>() else {
                break;
            };
            client = address.to_canonical();
        }
        client
    }

    fn seconds_to_wait(&self, client: IpAddr) -> Option<u64> {
        // This machine itself is its operator's.
        if client.is_loopback() {
            return None;
        }
        if self.limiter.len() > ADDRESSES {
            self.limiter.retain_recent();
        }
        let refused = self.limiter.check_key(&subscriber(client)).err()?;
        let wait = refused.wait_time_from(governor::clock::DefaultClock::default().now());
        Some(wait.as_secs() + 1)
    }
}

/// Who is counted: an IPv4 address, or the /64 that a subscriber of IPv6 has to choose from.
fn subscriber(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

/// Lets a call through or answers 429 with when to try again.
pub(crate) async fn layer(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let client = peer.map(|peer| gate.client(peer, request.headers()));
    let Some(seconds) = client.and_then(|client| gate.seconds_to_wait(client)) else {
        return next.run(request).await;
    };
    let text = format!("too many calls from this address: try again in {seconds} s");
    let failure = Failure {
        retry_after: Some(seconds),
        ..Failure::new(StatusCode::TOO_MANY_REQUESTS, text)
    };
    Problem::from(failure).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(trusted: &[&str]) -> Gate {
        Gate::new(&Limits {
            requests_per_minute: 2,
            trusted_proxies: trusted.iter().map(|text| text.parse().unwrap()).collect(),
            ..Limits::default()
        })
    }

    fn forwarded(hops: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", hops.parse().unwrap());
        headers
    }

    #[test]
    fn only_a_proxy_that_is_named_is_believed() {
        let peer: IpAddr = "203.0.113.7".parse().unwrap();
        assert_eq!(gate(&[]).client(peer, &forwarded("127.0.0.1")), peer);
        let trusting = gate(&["203.0.113.7", "10.0.0.1"]);
        let spoofed = forwarded("1.1.1.1, 198.51.100.9, 10.0.0.1");
        assert_eq!(trusting.client(peer, &spoofed).to_string(), "198.51.100.9");
        assert_eq!(trusting.client(peer, &forwarded("nonsense")), peer);
    }

    #[test]
    fn an_address_is_slowed_and_this_machine_is_not() {
        let gate = gate(&[]);
        let client: IpAddr = "203.0.113.7".parse().unwrap();
        assert_eq!(gate.seconds_to_wait(client), None);
        assert_eq!(gate.seconds_to_wait(client), None);
        assert!(
            gate.seconds_to_wait(client)
                .is_some_and(|seconds| seconds <= 31)
        );
        for _ in 0..10 {
            assert_eq!(gate.seconds_to_wait("127.0.0.1".parse().unwrap()), None);
        }
    }
}
