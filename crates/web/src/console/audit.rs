//! `/console/audit`: what was done at a practice, by whom and in which call. What staff or a PMS
//! wrote in their own words stays sealed.

use super::{Frame, SignedIn, stamp};
use crate::Web;
use crate::failure::Failure;
use crate::page::personal;
use crate::query::Query;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use slotbridge_domain::ids::{BookingId, PracticeId};
use slotbridge_hub::admin::{practices, trail};
use slotbridge_hub::rows::{AuditEntry, WantedEntries};
use slotbridge_hub::{Error, zone};

const PER_PAGE: i64 = 50;
/// What is asked for, by its name in the address.
const FILTERS: [(&str, &str); 7] = [
    ("practice", "Practice id"),
    ("booking", "Booking id"),
    ("actor", "Actor"),
    ("action", "Action"),
    ("call", "X-Request-Id"),
    ("from", "From"),
    ("to", "To"),
];

#[derive(Template)]
#[template(path = "console/audit.html")]
struct AuditPage {
    frame: Frame,
    /// Name, label, type and value of each field.
    fields: Vec<(&'static str, &'static str, &'static str, String)>,
    asked: bool,
    found: Option<Found>,
}

struct Found {
    practice: i64,
    name: String,
    rows: Vec<Row>,
    older: Option<String>,
}

struct Row {
    at: String,
    actor: String,
    action: String,
    booking: Option<i64>,
    detail: String,
    has_note: bool,
    call_id: String,
}

fn practice(query: &Query) -> Option<PracticeId> {
    let booking = query.get("booking").and_then(BookingId::new);
    let given = query.get("practice").and_then(PracticeId::new);
    booking.map(BookingId::practice).or(given)
}

fn row(entry: AuditEntry, zone: &jiff::tz::TimeZone) -> Row {
    Row {
        at: stamp(zone, entry.at),
        booking: entry.booking_id.map(BookingId::get),
        detail: match entry.detail.as_str() {
            "{}" | "null" => String::new(),
            _ => entry.detail,
        },
        has_note: entry.note.is_some(),
        actor: entry.actor,
        action: entry.action,
        call_id: entry.call_id,
    }
}

async fn search(web: &Web, by: &SignedIn, query: &Query) -> Result<Option<Found>, Failure> {
    let Some(id) = practice(query) else {
        return Ok(None);
    };
    let text = |name: &str| query.text(name).map(str::to_owned);
    let (from, to): (Option<Date>, Option<Date>) = (query.get("from"), query.get("to"));
    let wanted = WantedEntries {
        booking_id: query.get("booking").and_then(BookingId::new),
        actor: text("actor"),
        action: text("action"),
        call_id: text("call"),
        from: None,
        to: None,
    };
    let (operator, before) = (by.operator(), query.get("before"));
    let read = move |tx: &mut slotbridge_hub::rows::Tx<'_>| {
        let practice = practices::get(tx, &operator, id)?;
        let zone = zone::of(&practice)?;
        let wanted = WantedEntries {
            from: from.map(|day| zone::day_start(&zone, day)),
            to: to.map(|day| zone::day_end(&zone, day)),
            ..wanted.clone()
        };
        let found = trail::search(tx, &operator, id, &wanted, before, PER_PAGE)?;
        Ok((practice.name, zone, found))
    };
    let (name, zone, found) = match web.hub.read(id, read).await {
        Ok(read) => read,
        Err(Error::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let older = found.before.map(|before| {
        let mut url = form_urlencoded::Serializer::new(String::from("/console/audit?"));
        for (name, _) in FILTERS {
            if let Some(text) = query.text(name) {
                url.append_pair(name, text);
            }
        }
        url.append_pair("before", &before.to_string()).finish()
    });
    Ok(Some(Found {
        practice: id.get(),
        name,
        rows: found
            .entries
            .into_iter()
            .map(|entry| row(entry, &zone))
            .collect(),
        older,
    }))
}

pub(crate) async fn show(
    State(web): State<Web>,
    by: SignedIn,
    query: Query,
) -> Result<Response, Failure> {
    let found = search(&web, &by, &query).await?;
    let field = |(name, label): (&'static str, &'static str)| {
        let kind = if ["from", "to"].contains(&name) {
            "date"
        } else {
            "text"
        };
        (
            name,
            label,
            kind,
            query.text(name).unwrap_or_default().to_owned(),
        )
    };
    personal(&AuditPage {
        frame: by.frame("audit"),
        asked: FILTERS.iter().any(|(name, _)| query.text(name).is_some()),
        fields: FILTERS.into_iter().map(field).collect(),
        found,
    })
}
