//! `/portal/{practiceId}/health`: how the integration does now, and how it did.

use super::{Frame, Member};
use crate::Web;
use crate::failure::{Failure, sentence};
use crate::page::personal;
use crate::when::When;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use slotbridge_domain::feature::Feature as Kind;
use slotbridge_domain::health::{Reason, State as Health};
use slotbridge_hub::admin::health;
use slotbridge_hub::health::explain;
use slotbridge_hub::rows::Window;
use slotbridge_hub::zone;

/// How many changes are shown.
const CHANGES: Window = Window {
    limit: 50,
    offset: 0,
};

#[derive(Template)]
#[template(path = "portal/health.html")]
struct HealthPage {
    frame: Frame,
    title: &'static str,
    tone: &'static str,
    since: Option<When>,
    reasons: Vec<String>,
    last_contact: Option<When>,
    times_hidden: bool,
    features: Vec<Feature>,
    changes: Vec<Change>,
}

struct Feature {
    name: &'static str,
    enabled: bool,
    outstanding: i64,
    late: bool,
}

struct Change {
    when: When,
    title: &'static str,
    tone: &'static str,
    reasons: Vec<String>,
}

fn words(state: Option<Health>) -> (&'static str, &'static str) {
    match state {
        None => ("No integration is linked", "off"),
        Some(Health::Healthy) => ("Your PMS answers", "good"),
        Some(Health::Unhealthy) => ("Your PMS does not answer", "bad"),
        Some(Health::OutsideLiveHours) => ("Outside of your PMS’s hours", "off"),
    }
}

const fn called(feature: Kind) -> &'static str {
    match feature {
        Kind::Documents => "Documents for patients",
        Kind::ClientSnapshots => "Snapshots of the day, for reminders",
        Kind::AttachDocuments => "Documents from patients",
    }
}

pub(crate) async fn show(State(web): State<Web>, member: Member) -> Result<Response, Failure> {
    let (staff, id) = (member.staff.clone(), member.staff.practice_id());
    let seen = health::get(&web.hub, &staff, id, CHANGES).await?;
    let frame = web.hub.read(id, move |tx| Frame::of(tx, &staff)).await?;
    let zone = zone::of(&frame.0)?;
    let (title, tone) = words(seen.state);
    let in_words = |reason: &Reason| sentence(explain(*reason));
    let reasons = |reasons: &[Reason]| reasons.iter().map(in_words).collect();
    let page = HealthPage {
        title,
        tone,
        since: seen.since.map(|at| When::new(&zone, at)),
        reasons: reasons(&seen.reasons),
        last_contact: seen.last_contact.map(|at| When::new(&zone, at)),
        times_hidden: seen.times_hidden,
        features: seen
            .features
            .iter()
            .map(|one| Feature {
                name: called(one.feature),
                enabled: one.enabled,
                outstanding: one.outstanding,
                late: one.late_since.is_some(),
            })
            .collect(),
        changes: seen
            .changes
            .entries
            .iter()
            .map(|change| {
                let (title, tone) = words(Some(change.state));
                Change {
                    when: When::new(&zone, change.at),
                    title,
                    tone,
                    reasons: reasons(&change.reasons),
                }
            })
            .collect(),
        frame: Frame::new(&member, &frame.0, frame.1, "health"),
    };
    personal(&page)
}
