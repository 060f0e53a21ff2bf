//! `/portal/{practiceId}`: a day's bookings, and the week around it.

use super::{Frame, Member, practitioners};
use crate::failure::Failure;
use crate::page::personal;
use crate::query::Query;
use crate::{Web, when};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use slotbridge_domain::booking::{Attendance, PmsAnswer, Status};
use slotbridge_hub::admin::bookings::{self, BookingView};
use slotbridge_hub::admin::catalogue;
use slotbridge_hub::rows::Window;
use slotbridge_hub::{Error, zone};
use std::collections::HashMap;

/// The most bookings of a page.
const MOST: i64 = 200;
/// How many days are shown to choose from.
const DAYS: i64 = 7;

#[derive(Template)]
#[template(path = "portal/agenda.html")]
struct AgendaPage {
    frame: Frame,
    day: String,
    days: Vec<OneDay>,
    earlier: Option<Date>,
    later: Option<Date>,
    bookings: Vec<Line>,
    more: i64,
    city: String,
}

struct OneDay {
    date: Date,
    label: String,
    chosen: bool,
}

/// A booking in a line.
pub(super) struct Line {
    pub(super) id: i64,
    pub(super) time: String,
    pub(super) patient: String,
    pub(super) is_new: bool,
    pub(super) kind: String,
    pub(super) whom: String,
    pub(super) state: Standing,
}

/// Where a booking stands, in words, and how it is set off.
pub(super) struct Standing {
    pub(super) text: &'static str,
    pub(super) tone: &'static str,
}

impl Standing {
    pub(super) fn of(view: &BookingView) -> Self {
        let life = &view.booking.life;
        let (text, tone) = match (life.status, life.attendance, view.outstanding) {
            (_, Some(Attendance::DidNotAttend), _) => ("Did not come", "bad"),
            (_, Some(Attendance::Attended), _) => ("Came", "good"),
            (Status::Requested, ..) => ("Waiting for your PMS", "wait"),
            (Status::Confirmed, _, true) => ("Stands, not yet in your PMS", "warn"),
            (Status::Confirmed, _, false) if life.pms_answer == PmsAnswer::EnteredByHand => {
                ("Confirmed, entered by hand", "good")
            }
            (Status::Confirmed, _, false) if life.pms_answer == PmsAnswer::Rejected => {
                ("Stands, rejected late by your PMS", "bad")
            }
            (Status::Confirmed, _, false) => ("Confirmed, in your PMS", "good"),
            (Status::Rejected, ..) => ("Rejected by your PMS", "off"),
            (Status::Cancelled, ..) => ("Cancelled", "off"),
        };
        Self { text, tone }
    }
}

/// The name under which staff know a patient.
pub(super) fn patient(view: &BookingView) -> String {
    view.person.as_ref().map_or_else(
        || "Details erased".to_owned(),
        |person| format!("{} {}", person.firstname, person.lastname),
    )
}

impl Line {
    pub(super) fn of(view: &BookingView, zone: &TimeZone, names: &HashMap<i64, String>) -> Self {
        let booking = &view.booking;
        let name = names.get(&booking.practitioner_id.get());
        Self {
            id: booking.booking_id.get(),
            time: when::time(zone::local(zone, booking.start)),
            patient: patient(view),
            is_new: booking.is_new_patient,
            kind: booking.comments.clone(),
            whom: name.cloned().unwrap_or_default(),
            state: Standing::of(view),
        }
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    member: Member,
    query: Query,
) -> Result<Response, Failure> {
    let asked: Option<Date> = query.get("day");
    let (staff, id) = (member.staff.clone(), member.staff.practice_id());
    let window = Window {
        limit: MOST,
        offset: 0,
    };
    let (frame, today, day, found, zone, names) = web
        .hub
        .read(id, move |tx| {
            let frame = Frame::of(tx, &staff)?;
            let zone = zone::of(&frame.0)?;
            let today = zone::day(&zone, tx.now());
            let day = asked.unwrap_or(today);
            let (found, zone) = bookings::list(tx, &staff, id, (Some(day), Some(day)), window)?;
            let names = practitioners(&catalogue::get(tx, &staff, id)?);
            Ok::<_, Error>((frame, today, day, found, zone, names))
        })
        .await?;
    let first = if (today..zone::plus_days(today, DAYS).unwrap_or(today)).contains(&day) {
        today
    } else {
        day
    };
    let days = (0..DAYS).filter_map(|n| zone::plus_days(first, n));
    let page = AgendaPage {
        day: when::day(day, today),
        days: days
            .map(|date| OneDay {
                date,
                label: if date == today {
                    "Today".to_owned()
                } else {
                    when::short_day(date)
                },
                chosen: date == day,
            })
            .collect(),
        earlier: zone::plus_days(first, -DAYS),
        later: zone::plus_days(first, DAYS),
        more: found.total - i64::try_from(found.entries.len()).unwrap_or(i64::MAX),
        bookings: found
            .entries
            .iter()
            .map(|view| Line::of(view, &zone, &names))
            .collect(),
        city: when::city(&frame.0.timezone),
        frame: Frame::new(&member, &frame.0, frame.1, "agenda"),
    };
    personal(&page)
}
