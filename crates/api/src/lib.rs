//! The HTTP faces: PMS API, booking API, admin API, sandbox API. They read, call the hub and
//! write; they decide nothing.
//!
//! The folders are the faces and their groups, the files their operations. What all share lies
//! here: bodies ([`body`]), parameters, request ids, failures and how each face writes them.

mod admin;
mod body;
mod booking;
mod call_id;
mod calls;
mod docs;
mod failure;
mod maintenance;
mod metrics;
mod openapi;
mod pages;
mod params;
mod pms;
mod probes;
mod problem;
mod rate;
mod sandbox;

pub use calls::AdoptTrace;
pub use metrics::http::CallFigures;
pub use openapi::{Document, documents};
pub use pages::Pages;

use axum::Router;
use axum::extract::FromRef;
use openapi::Face;
use slotbridge_domain::clock::Clock;
use slotbridge_hub::Hub;
use slotbridge_hub::clock::MovableClock;
use slotbridge_hub::faults::FaultBox;
use slotbridge_hub::record::Recorder;
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Bounds on what callers may send.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The largest body in bytes, before and after unpacking (WIRE-3).
    pub body_bytes: usize,
    /// The largest body with a document, likewise (DOC-2).
    pub document_body_bytes: usize,
    /// Calls of the booking API per minute and client address. This machine itself is not
    /// limited.
    pub requests_per_minute: u32,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 10 * 1024 * 1024,
            document_body_bytes: 30 * 1024 * 1024,
            requests_per_minute: 300,
            trusted_proxies: Vec::new(),
        }
    }
}

/// What the faces need beside the hub.
#[derive(Clone, Default)]
pub struct ApiOptions {
    /// The clock that callers may move, in a sandbox.
    pub sandbox: Option<Arc<MovableClock>>,
    /// What goes wrong on demand, in a sandbox; the callbacks of the hub share it.
    pub faults: Option<Arc<FaultBox>>,
    /// What was said lately, in a sandbox; the callbacks of the hub tell it.
    pub recorder: Option<Arc<Recorder>>,
    /// Bounds.
    pub limits: Limits,
    /// The addresses that may read `/metrics` without a token, beside this machine's own.
    pub metrics_readers: Vec<IpAddr>,
    /// What is counted of the calls, for whoever shows it beside `/metrics`.
    pub calls: CallFigures,
    /// Set when the process is about to end: it is no longer ready.
    pub draining: Arc<AtomicBool>,
    /// The pages, if there are any.
    pub pages: Option<Pages>,
    /// How a call continues the trace of its caller, if traces are taken.
    pub adopt_trace: Option<AdoptTrace>,
}

/// What every handler can ask for. Cloned several times in each call.
#[derive(Clone)]
struct ApiState(Arc<Common>);

struct Common {
    hub: Hub,
    limits: Limits,
    rooms: body::Rooms,
    metrics: Arc<metrics::Metrics>,
    draining: Arc<AtomicBool>,
}

impl Deref for ApiState {
    type Target = Common;

    fn deref(&self) -> &Common {
        &self.0
    }
}

impl FromRef<ApiState> for Hub {
    fn from_ref(state: &ApiState) -> Self {
        state.hub.clone()
    }
}

/// All faces on one router. To be served with `into_make_service_with_connect_info`, so that the
/// booking API knows its callers' addresses.
pub fn router(hub: Hub, options: ApiOptions) -> Router {
    let limits = options.limits;
    let metrics = Arc::new(metrics::Metrics::new(
        &hub,
        &options.metrics_readers,
        options.calls,
    ));
    let around = metrics.around(options.adopt_trace);
    let face = |face: Face| Router::from((face.routes)());
    let faults = options.sandbox.as_ref().map(|clock| {
        let clock: Arc<dyn Clock> = Arc::<MovableClock>::clone(clock);
        let own = || FaultBox::new(clock, Arc::clone(hub.random()));
        options.faults.clone().unwrap_or_else(own)
    });
    let recorder = options.sandbox.as_ref().map(|clock| {
        let clock: Arc<dyn Clock> = Arc::<MovableClock>::clone(clock);
        let own = || Recorder::new(clock);
        options.recorder.clone().unwrap_or_else(own)
    });
    let gate = axum::middleware::from_fn_with_state(rate::Gate::new(&limits), rate::layer);
    let state = ApiState(Arc::new(Common {
        hub,
        rooms: body::Rooms::new(&limits),
        limits,
        metrics,
        draining: options.draining,
    }));
    let pages = options.pages.as_ref().map(|pages| {
        let router: Router<ApiState> = pages.router.clone().with_state(());
        router.layer(gate.clone())
    });
    let hub = state.hub.clone();
    let mut pms = face(Face::PMS).layer(axum::middleware::from_fn_with_state(
        hub.clone(),
        maintenance::of_pms,
    ));
    if let Some(faults) = &faults {
        let faults = Arc::clone(faults);
        pms = pms.layer(axum::middleware::from_fn_with_state(
            faults,
            sandbox::faults::layer,
        ));
    }
    if let Some(recorder) = &recorder {
        let recorder = Arc::clone(recorder);
        pms = pms.layer(axum::middleware::from_fn_with_state(
            recorder,
            sandbox::live::layer,
        ));
    }
    let mut router = face(Face::SERVICE)
        .merge(metrics::routes())
        .merge(docs::routes(options.sandbox.is_some()))
        .nest(Face::PMS.base, pms)
        .nest(
            Face::BOOKING.base,
            face(Face::BOOKING)
                .layer(axum::Extension(body::Public))
                .layer(axum::middleware::from_fn_with_state(
                    hub,
                    maintenance::of_booking,
                ))
                .layer(gate),
        )
        .nest(Face::ADMIN.base, face(Face::ADMIN));
    if let Some(pages) = pages {
        router = router.merge(pages);
    }
    if let Some(recorder) = recorder {
        router = router.merge(sandbox::live::routes(recorder));
    }
    if let (Some(clock), Some(faults)) = (options.sandbox, faults) {
        let sandbox = face(Face::SANDBOX)
            .layer(axum::Extension(faults))
            .layer(axum::Extension(body::Public))
            .layer(sandbox::hands(clock));
        router = router.nest(Face::SANDBOX.base, sandbox);
    }
    router = router
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(axum::middleware::from_fn(problem::in_time))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(
            problem::panicked,
        ));
    if let Some(pages) = options.pages {
        router = router.layer(axum::middleware::from_fn_with_state(
            pages.failure,
            pages::tell,
        ));
    }
    router
        .layer(axum::middleware::from_fn_with_state(around, calls::layer))
        .with_state(state)
}
