//! `/portal/{practiceId}/audit`: all that was done at the practice, by whom.

use super::booking::Step;
use super::{Frame, Member};
use crate::Web;
use crate::failure::Failure;
use crate::page::personal;
use crate::query::Query;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::admin::trail;
use slotbridge_hub::rows::{AuditEntry, Window};
use slotbridge_hub::staff::accounts;
use slotbridge_hub::{Error, zone};
use std::collections::HashMap;

/// How many steps a page has.
const MOST: i64 = 50;
/// The last page that is looked for.
const LAST: i64 = 1_000_000;

#[derive(Template)]
#[template(path = "portal/audit.html")]
struct AuditPage {
    frame: Frame,
    steps: Vec<(Step, Option<i64>)>,
    page: i64,
    pages: i64,
}

/// The names of the staff, as the trail has them.
type Names = HashMap<String, String>;

fn step(
    zone: &jiff::tz::TimeZone,
    names: &Names,
    (entry, note): (AuditEntry, Option<String>),
) -> (Step, Option<i64>) {
    let booking = entry.booking_id.map(slotbridge_domain::ids::BookingId::get);
    let name = names.get(&entry.actor).cloned();
    let mut step = Step::of(zone, (entry, note));
    step.who = name.unwrap_or(step.who);
    (step, booking)
}

pub(crate) async fn show(
    State(web): State<Web>,
    member: Member,
    query: Query,
) -> Result<Response, Failure> {
    let (staff, id) = (member.staff.clone(), member.staff.practice_id());
    let page = query.get("page").unwrap_or(1).clamp(1, LAST);
    let window = Window {
        limit: MOST,
        offset: (page - 1) * MOST,
    };
    let (frame, found, names) = web
        .hub
        .read(id, move |tx| {
            let frame = Frame::of(tx, &staff)?;
            let found = trail::list(tx, &staff, id, None, window)?;
            let all = accounts::of_practice(tx, &staff, id)?.into_iter();
            let name = |(account, _): (accounts::AccountView, _)| {
                (format!("staff:{}", account.staff_id), account.person.name)
            };
            let names: Names = all.map(name).collect();
            Ok::<_, Error>((frame, found, names))
        })
        .await?;
    let zone = zone::of(&frame.0)?;
    let entries = found.entries.into_iter();
    personal(&AuditPage {
        steps: entries.map(|entry| step(&zone, &names, entry)).collect(),
        page,
        pages: (found.total + MOST - 1) / MOST,
        frame: Frame::new(&member, &frame.0, frame.1, "audit"),
    })
}
