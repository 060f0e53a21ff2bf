//! `/metrics`: what an operator looks at first, in OpenMetrics text.
//!
//! Each part of the hub owns its figures and names them: the calls here ([`http`]), transactions
//! and bookings in the store. What is a state rather than an event is read when it is asked for,
//! in bounded time ([`Hub::recent_overview`]). No label names a practice, a person or a path.

pub(crate) mod http;
mod process;

use crate::ApiState;
use crate::calls::Around;
use crate::problem::Problem;
use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use slotbridge_domain::booking::Alert;
use slotbridge_domain::request::RequestType;
use slotbridge_hub::Hub;
use slotbridge_hub::overview::{Overview, Waiting};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// The minutes for which contacts are counted.
const MINUTES: [i64; 3] = [1, 5, 60];

type Label = [(&'static str, &'static str); 1];

/// The figures of this process, and who may read them.
pub(crate) struct Metrics {
    registry: Registry,
    calls: Arc<http::Calls>,
    process: process::Process,
    readers: Vec<IpAddr>,
}

impl Metrics {
    pub(crate) fn new(hub: &Hub, readers: &[IpAddr], calls: http::CallFigures) -> Self {
        let mut registry = Registry::default();
        let build = [
            ("version", env!("CARGO_PKG_VERSION")),
            ("engine", hub.store().engine_name()),
        ];
        registry.register("slotbridge_build", "What runs here", Info::new(build));
        let calls = calls.0;
        registry.register_collector(Box::new(Arc::clone(&calls)));
        hub.store().figures().register(&mut registry);
        hub.register_deliveries(&mut registry);
        Self {
            registry,
            calls,
            process: process::Process::new(),
            readers: readers.iter().map(IpAddr::to_canonical).collect(),
        }
    }

    pub(crate) fn around(&self, adopt: Option<crate::AdoptTrace>) -> Around {
        Around {
            calls: Arc::clone(&self.calls),
            adopt,
        }
    }

    /// Whether a caller needs no token: it comes from this machine or an address that the operator
    /// named, and from nowhere else through it.
    fn is_reader(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> bool {
        let forwarded = ["x-forwarded-for", "forwarded", "x-real-ip", "via"]
            .into_iter()
            .any(|name| headers.contains_key(name));
        let known = |peer: IpAddr| peer.is_loopback() || self.readers.contains(&peer);
        !forwarded && peer.is_some_and(|peer| known(peer.to_canonical()))
    }

    async fn text(&self, hub: &Hub) -> Result<String, std::fmt::Error> {
        let mut text = String::with_capacity(32 * 1024);
        encode_registry(&mut text, &self.registry)?;
        let mut now = Registry::default();
        self.process.read(&mut now);
        let overview = hub.recent_overview().await;
        let slotbridge = now.sub_registry_with_prefix("slotbridge");
        of_memory(slotbridge, hub);
        let up = i64::from(overview.is_some());
        gauge(slotbridge, "store_up", "1: the store answers", Some(up));
        if let Some(overview) = &overview {
            of_store(slotbridge, overview);
        }
        encode_registry(&mut text, &now)?;
        encode_eof(&mut text)?;
        Ok(text)
    }
}

/// A gauge of a number, if there is one.
fn gauge<N>(registry: &mut Registry, name: &str, help: &str, value: Option<N>)
where
    i64: TryFrom<N>,
{
    if let Some(value) = value {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        registry.register(name, help, ConstGauge::new(value));
    }
}

/// What is known without the store.
fn of_memory(registry: &mut Registry, hub: &Hub) {
    let sizes = hub.store().sizes();
    let database = sizes.map(|sizes| sizes.database);
    gauge(
        registry,
        "store_database_bytes",
        "The embedded store's file",
        database,
    );
    let wal = sizes.map(|sizes| sizes.wal);
    gauge(
        registry,
        "store_wal_bytes",
        "The log of what is not in the file yet",
        wal,
    );
    registry.register_with_unit(
        "due_idle",
        "How long ago due work was last found done",
        Unit::Seconds,
        ConstGauge::new(hub.caught_up().as_secs_f64()),
    );
    let contacts = Family::<Label, Gauge>::default();
    let counts = hub.contacts().within(hub.now(), MINUTES);
    for (window, count) in ["1m", "5m", "60m"].into_iter().zip(counts) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        contacts.get_or_create(&[("within", window)]).set(count);
    }
    registry.register(
        "practices_in_contact",
        "Practices whose integration has called this process within that time",
        contacts,
    );
}

/// What the store says. Every type and kind is there, so that none is missing in an alert.
fn of_store(registry: &mut Registry, overview: &Overview) {
    gauge(
        registry,
        "practices_with_consent",
        "Practices with a live consent",
        Some(overview.live_consents),
    );
    gauge(
        registry,
        "practices_unhealthy",
        "Practices whose integration is unhealthy",
        Some(overview.unhealthy),
    );
    gauge(
        registry,
        "due_rows",
        "Due work that is not done",
        Some(overview.overdue.count),
    );
    let lag = overview.overdue.oldest_seconds;
    gauge(
        registry,
        "due_lag_seconds",
        "By how much the oldest of it is late",
        Some(lag),
    );
    gauge(
        registry,
        "deliveries_waiting",
        "Callbacks that are to be made, those to be tried again later included",
        Some(overview.deliveries.count),
    );
    gauge(
        registry,
        "deliveries_lag_seconds",
        "By how much the first of them is late",
        Some(overview.deliveries.oldest_seconds),
    );
    let (outstanding, oldest) = <(Family<Label, Gauge>, Family<Label, Gauge>)>::default();
    for kind in RequestType::ALL {
        let found = overview
            .outstanding
            .iter()
            .find(|(found, _)| *found == kind);
        let waiting = found.map_or(Waiting::default(), |(_, waiting)| *waiting);
        let label = [("type", kind.as_str())];
        outstanding.get_or_create(&label).set(waiting.count);
        oldest.get_or_create(&label).set(waiting.oldest_seconds);
    }
    registry.register(
        "requests_outstanding",
        "What the PMSs are asked to do and have not done",
        outstanding,
    );
    registry.register(
        "requests_oldest_seconds",
        "How long the oldest of it has waited",
        oldest,
    );
    let alerts = Family::<Label, Gauge>::default();
    for alert in [
        Alert::LateRejection,
        Alert::IdsReplaced,
        Alert::UpdateRejected,
    ] {
        let found = overview.alerts.iter().find(|(found, _)| *found == alert);
        let count = found.map_or(0, |(_, count)| *count);
        alerts.get_or_create(&[("kind", alert.as_str())]).set(count);
    }
    registry.register("alerts", "What staff must look at", alerts);
}

/// For machines that read text: beside the operations that the documents describe.
#[expect(
    clippy::disallowed_methods,
    reason = "it answers in a format of its own, to which others hold it"
)]
pub(crate) fn routes() -> Router<ApiState> {
    Router::new().route("/metrics", get(handler))
}

async fn handler(State(state): State<ApiState>, request: Request) -> Result<Response, Problem> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|info| info.0.ip());
    if !state.metrics.is_reader(peer, request.headers()) {
        let (parts, _) = request.into_parts();
        let token = crate::booking::bearer(&parts);
        state.hub.authenticate_operator(token.as_deref()).await?;
    }
    let text = state.metrics.text(&state.hub).await.unwrap_or_default();
    Ok(([(header::CONTENT_TYPE, OPENMETRICS)], text).into_response())
}
