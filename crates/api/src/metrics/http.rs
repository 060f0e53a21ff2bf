//! Calls: how many, how they ended, how long they took.
//!
//! A label is a route as it is registered, never a path, so that their number is bounded whatever
//! is called. A call allocates nothing here once its route has been seen.

use axum::http::{Method, StatusCode};
use parking_lot::Mutex;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// From half a millisecond to ten seconds.
const SECONDS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// The statuses that have a counter of their own.
const STATUSES: [u16; 19] = [
    200, 201, 204, 304, 400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 415, 422, 429, 500, 503,
];
/// The methods that have a label of their own.
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const OTHER: &str = "other";

/// The method as it is shown. Any word can come as one: of those that no route takes none is told.
pub(crate) fn shown(method: &Method) -> &'static str {
    let known = METHODS.into_iter().find(|name| *name == method.as_str());
    known.unwrap_or(OTHER)
}

/// More than the threads that serve calls on most machines.
const STRIPES: usize = 32;

/// The figures of a route with a method.
#[derive(Clone, Debug, Default)]
struct Endpoint {
    sum: Duration,
    buckets: [u64; SECONDS.len() + 1],
    by_status: [u64; STATUSES.len() + 1],
}

impl Endpoint {
    fn count(&mut self, status: StatusCode, took: Duration) {
        self.sum += took;
        let seconds = took.as_secs_f64();
        let bucket = SECONDS.iter().take_while(|bound| **bound < seconds).count();
        let status = STATUSES.iter().take_while(|n| **n != status.as_u16());
        let status = status.count();
        if let (Some(bucket), Some(status)) =
            (self.buckets.get_mut(bucket), self.by_status.get_mut(status))
        {
            *bucket += 1;
            *status += 1;
        }
    }

    fn add(&mut self, other: &Self) {
        self.sum += other.sum;
        let buckets = self.buckets.iter_mut().zip(&other.buckets);
        let statuses = self.by_status.iter_mut().zip(&other.by_status);
        for (mine, theirs) in buckets.chain(statuses) {
            *mine += theirs;
        }
    }
}

/// By route, then by method.
type Endpoints = HashMap<Box<str>, HashMap<&'static str, Endpoint>>;

/// What some of the threads have counted.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Stripe {
    endpoints: Mutex<Endpoints>,
    begun: AtomicU64,
    ended: AtomicU64,
    abandoned: AtomicU64,
}

/// The figures of all calls. Each thread counts in a stripe of its own, lest the threads fight for
/// a cache line in every call.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    stripes: [Stripe; STRIPES],
}

/// A call that is being answered.
pub(crate) struct InFlight<'c> {
    calls: &'c Calls,
    answered: bool,
}

impl InFlight<'_> {
    /// It is answered.
    pub(crate) fn end(
        mut self,
        route: &str,
        method: &'static str,
        status: StatusCode,
        took: Duration,
    ) {
        self.answered = true;
        self.calls.count(route, method, status, took);
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        let stripe = self.calls.stripe();
        stripe.ended.fetch_add(1, Ordering::Relaxed);
        if !self.answered {
            stripe.abandoned.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Calls {
    fn stripe(&self) -> &Stripe {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            static MINE: usize = NEXT.fetch_add(1, Ordering::Relaxed) % STRIPES;
        }
        let [first, ..] = &self.stripes;
        self.stripes.get(MINE.with(|mine| *mine)).unwrap_or(first)
    }

    pub(crate) fn begin(&self) -> InFlight<'_> {
        self.stripe().begun.fetch_add(1, Ordering::Relaxed);
        InFlight {
            calls: self,
            answered: false,
        }
    }

    fn count(&self, route: &str, method: &'static str, status: StatusCode, took: Duration) {
        let mut endpoints = self.stripe().endpoints.lock();
        if let Some(endpoint) = endpoints.get_mut(route).and_then(|of| of.get_mut(method)) {
            return endpoint.count(status, took);
        }
        let of_route = endpoints.entry(route.into()).or_default();
        of_route.entry(method).or_default().count(status, took);
    }

    /// The stripes together, in an order that stays.
    fn total(&self) -> BTreeMap<(Box<str>, &'static str), Endpoint> {
        let mut total = BTreeMap::<_, Endpoint>::new();
        for stripe in &self.stripes {
            for (route, methods) in &*stripe.endpoints.lock() {
                for (method, endpoint) in methods {
                    let key = (route.clone(), *method);
                    total.entry(key).or_default().add(endpoint);
                }
            }
        }
        total
    }

    /// How many calls took at most as long as each of the bounds and longer than the one before, by
    /// face.
    fn by_face(&self) -> Vec<(&'static str, Vec<u64>)> {
        let mut faces = BTreeMap::<&'static str, Endpoint>::new();
        for ((route, _), endpoint) in &self.total() {
            faces.entry(face(route)).or_default().add(endpoint);
        }
        let faces = faces.into_iter();
        faces.map(|(face, of)| (face, of.buckets.into())).collect()
    }

    fn sum(&self, figure: impl Fn(&Stripe) -> &AtomicU64) -> u64 {
        let figures = self.stripes.iter().map(figure);
        figures.map(|figure| figure.load(Ordering::Relaxed)).sum()
    }
}

/// The figures of the calls, for whoever shows them beside `/metrics`. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct CallFigures(pub(crate) Arc<Calls>);

impl CallFigures {
    /// The bounds of the durations, in seconds.
    pub const BOUNDS: &'static [f64] = &SECONDS;

    /// How many calls each face has answered within each bound but not within the one before, and
    /// last how many took longer than all.
    #[must_use]
    pub fn by_face(&self) -> Vec<(&'static str, Vec<u64>)> {
        self.0.by_face()
    }
}

fn face(route: &str) -> &'static str {
    let begins = |prefix| route.starts_with(prefix);
    match () {
        () if begins("/pms-api/") => "pms",
        () if begins("/booking-api/") => "booking",
        () if begins("/admin-api/") => "admin",
        () if begins("/sandbox-api/") => "sandbox",
        () => OTHER,
    }
}

impl Collector for Calls {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        // In this order: a call that ends meanwhile is not missing.
        let ended = self.sum(|stripe| &stripe.ended);
        let begun = self.sum(|stripe| &stripe.begun);
        let in_flight = ConstGauge::new(begun.saturating_sub(ended));
        in_flight.encode(encoder.encode_descriptor(
            "slotbridge_http_requests_in_flight",
            "Calls that are being answered",
            None,
            MetricType::Gauge,
        )?)?;
        let abandoned = ConstCounter::new(self.sum(|stripe| &stripe.abandoned));
        abandoned.encode(encoder.encode_descriptor(
            "slotbridge_http_requests_abandoned",
            "Calls whose caller went away before the answer",
            None,
            MetricType::Counter,
        )?)?;
        let total = self.total();
        let labels = |route, method| [("face", face(route)), ("route", route), ("method", method)];
        let mut requests = encoder.encode_descriptor(
            "slotbridge_http_requests",
            "Calls by their route and the status of the answer",
            None,
            MetricType::Counter,
        )?;
        for ((route, method), endpoint) in &total {
            let [face, route, method] = labels(route, method);
            let statuses = STATUSES.iter().map(ToString::to_string);
            let statuses = statuses.chain([OTHER.to_owned()]).zip(endpoint.by_status);
            for (status, count) in statuses.filter(|(_, count)| *count > 0) {
                let labels = [face, route, method, ("status", status.as_str())];
                ConstCounter::new(count).encode(requests.encode_family(&labels)?)?;
            }
        }
        let mut durations = encoder.encode_descriptor(
            "slotbridge_http_request_duration",
            "How long calls took until their answer began",
            Some(&Unit::Seconds),
            MetricType::Histogram,
        )?;
        for ((route, method), endpoint) in &total {
            let bounds = SECONDS.into_iter().chain([f64::INFINITY]);
            let buckets: Vec<(f64, u64)> = bounds.zip(endpoint.buckets).collect();
            durations
                .encode_family(&labels(route, method))?
                .encode_histogram::<NoLabelSet>(
                    endpoint.sum.as_secs_f64(),
                    endpoint.buckets.iter().sum(),
                    &buckets,
                    None,
                )?;
        }
        Ok(())
    }
}
