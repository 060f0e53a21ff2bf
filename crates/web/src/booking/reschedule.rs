//! `/bookings/{bookingId}/reschedule`: another time is chosen, and what follows is said; then the
//! booking is moved in one step.

use super::{Manager, opened, waitlist};
use crate::failure::Failure;
use crate::form::{Form, Token};
use crate::holds::{kept, whom};
use crate::practice::{Choice, Person, Times, Week, people, practitioners};
use crate::query::Query;
use crate::when::{When, city};
use crate::{Web, context, page, wanted};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use slotbridge_domain::ids::{BookingId, PractitionerId};
use slotbridge_hub::auth::Patient;
use slotbridge_hub::booking::create::Outcome;
use slotbridge_hub::booking::get::{self, BookingPage};
use slotbridge_hub::booking::practices::{self, PracticePage};
use slotbridge_hub::booking::reschedule::{self as hub, NewTime};
use slotbridge_hub::rows::Tx;
use slotbridge_hub::{Error, IdempotencyKey, zone};

#[derive(Template)]
#[template(path = "reschedule.html")]
struct ReschedulePage<'a> {
    id: i64,
    practice: &'a str,
    timezone: &'a str,
    city: String,
    when: When,
    kind: &'a str,
    /// Whether the time that was wanted cannot be had.
    taken: bool,
    practitioners: Vec<Choice>,
    week: Week,
    people: Vec<Person>,
    slots: usize,
    next_free: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "move.html")]
struct MovePage<'a> {
    id: i64,
    practice: &'a str,
    city: String,
    timezone: &'a str,
    from: When,
    to: When,
    whom: String,
    time: &'a str,
    token: &'a str,
}

/// Which times are asked for.
#[derive(Clone, Copy)]
struct Asked {
    /// With whom: by default with the same, `any` for all.
    whom: Option<Whom>,
    from: Option<Date>,
}

#[derive(Clone, Copy)]
enum Whom {
    Any,
    One(PractitionerId),
}

impl Whom {
    fn read(text: &str) -> Option<Self> {
        match text {
            "any" => Some(Self::Any),
            id => PractitionerId::new(id.parse().ok()?).map(Self::One),
        }
    }

    fn practitioner(self) -> Option<PractitionerId> {
        match self {
            Self::Any => None,
            Self::One(id) => Some(id),
        }
    }
}

/// Shows the free times; with `time` asks whether to take that one.
pub(crate) async fn show(
    State(web): State<Web>,
    Manager(patient): Manager,
    query: Query,
    token: Token,
) -> Result<Response, Failure> {
    if let Some(time) = query.text("time") {
        return ask(&web, patient, time, &token).await;
    }
    let asked = Asked {
        whom: query.text("practitioner").and_then(Whom::read),
        from: query.get("from"),
    };
    choose(&web, patient, asked, false).await
}

async fn choose(
    web: &Web,
    patient: Patient,
    asked: Asked,
    taken: bool,
) -> Result<Response, Failure> {
    let id = patient.booking_id();
    let read = move |tx: &mut Tx<'_>| Ok::<_, Error>((get::get(tx, patient)?, tx.now()));
    let (seen, now) = web.hub.read(id.practice(), read).await?;
    let page = web.hub.practice_page(id.practice()).await?;
    let same = Whom::One(seen.booking.practitioner_id);
    let practitioner = asked.whom.unwrap_or(same).practitioner();
    let kind = Some(seen.booking.appointment_type_id);
    let times = Times::find(&web.hub, &page, asked.from, kind, practitioner).await?;
    if !hub::is_movable(&seen.booking, now) {
        return Ok(page::see_other(&format!("/bookings/{id}")));
    }
    let of_week = |from| address(id, times.practitioner, Some(from));
    let shown = ReschedulePage {
        id: id.get(),
        practice: &page.practice.name,
        timezone: &page.practice.timezone,
        city: city(&page.practice.timezone),
        when: When::new(&seen.zone, seen.booking.start),
        kind: &seen.booking.comments,
        taken,
        practitioners: practitioners(&page, times.practitioner, |practitioner| {
            address(id, practitioner, asked.from)
        }),
        people: people(&page, &times),
        slots: times.slots.len(),
        next_free: times.next(of_week),
        week: times.week.with_links(of_week),
    };
    let status = if taken {
        StatusCode::CONFLICT
    } else {
        StatusCode::OK
    };
    page::with_status(status, &shown)
}

/// The page's URL with these choices.
fn address(id: BookingId, practitioner: Option<PractitionerId>, from: Option<Date>) -> String {
    let mut url = form_urlencoded::Serializer::new(format!("/bookings/{id}/reschedule?"));
    let practitioner = practitioner.map_or_else(|| "any".to_owned(), |id| id.to_string());
    url.append_pair("practitioner", &practitioner);
    if let Some(from) = from {
        url.append_pair("from", &from.to_string());
    }
    url.finish()
}

async fn ask(web: &Web, patient: Patient, time: &str, token: &Token) -> Result<Response, Failure> {
    let id = patient.booking_id();
    let wanted = wanted::read(id.practice(), time).ok_or_else(Failure::no_page)?;
    let (seen, page, now): (BookingPage, PracticePage, _) = web
        .hub
        .read(id.practice(), move |tx| {
            let page = practices::get(tx, id.practice())?;
            Ok::<_, Error>((get::get(tx, patient)?, page, tx.now()))
        })
        .await?;
    if !hub::is_movable(&seen.booking, now) {
        return Ok(page::see_other(&format!("/bookings/{id}")));
    }
    let shown = page::personal(&MovePage {
        id: id.get(),
        practice: &page.practice.name,
        city: city(&page.practice.timezone),
        timezone: &page.practice.timezone,
        from: When::new(&seen.zone, seen.booking.start),
        to: When::new(&seen.zone, wanted.start),
        whom: whom(&page, wanted.practitioner_id),
        time,
        token: token.value(),
    })?;
    Ok(token.keep(web, shown))
}

/// Moves the booking. However often the form is sent, it is moved once.
pub(crate) async fn reschedule(
    State(web): State<Web>,
    Manager(patient): Manager,
    form: Form,
) -> Result<Response, Failure> {
    let id = patient.booking_id();
    let time = form.text("time");
    let wanted = wanted::read(id.practice(), time).ok_or_else(Failure::no_page)?;
    let hold_id = web
        .hub
        .read(id.practice(), move |tx| {
            waitlist::hold_on(tx, patient, &wanted)
        })
        .await?;
    let new = NewTime {
        start: wanted.start,
        practitioner_id: Some(wanted.practitioner_id),
        appointment_type_id: Some(wanted.appointment_type_id),
        hold_id,
    };
    let key = format!("{}{id}-{time}", form.token.value());
    let key = IdempotencyKey::new("move a booking", &key, "");
    let once = web.hub.once(Some(key), kept);
    match hub::reschedule(&web.hub, context(), patient, new, once).await? {
        Outcome::Made(made) => opened(&web, &made),
        Outcome::Gone { zone, .. } => {
            let asked = Asked {
                whom: Some(Whom::One(wanted.practitioner_id)),
                from: Some(zone::day(&zone, wanted.start)),
            };
            Ok(choose(&web, patient, asked, true).await.into_response())
        }
    }
}
