//! `/console`: what an operator looks at first, each figure with whether it is good and where one
//! does something about it.

use super::{Frame, SignedIn, lasting};
use crate::Web;
use crate::failure::Failure;
use crate::page::personal;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use slotbridge_domain::booking::Alert;
use slotbridge_domain::health::{LIMIT, LIMIT_FEATURE, URGENT};
use slotbridge_domain::request::RequestType;
use slotbridge_hub::overview::{Overview, Waiting};

/// From how many seconds on due work is late, and from how many that is bad.
const DUE: [i64; 2] = [2, 10];
/// The same of callbacks.
const DELIVERIES: [i64; 2] = [10, 300];
/// After how many minutes an integration is not in contact any more.
const CONTACT_MINUTES: i64 = 10;

#[derive(Template)]
#[template(path = "console/overview.html")]
struct OverviewPage {
    frame: Frame,
    verdict: (&'static str, String),
    figures: Vec<Figure>,
    outstanding: Vec<Figure>,
    alerts: Vec<Figure>,
    facts: Vec<(&'static str, String)>,
}

/// A figure, and whether it is good.
struct Figure {
    name: &'static str,
    value: String,
    /// `good`, `warn` or `bad`, and the same in words.
    tone: &'static str,
    said: String,
    /// Where one does something about it.
    link: &'static str,
    action: &'static str,
}

/// How late something is, as a tone.
fn tone(seconds: i64, [late, bad]: [i64; 2]) -> &'static str {
    match seconds {
        seconds if seconds > bad => "bad",
        seconds if seconds > late => "warn",
        _ => "good",
    }
}

fn lateness(waiting: Waiting, limits: [i64; 2]) -> (&'static str, String) {
    let seconds = waiting.oldest_seconds;
    match tone(seconds, limits) {
        "good" => ("good", "In time".to_owned()),
        tone => (tone, format!("{} late", lasting(seconds))),
    }
}

fn main_figures(overview: &Overview, in_contact: usize) -> Vec<Figure> {
    let (unhealthy, consents) = (overview.unhealthy, overview.live_consents);
    let many = unhealthy * 10 > consents;
    let (due, due_said) = lateness(overview.overdue, DUE);
    let (deliveries, deliveries_said) = lateness(overview.deliveries, DELIVERIES);
    vec![
        Figure {
            name: "Unhealthy integrations",
            value: format!("{unhealthy} of {consents}"),
            tone: match unhealthy {
                0 => "good",
                _ if many => "bad",
                _ => "warn",
            },
            said: match unhealthy {
                0 => "All is well".to_owned(),
                _ if many => "More than one in ten: rather ours than theirs".to_owned(),
                _ => "Their practices and vendors were told".to_owned(),
            },
            link: "/console/health",
            action: "See which, and since when",
        },
        Figure {
            name: "Practices in contact",
            value: format!("{in_contact} of {consents}"),
            tone: if in_contact == 0 && consents > 0 {
                "warn"
            } else {
                "good"
            },
            said: format!("Within {CONTACT_MINUTES} minutes, with this node"),
            link: "/console/health",
            action: "See how all practices do",
        },
        Figure {
            name: "Due work",
            value: overview.overdue.count.to_string(),
            tone: due,
            said: due_said,
            link: "/console/charts",
            action: "See how it went",
        },
        Figure {
            name: "Deliveries that wait",
            value: overview.deliveries.count.to_string(),
            tone: deliveries,
            said: deliveries_said,
            link: "/console/deliveries",
            action: "See for which host",
        },
    ]
}

const fn called(kind: RequestType) -> &'static str {
    match kind {
        RequestType::Bookings => "Bookings to take",
        RequestType::BookingUpdates => "Cancellations to take",
        RequestType::Availability => "Free times to send",
        RequestType::PmsResources => "Resources to send",
        RequestType::PmsAppointmentTypes => "Appointment types to send",
        RequestType::PmsAppointmentChanges => "Appointment changes to tell",
        RequestType::AvailableDocuments => "Documents to list",
        RequestType::UploadDocuments => "Documents to upload",
        RequestType::ClientSnapshots => "Client snapshots to send",
        RequestType::AttachDocuments => "Documents to attach",
    }
}

fn of_requests((kind, waiting): &(RequestType, Waiting)) -> Figure {
    let urgent = URGENT.contains(kind);
    let limit = if urgent { LIMIT } else { LIMIT_FEATURE };
    let is_late = waiting.oldest_seconds > limit.as_secs();
    Figure {
        name: called(*kind),
        value: waiting.count.to_string(),
        tone: if is_late { "warn" } else { "good" },
        said: format!("The oldest waits for {}", lasting(waiting.oldest_seconds)),
        link: "/console/health",
        action: "See whose integration is late",
    }
}

fn of_alerts((alert, count): &(Alert, i64)) -> Figure {
    Figure {
        name: match alert {
            Alert::LateRejection => "Rejected after they stood",
            Alert::IdsReplaced => "Entered twice by a PMS",
            Alert::UpdateRejected => "Cancellations not taken",
        },
        value: count.to_string(),
        tone: "warn",
        said: "For the practice’s staff to settle, in their portal".to_owned(),
        link: "/console/practices",
        action: "Find the practice",
    }
}

pub(crate) async fn show(State(web): State<Web>, by: SignedIn) -> Result<Response, Failure> {
    let ready = web.hub.check_store().await;
    let overview = web.hub.recent_overview().await;
    let [in_contact] = web.hub.contacts().within(web.hub.now(), [CONTACT_MINUTES]);
    let (mut figures, mut outstanding, mut alerts) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(overview) = &overview {
        figures = main_figures(overview, in_contact);
        outstanding = overview.outstanding.iter().map(of_requests).collect();
        alerts = overview.alerts.iter().map(of_alerts).collect();
    }
    let all = || figures.iter().chain(&outstanding).chain(&alerts);
    let count = |tone: &str| all().filter(|figure| figure.tone == tone).count();
    let verdict = match (&ready, &overview) {
        (Err(error), _) => ("bad", format!("Not ready: {error}.")),
        (_, None) => (
            "bad",
            "Not ready: the store does not answer in time.".to_owned(),
        ),
        _ if web.hub.maintenance().await.is_some() => (
            "warn",
            "Ready, but everybody is sent away: maintenance is in force.".to_owned(),
        ),
        _ if web.is_stopping() => ("warn", "This node is about to stop.".to_owned()),
        _ if count("bad") > 0 => ("bad", "Ready, but something below is bad.".to_owned()),
        _ if count("warn") > 0 => ("warn", "Ready, with something to look at.".to_owned()),
        _ => ("good", "Ready, and all is well.".to_owned()),
    };
    let up = i64::try_from(web.up.elapsed().as_secs()).unwrap_or(i64::MAX);
    let idle = i64::try_from(web.hub.caught_up().as_secs()).unwrap_or(i64::MAX);
    personal(&OverviewPage {
        frame: by.frame("overview"),
        verdict,
        figures,
        outstanding,
        alerts,
        facts: vec![
            ("Version", env!("CARGO_PKG_VERSION").to_owned()),
            ("Store", web.hub.store().engine_name().to_owned()),
            ("This node is up for", lasting(up)),
            (
                "Due work was last found done",
                format!("{} ago", lasting(idle)),
            ),
            ("Now", super::utc(web.hub.now())),
        ],
    })
}
