//! `/portal/{practiceId}/attention`: what needs somebody, with what to do about it.

use super::agenda::patient;
use super::{Frame, Member};
use crate::Web;
use crate::failure::Failure;
use crate::page::personal;
use crate::when::When;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use slotbridge_domain::health::State as HealthState;
use slotbridge_hub::admin::{attention, bookings, health};
use slotbridge_hub::rows::Window;
use slotbridge_hub::{Error, zone};

/// The most that is shown at once.
const MOST: usize = 100;

#[derive(Template)]
#[template(path = "portal/attention.html")]
struct AttentionPage {
    frame: Frame,
    unhealthy: bool,
    items: Vec<Item>,
    more: usize,
}

/// Something that needs attention.
struct Item {
    booking: i64,
    what: &'static str,
    todo: &'static str,
    patient: String,
    when: When,
    since: When,
}

/// What it is, and what to do.
fn words(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "notInPms" => (
            "Not yet in your PMS",
            "The patient’s booking stands. Enter it by hand, or wait until your PMS answers.",
        ),
        "lateRejection" => (
            "Rejected after it stood",
            "The patient was told that it is confirmed. Find a place for them, or call and cancel.",
        ),
        "idsReplaced" => (
            "Entered twice by your PMS",
            "Your PMS confirmed it again under another number. Look for a double and delete it.",
        ),
        "updateRejected" => (
            "Cancellation not taken",
            "Your PMS could not take the cancellation. Cancel the appointment there by hand.",
        ),
        _ => ("Something to look at", "Open the booking."),
    }
}

pub(crate) async fn show(State(web): State<Web>, member: Member) -> Result<Response, Failure> {
    let (staff, id) = (member.staff.clone(), member.staff.practice_id());
    let window = Window {
        limit: 1,
        offset: 0,
    };
    let health = health::get(&web.hub, &staff, id, window).await?;
    let (frame, items, more) = web
        .hub
        .read(id, move |tx| {
            let frame = Frame::of(tx, &staff)?;
            let zone = zone::of(&frame.0)?;
            let all = attention::list(tx, &staff, id)?;
            let mut items = Vec::new();
            for item in all.iter().take(MOST) {
                let (view, _) = bookings::get(tx, &staff, id, item.booking_id)?;
                let (what, todo) = words(item.kind);
                items.push(Item {
                    booking: item.booking_id.get(),
                    what,
                    todo,
                    patient: patient(&view),
                    when: When::new(&zone, view.booking.start),
                    since: When::new(&zone, item.since),
                });
            }
            Ok::<_, Error>((frame, items, all.len().saturating_sub(MOST)))
        })
        .await?;
    personal(&AttentionPage {
        unhealthy: health.state == Some(HealthState::Unhealthy),
        items,
        more,
        frame: Frame::new(&member, &frame.0, frame.1, "attention"),
    })
}
