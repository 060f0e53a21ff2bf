//! `/console/practices`: found by what one knows of them, and one of them with all that an operator
//! does to it.

mod consents;
pub(crate) mod new;
pub(crate) mod staff;

use super::{Frame, Pager, Sent, SignedIn, ask, health, lasting, once, page_number, stamp};
use crate::Web;
use crate::failure::{Failure, sentence};
use crate::page::personal;
use crate::practice::practice_id;
use crate::query::Query;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use slotbridge_domain::health::State as Health;
use slotbridge_domain::ids::PracticeId;
use slotbridge_hub::admin::consents as given_to;
use slotbridge_hub::admin::practices::Details;
use slotbridge_hub::admin::{consumers, health as of_practice, practices, requests};
use slotbridge_hub::health::explain;
use slotbridge_hub::rows::{FoundPractice, Request, Target, WantedPractices, Window};
use slotbridge_hub::staff::accounts;
use slotbridge_hub::{Error, zone};

const HERE: &str = "practices";
const PATH: &str = "/console/practices";
const PER_PAGE: i64 = 50;
/// How many outstanding requests are shown.
const REQUESTS: Window = Window {
    limit: 50,
    offset: 0,
};
/// How many changes of health are read: the page of health shows them.
const ONE: Window = Window {
    limit: 1,
    offset: 0,
};

#[derive(Template)]
#[template(path = "console/practices.html")]
struct PracticesPage<'a> {
    frame: Frame,
    text: &'a str,
    rows: Vec<Row>,
    pager: Pager,
}

struct Row {
    id: i64,
    name: String,
    place: String,
    test: bool,
    state: (&'static str, String),
    consumer: Option<i64>,
}

#[derive(Template)]
#[template(path = "console/practice.html")]
struct PracticePage {
    frame: Frame,
    id: i64,
    name: String,
    facts: Vec<(&'static str, String)>,
    active: bool,
    state: (&'static str, &'static str),
    reasons: Vec<String>,
    consents: Vec<Consent>,
    /// Whether one of them is in force.
    live: bool,
    /// To whom one can be granted.
    consumers: Vec<(i64, String)>,
    once: String,
    /// How many are on its staff.
    working: usize,
    requests: Vec<Outstanding>,
    more: i64,
}

struct Consent {
    consumer: i64,
    name: String,
    granted: String,
    revoked: Option<String>,
    heard: Option<String>,
}

struct Outstanding {
    id: i64,
    kind: &'static str,
    about: String,
    age: String,
}

fn row(found: &FoundPractice, now: jiff::Timestamp) -> Row {
    let state = match (found.deactivated_at, found.consent, found.health) {
        (Some(_), ..) => ("off", "Deactivated".to_owned()),
        (_, None, _) => ("off", "Not linked".to_owned()),
        (_, _, Some((Health::Unhealthy, _))) => ("bad", health::state(found.health, now)),
        _ => ("good", health::state(found.health, now)),
    };
    Row {
        id: found.practice_id.get(),
        name: found.name.clone(),
        place: found.place.join(" "),
        test: found.test,
        state,
        consumer: found.consent.map(|(id, _)| id.get()),
    }
}

pub(crate) async fn list(
    State(web): State<Web>,
    by: SignedIn,
    query: Query,
) -> Result<Response, Failure> {
    let (text, number) = (query.text("q").unwrap_or_default(), page_number(&query));
    let wanted = WantedPractices {
        text: text.to_owned(),
        worst_first: false,
    };
    let window = Pager::window(number, PER_PAGE);
    let found = practices::search(&web.hub, &by.operator(), wanted, window).await?;
    let now = web.hub.now();
    personal(&PracticesPage {
        frame: by.frame(HERE),
        text,
        rows: found.entries.iter().map(|one| row(one, now)).collect(),
        pager: Pager::new(PATH, &[("q", text)], number, PER_PAGE, found.total),
    })
}

/// What a request is about: nothing of a person.
fn about(target: &Target) -> String {
    match target {
        Target::Practice => "The practice".to_owned(),
        Target::Booking(id) => format!("Booking {id}"),
        Target::Day {
            day,
            pms_resource_id,
        } => match pms_resource_id {
            Some(resource) => format!("{day}, resource {resource}"),
            None => day.clone(),
        },
        Target::ClientSnapshot { date, date_type } => format!("{date}, {date_type}"),
        Target::Document { booking_id, .. } => format!("A document of booking {booking_id}"),
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    by: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = practice_id(&id)?;
    let operator = by.operator();
    let (given, contacts) = given_to::list(&web.hub, &operator, id).await?;
    let seen = of_practice::get(&web.hub, &operator, id, ONE).await?;
    let of_tx = operator.clone();
    let (practice, outstanding, known, working) = web
        .hub
        .read(id, move |tx| {
            let practice = practices::get(tx, &of_tx, id)?;
            let outstanding = requests::list(tx, &of_tx, id, REQUESTS)?;
            let known = given_to::consumers(tx, &of_tx, id)?;
            let working = accounts::of_practice(tx, &of_tx, id)?.len();
            Ok::<_, Error>((practice, outstanding, known, working))
        })
        .await?;
    let (zone, now) = (zone::of(&practice)?, web.hub.now());
    let mut shown = Vec::new();
    for consent in &given {
        let heard = contacts
            .iter()
            .find(|one| one.consumer_id == consent.consumer_id);
        let (consumer, _) = consumers::get(&web.hub, &operator, consent.consumer_id).await?;
        shown.push(Consent {
            consumer: consent.consumer_id.get(),
            name: consumer.name,
            granted: stamp(&zone, consent.granted_at),
            revoked: consent.revoked_at.map(|at| stamp(&zone, at)),
            heard: heard.map(|one| stamp(&zone, one.last_contact_at)),
        });
    }
    let since = |at| lasting(now.duration_since(at).as_secs());
    let request = |request: &Request| Outstanding {
        id: request.request_id.get(),
        kind: request.kind.as_str(),
        about: about(&request.target),
        age: since(request.created_at),
    };
    let yes = |is: bool| if is { "Yes" } else { "No" }.to_owned();
    let place = [
        &practice.address,
        &practice.suburb,
        &practice.state,
        &practice.postcode,
    ];
    let place: Vec<&str> = place.into_iter().flatten().map(String::as_str).collect();
    let mut facts = vec![
        ("Id", id.to_string()),
        ("Where", place.join(", ")),
        ("Time zone", practice.timezone.clone()),
        ("Test practice", yes(practice.test)),
        ("Made", stamp(&zone, practice.created_at)),
        ("Times hidden now", yes(seen.times_hidden)),
    ];
    facts.extend(seen.since.map(|at| ("State for", since(at))));
    facts.extend(
        practice
            .deactivated_at
            .map(|at| ("Deactivated", stamp(&zone, at))),
    );
    facts.retain(|(_, value)| !value.is_empty());
    personal(&PracticePage {
        frame: by.frame(HERE),
        id: id.get(),
        active: practice.deactivated_at.is_none(),
        state: match (practice.deactivated_at, seen.state) {
            (Some(_), _) => ("off", "Deactivated"),
            (_, None) => ("off", "Not linked, or not judged yet"),
            (_, Some(Health::Healthy)) => ("good", "Its PMS answers"),
            (_, Some(Health::Unhealthy)) => ("bad", "Its PMS does not answer"),
            (_, Some(Health::OutsideLiveHours)) => ("off", "Outside of its PMS’s hours"),
        },
        reasons: seen
            .reasons
            .iter()
            .map(|why| sentence(explain(*why)))
            .collect(),
        facts,
        live: shown.iter().any(|one| one.revoked.is_none()),
        consents: shown,
        consumers: known
            .into_iter()
            .filter(|one| one.available)
            .map(|one| (one.consumer_id.get(), one.name))
            .collect(),
        once: once(&web),
        working,
        more: outstanding.total - i64::try_from(outstanding.entries.len()).unwrap_or(0),
        requests: outstanding.entries.iter().map(request).collect(),
        name: practice.name,
    })
}

async fn set_active(web: &Web, sent: &Sent, id: PracticeId, active: bool) -> Result<(), Error> {
    let (operator, context) = (sent.by.operator(), sent.by.context());
    web.hub
        .write(id, move |tx| {
            let details = Details {
                active: Some(active),
                ..Details::default()
            };
            practices::update(tx, &operator, &context, id, details).map(drop)
        })
        .await
}

/// Deactivates the practice, makes it active again, or grants or revokes a consent.
pub(crate) async fn change(
    State(web): State<Web>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    let id = practice_id(&id)?;
    let back = format!("{PATH}/{id}");
    let deed = sent.text("deed");
    let question = match deed {
        "deactivate" => Some((
            "Deactivate this practice?",
            "Patients no longer find it and nobody can book there, and its integration is refused. Bookings \
             that were made stay. You can make it active again at any time.",
            "Deactivate it",
        )),
        "revokeConsent" => Some((
            "Revoke this consent?",
            "The integration is refused from now on: no new times, bookings are no longer taken up \
             by the PMS, and what waits to be told to it is cancelled. The practice’s times are no longer \
             offered. To link it again, the practice needs a new key.",
            "Revoke the consent",
        )),
        _ => None,
    };
    if let Some(question) = question.filter(|_| !sent.is_sure()) {
        return ask::ask(&sent, HERE, question, &back);
    }
    let done = match deed {
        "deactivate" => set_active(&web, &sent, id, false).await,
        "reactivate" => set_active(&web, &sent, id, true).await,
        "grantConsent" => return consents::grant(&web, &sent, id).await,
        "revokeConsent" => consents::revoke(&web, &sent, id).await,
        _ => return Err(Failure::new(StatusCode::BAD_REQUEST)),
    };
    sent.done(HERE, &back, done)
}
