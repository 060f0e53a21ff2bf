//! The pages: what patients see and do. They read a request, call the hub and write a page; they
//! decide nothing.
//!
//! A file or folder is a page or a group of pages, named as in the URL; its template has the same
//! name. What all share lies here: the look ([`page`]), the headers, the proof that a form is ours
//! ([`form`]), cookies, and how a failure is told.

mod assets;
mod booking;
mod closed;
mod console;
mod cookies;
mod entered;
mod failure;
mod field;
mod form;
mod headers;
mod holds;
mod maintenance;
mod page;
mod portal;
mod practice;
mod qr;
mod query;
mod search;
mod unsubscribe;
mod upload;
mod wanted;
mod when;

pub use console::charts::ring::{Charts, EVERY as CHARTS_EVERY, ReadCalls};
pub use failure::told;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};
use slotbridge_domain::staff::Right;
use slotbridge_hub::{Actor, Context, Hub, Stopwatch, call};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Semaphore;

/// What the pages need beside the hub.
#[derive(Clone, Debug, Default)]
pub struct WebOptions {
    /// Where the public reaches the hub: forms are taken from there, and if it is https, cookies
    /// are kept from plain connections.
    pub public_url: Option<String>,
    /// Set when the process is about to end: nobody waits any more.
    pub draining: Arc<AtomicBool>,
    /// The figures that the console draws; somebody takes the samples.
    pub charts: Arc<Charts>,
}

/// What every page can ask for.
#[derive(Clone)]
struct Web {
    hub: Hub,
    /// `https://book.example`, without a path.
    origin: Option<String>,
    draining: Arc<AtomicBool>,
    /// Room for documents on their way through memory.
    rooms: Arc<Semaphore>,
    /// How long the pages have been there.
    up: Stopwatch,
    charts: Arc<Charts>,
}

/// How many documents are in memory at once.
const MOST_DOCUMENTS: usize = 8;

impl Web {
    fn new(hub: Hub, options: &WebOptions) -> Self {
        let url = options.public_url.as_deref();
        Self {
            hub,
            origin: url.and_then(form::origin_of),
            draining: Arc::clone(&options.draining),
            rooms: Arc::new(Semaphore::new(MOST_DOCUMENTS)),
            up: Stopwatch::start(),
            charts: Arc::clone(&options.charts),
        }
    }

    fn is_stopping(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Where the pages are, as the public reaches them, or else as this browser does.
    fn base(&self, headers: &HeaderMap) -> String {
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let origin = self.origin.clone();
        origin.unwrap_or_else(|| format!("http://{}", host.unwrap_or_default()))
    }

    /// Whether the public comes over TLS.
    fn is_https(&self) -> bool {
        let origin = self.origin.as_deref();
        origin.is_some_and(|origin| origin.starts_with("https:"))
    }
}

/// The id of the call that is being answered.
fn call_id() -> String {
    let id = call::current();
    id.map_or_else(String::new, |id| AsRef::<str>::as_ref(&*id).to_owned())
}

/// The circumstances of what a patient does on a page.
fn context() -> Context {
    Context {
        actor: Actor::Patient,
        call_id: call_id(),
    }
}

/// The paths of the portal's pages, each with the right at the practice that it needs, for tests
/// that try each.
pub fn portal_pages() -> impl Iterator<Item = (&'static str, Option<Right>)> {
    portal::PAGES.iter().map(|(path, right, _)| (*path, *right))
}

/// The paths of the console's pages, likewise.
pub fn console_paths() -> impl Iterator<Item = &'static str> {
    console::PAGES.iter().map(|(path, _)| *path)
}

/// All pages on one router.
#[expect(clippy::disallowed_methods, reason = "pages are no operations")]
pub fn router(hub: Hub, options: &WebOptions) -> Router {
    let web = Web::new(hub, options);
    let closed = axum::middleware::from_fn_with_state(web.clone(), maintenance::layer);
    Router::new()
        .route("/", get(search::show))
        .route("/practices/{practiceId}", get(practice::show))
        .route("/practices/{practiceId}/holds", post(holds::create))
        .route(
            "/practices/{practiceId}/holds/{holdId}",
            get(holds::show).post(holds::book),
        )
        .route(
            "/practices/{practiceId}/holds/{holdId}/release",
            post(holds::release),
        )
        .route("/bookings/{bookingId}", get(booking::show))
        .route("/bookings/{bookingId}/open", get(booking::open))
        .route("/bookings/{bookingId}/events", get(booking::events))
        .route("/bookings/{bookingId}/calendar.ics", get(booking::calendar))
        .route(
            "/bookings/lost",
            get(booking::lost::show).post(booking::lost::send),
        )
        .route(
            "/bookings/{bookingId}/cancel",
            get(booking::ask_to_cancel).post(booking::cancel),
        )
        .route(
            "/bookings/{bookingId}/reschedule",
            get(booking::reschedule::show).post(booking::reschedule::reschedule),
        )
        .route(
            "/bookings/{bookingId}/documents/{documentId}/consent",
            post(booking::documents::consent),
        )
        .route(
            "/bookings/{bookingId}/documents/{documentId}/content",
            get(booking::documents::content),
        )
        .route(
            "/bookings/{bookingId}/forms/{form}",
            get(booking::forms::show).post(booking::forms::fill_in),
        )
        .route(
            "/bookings/{bookingId}/attachments",
            get(booking::upload::show)
                .post(booking::upload::send)
                .layer(DefaultBodyLimit::max(upload::MOST_BYTES)),
        )
        .route(
            "/bookings/{bookingId}/waitlist",
            post(booking::waitlist::join),
        )
        .route(
            "/bookings/{bookingId}/waitlist/leave",
            post(booking::waitlist::leave),
        )
        .route(
            "/unsubscribe",
            get(unsubscribe::ask).post(unsubscribe::stop),
        )
        .merge(portal::routes(&web))
        .merge(console::routes(&web))
        .route(assets::PATH, get(assets::handler))
        .layer(closed)
        .layer(axum::middleware::from_fn(page::pack))
        .layer(axum::middleware::from_fn(headers::layer))
        .with_state(web)
}
