//! `/practices/{practiceId}/holds`: a time is taken from the practice's page and held, and the
//! details are asked for; sent, they become a booking.

mod details;

use crate::failure::Failure;
use crate::form::{Form, Token};
use crate::practice::{address, practice_id};
use crate::query::Query;
use crate::search::place;
use crate::when::When;
use crate::{Web, booking, context, page, wanted};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use details::Details;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use slotbridge_domain::ids::{PracticeId, PractitionerId};
use slotbridge_hub::booking::alternatives;
use slotbridge_hub::booking::create::{self, Made, NewBooking, Outcome};
use slotbridge_hub::booking::hold::{self, Held, Wanted};
use slotbridge_hub::booking::practices::{self, PracticePage};
use slotbridge_hub::booking::slots::BookableSlot;
use slotbridge_hub::{Error, IdempotencyKey, zone};

#[derive(Template)]
#[template(path = "hold.html")]
struct HoldPage<'a> {
    practice: String,
    place: String,
    kind: String,
    whom: String,
    when: When,
    city: String,
    timezone: String,
    action: &'a str,
    time: &'a str,
    token: &'a str,
    details: Details,
    held: Option<Until>,
    /// Whether the time cannot be had; other times are.
    gone: bool,
    alternatives: Vec<Alternative>,
    choose_anew: String,
}

#[derive(Template)]
#[template(path = "gone.html")]
struct GonePage<'a> {
    practice_id: PracticeId,
    when: When,
    token: &'a str,
    alternatives: Vec<Alternative>,
    choose_anew: String,
}

/// How long the time is held.
struct Until {
    time: String,
    seconds: i64,
}

/// Another time.
pub(crate) struct Alternative {
    pub(crate) code: String,
    pub(crate) label: String,
    pub(crate) whom: String,
}

/// Another page's view of other times.
pub(crate) fn alternatives_of(
    page: &PracticePage,
    zone: &TimeZone,
    found: &[BookableSlot],
) -> Vec<Alternative> {
    let alternative = |slot: &BookableSlot| {
        let When { day, time } = When::new(zone, slot.start);
        Alternative {
            code: wanted::code(slot),
            label: format!("{day} at {time}"),
            whom: whom(page, slot.practitioner_id),
        }
    };
    found.iter().map(alternative).collect()
}

/// The name of a practitioner; nothing if nobody can book them any more.
pub(crate) fn whom(page: &PracticePage, id: PractitionerId) -> String {
    let mut all = page.practitioners.iter();
    all.find(|(who, _)| who.practitioner_id == id)
        .map_or_else(String::new, |(who, _)| who.name.clone())
}

/// Holds a time and asks for the details.
pub(crate) async fn create(
    State(web): State<Web>,
    Path(practice): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let practice = practice_id(&practice)?;
    let time = form.text("time");
    let wanted = wanted::read(practice, time).ok_or_else(Failure::no_page)?;
    let once = web
        .hub
        .once(None, |held: &Held| held.hold_id.clone().into());
    match hold::create(&web.hub, wanted, once).await {
        Ok(held) => {
            let hold_id = held.as_str().unwrap_or_default();
            let to = format!("/practices/{practice}/holds/{hold_id}?time={time}");
            Ok(page::see_other(&to))
        }
        // Somebody was quicker: the page says so, and offers other times.
        Err(Error::NotBookable(_)) => {
            let seen = look(&web, wanted, None).await?;
            page::with_status(StatusCode::CONFLICT, &seen.gone(&form.token))
        }
        Err(error) => Err(error.into()),
    }
}

/// Asks for the details, while the time is held.
pub(crate) async fn show(
    State(web): State<Web>,
    Path((practice, hold_id)): Path<(String, String)>,
    query: Query,
    token: Token,
) -> Result<Response, Failure> {
    let practice = practice_id(&practice)?;
    let time = query.text("time").unwrap_or_default();
    let wanted = wanted::read(practice, time).ok_or_else(Failure::no_page)?;
    let seen = look(&web, wanted, Some(hold_id.clone())).await?;
    let action = format!("/practices/{practice}/holds/{hold_id}");
    let shown = match seen.held {
        Some(_) => page::personal(&seen.page(&action, time, &token, Details::empty())),
        None => page::with_status(StatusCode::GONE, &seen.gone(&token)),
    };
    Ok(token.keep(&web, shown?))
}

/// Lets the time go and shows the others.
pub(crate) async fn release(
    State(web): State<Web>,
    Path((practice, hold_id)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let practice = practice_id(&practice)?;
    let wanted = wanted::read(practice, form.text("time")).ok_or_else(Failure::no_page)?;
    web.hub
        .write(practice, move |tx| hold::release(tx, &hold_id))
        .await?;
    let to = address(practice, Some(wanted.appointment_type_id), None, None);
    Ok(page::see_other(&to))
}

/// What is kept of a booking that was made: where it is, and what opens it.
pub(crate) fn kept(made: &Made) -> Value {
    json!([made.booking_id.get(), made.manage_token])
}

/// Books the time. However often the form is sent, there is one booking: its key is made of the
/// hold and of the browser's token, so that the address alone does not open the booking.
pub(crate) async fn book(
    State(web): State<Web>,
    Path((practice, hold_id)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let practice = practice_id(&practice)?;
    let other = Some(form.text("alternative")).filter(|code| !code.is_empty());
    let time = other.unwrap_or(form.text("time"));
    let wanted = wanted::read(practice, time).ok_or_else(Failure::no_page)?;
    let details = Details::of(&form);
    let action = format!("/practices/{practice}/holds/{hold_id}");
    let Some(is_new_patient) = details.is_new_patient() else {
        // Everything else that is wrong is named with it.
        let seen = look(&web, wanted, Some(hold_id)).await?;
        let faults = details.faults(seen.today);
        let page = seen.page(&action, time, &form.token, details.with(&faults));
        return page::with_status(StatusCode::BAD_REQUEST, &page);
    };
    let new = NewBooking {
        wanted,
        hold_id: other.is_none().then(|| hold_id.clone()),
        patient: details.patient(),
        is_new_patient,
    };
    let key = format!("{}{hold_id}", form.token.value());
    let once = web
        .hub
        .once(Some(IdempotencyKey::new("book a hold", &key, "")), kept);
    let (status, faults) = match create::create(&web.hub, context(), new, once).await {
        Ok(Outcome::Made(made)) => return booking::opened(&web, &made),
        Ok(Outcome::Gone { .. }) => (StatusCode::CONFLICT, Vec::new()),
        Err(Error::Invalid(faults)) => (StatusCode::BAD_REQUEST, faults),
        Err(error) => return Err(error.into()),
    };
    let seen = look(&web, wanted, Some(hold_id)).await?;
    let gone = status == StatusCode::CONFLICT;
    if gone && seen.alternatives.is_empty() {
        return page::with_status(status, &seen.gone(&form.token));
    }
    let details = details.with(&faults);
    let page = HoldPage {
        gone,
        ..seen.page(&action, time, &form.token, details)
    };
    page::with_status(status, &page)
}

/// What the hub says of a wanted time.
struct Seen {
    page: PracticePage,
    zone: TimeZone,
    wanted: Wanted,
    today: jiff::civil::Date,
    now: Timestamp,
    held: Option<Timestamp>,
    alternatives: Vec<BookableSlot>,
}

async fn look(web: &Web, wanted: Wanted, hold_id: Option<String>) -> Result<Seen, Failure> {
    let practice = wanted.practice_id;
    let seen = web
        .hub
        .read(practice, move |tx| {
            let page = practices::get(tx, practice)?;
            let zone = zone::of(&page.practice)?;
            let hold = match &hold_id {
                Some(id) => hold::find(tx, id)?.filter(|hold| hold.start == wanted.start),
                None => None,
            };
            let held = hold.map(|hold| hold.expires_at);
            let (who, kind) = (wanted.practitioner_id, wanted.appointment_type_id);
            let alternatives = match held {
                None => alternatives::find(tx, practice, &zone, who, kind, wanted.start)?,
                Some(_) => Vec::new(),
            };
            Ok::<_, Error>(Seen {
                today: zone::day(&zone, tx.now()),
                now: tx.now(),
                page,
                zone,
                wanted,
                held,
                alternatives,
            })
        })
        .await?;
    Ok(seen)
}

impl Seen {
    fn page<'a>(
        &self,
        action: &'a str,
        time: &'a str,
        token: &'a Token,
        details: Details,
    ) -> HoldPage<'a> {
        let practice = &self.page.practice;
        let kind = self.page.practitioners.iter().flat_map(|(_, types)| types);
        let mut kind =
            kind.filter(|kind| kind.appointment_type_id == self.wanted.appointment_type_id);
        HoldPage {
            practice: practice.name.clone(),
            place: place(practice),
            kind: kind
                .next()
                .map_or_else(String::new, |kind| kind.name.clone()),
            whom: whom(&self.page, self.wanted.practitioner_id),
            when: When::new(&self.zone, self.wanted.start),
            city: crate::when::city(&practice.timezone),
            timezone: practice.timezone.clone(),
            action,
            time,
            token: token.value(),
            details,
            held: self.held.map(|until| Until {
                time: When::new(&self.zone, until).time,
                seconds: until.duration_since(self.now).as_secs(),
            }),
            gone: false,
            alternatives: alternatives_of(&self.page, &self.zone, &self.alternatives),
            choose_anew: self.choose_anew(),
        }
    }

    /// The page when nothing has been entered that could be kept.
    fn gone<'a>(&self, token: &'a Token) -> GonePage<'a> {
        GonePage {
            practice_id: self.wanted.practice_id,
            when: When::new(&self.zone, self.wanted.start),
            token: token.value(),
            alternatives: alternatives_of(&self.page, &self.zone, &self.alternatives),
            choose_anew: self.choose_anew(),
        }
    }

    fn choose_anew(&self) -> String {
        let day = zone::day(&self.zone, self.wanted.start);
        let kind = self.wanted.appointment_type_id;
        address(self.wanted.practice_id, Some(kind), None, Some(day))
    }
}
