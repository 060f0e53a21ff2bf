//! `/portal/{practiceId}/consents`: which PMS may act for the practice, and the key with which it
//! does. A key is shown on the answer to the form that made it, and nowhere else.

use super::{Frame, Member, Sent};
use crate::Web;
use crate::failure::Failure;
use crate::form::{answered, fresh};
use crate::page::{personal, see_other};
use crate::when::When;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use slotbridge_domain::ids::{ConsumerId, PracticeId};
use slotbridge_hub::admin::consents::{self, Known};
use slotbridge_hub::rows::Consent;
use slotbridge_hub::{Error, IdempotencyKey, zone};
use std::collections::HashMap;

#[derive(Template)]
#[template(path = "portal/consents.html")]
struct ConsentsPage {
    frame: Frame,
    /// The key that was just made.
    key: Option<String>,
    live: Option<Given>,
    past: Vec<Given>,
    /// To whom else it can be given.
    others: Vec<(i64, String)>,
    asks: Option<Asks>,
    /// The number of the forms that make a key.
    once: String,
}

/// A consent that was given.
struct Given {
    id: i64,
    name: String,
    since: When,
    until: Option<When>,
    heard: Option<When>,
}

/// What is asked once more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    /// A new key.
    Rotate,
    /// The end of the consent.
    Revoke,
    /// The consent for another one.
    Replace(i64),
}

impl ConsentsPage {
    /// The name of the other one to which the consent shall go.
    fn other(&self, id: &i64) -> &str {
        let found = self.others.iter().find(|(of, _)| of == id);
        found.map_or("", |(_, name)| name.as_str())
    }
}

async fn page(web: &Web, member: &Member) -> Result<ConsentsPage, Failure> {
    let (staff, id) = (member.staff.clone(), member.staff.practice_id());
    let (all, contacts) = consents::list(&web.hub, &staff, id).await?;
    let (frame, known) = web
        .hub
        .read(id, move |tx| {
            let frame = Frame::of(tx, &staff)?;
            Ok::<_, Error>((frame, consents::consumers(tx, &staff, id)?))
        })
        .await?;
    let zone = zone::of(&frame.0)?;
    let names: HashMap<ConsumerId, &str> = known
        .iter()
        .map(|one| (one.consumer_id, one.name.as_str()))
        .collect();
    let given = |consent: &Consent| {
        let contact = contacts
            .iter()
            .find(|contact| contact.consumer_id == consent.consumer_id);
        given(
            consent,
            &names,
            &zone,
            contact.map(|one| one.last_contact_at),
        )
    };
    let live = all.iter().find(|consent| consent.revoked_at.is_none());
    let is_other =
        |one: &&Known| one.available && live.is_none_or(|live| live.consumer_id != one.consumer_id);
    Ok(ConsentsPage {
        key: None,
        live: live.map(given),
        past: all
            .iter()
            .rev()
            .filter(|consent| consent.revoked_at.is_some())
            .map(given)
            .collect(),
        others: known
            .iter()
            .filter(is_other)
            .map(|one| (one.consumer_id.get(), one.name.clone()))
            .collect(),
        asks: None,
        once: fresh(web),
        frame: Frame::new(member, &frame.0, frame.1, "consents"),
    })
}

fn given(
    consent: &Consent,
    names: &HashMap<ConsumerId, &str>,
    zone: &TimeZone,
    heard: Option<jiff::Timestamp>,
) -> Given {
    Given {
        id: consent.consumer_id.get(),
        name: names
            .get(&consent.consumer_id)
            .map_or_else(String::new, |name| (*name).to_owned()),
        since: When::new(zone, consent.granted_at),
        until: consent.revoked_at.map(|at| When::new(zone, at)),
        heard: heard.map(|at| When::new(zone, at)),
    }
}

pub(crate) async fn show(State(web): State<Web>, member: Member) -> Result<Response, Failure> {
    personal(&page(&web, &member).await?)
}

/// Gives a consent, makes a new key, or ends a consent. Whatever ends a key asks first.
pub(crate) async fn change(State(web): State<Web>, sent: Sent) -> Result<Response, Failure> {
    let id = sent.get("consumer").and_then(ConsumerId::new);
    let id = id.ok_or_else(|| Failure::new(StatusCode::BAD_REQUEST))?;
    let sure = sent.text("sure") == "yes";
    let revokes = match sent.text("deed") {
        "give" => false,
        "revoke" => true,
        _ => return Err(Failure::new(StatusCode::BAD_REQUEST)),
    };
    if !revokes
        && !sure
        && let Some(key) = given_before(&web, &sent, id).await?
    {
        return key_page(&web, &sent, key).await;
    }
    if !sure {
        let mut page = page(&web, &sent.who).await?;
        page.asks = match &page.live {
            Some(live) if live.id == id.get() && revokes => Some(Asks::Revoke),
            Some(live) if live.id == id.get() => Some(Asks::Rotate),
            Some(_) if revokes => None,
            Some(_) => Some(Asks::Replace(id.get())),
            None => None,
        };
        if page.asks.is_some() || revokes {
            return personal(&page);
        }
    }
    if revokes {
        revoke(&web, &sent, id).await
    } else {
        give(&web, &sent, id, sure).await
    }
}

/// What a form does once, for all that it is sent again.
fn once_key(sent: &Sent, consumer: ConsumerId, replace: bool) -> Result<IdempotencyKey, Failure> {
    let body = format!("{consumer} {replace}");
    sent.once("grantConsent", &sent.who.staff, &body)
}

/// The key that this very form has made before: pressed twice, it is shown and not asked about.
async fn given_before(
    web: &Web,
    sent: &Sent,
    consumer: ConsumerId,
) -> Result<Option<Value>, Failure> {
    let key = once_key(sent, consumer, false)?;
    Ok(answered(web, sent.who.staff.practice_id(), key).await?)
}

async fn key_page(web: &Web, sent: &Sent, key: Value) -> Result<Response, Failure> {
    personal(&ConsentsPage {
        key: key.as_str().map(str::to_owned),
        ..page(web, &sent.who).await?
    })
}

async fn give(
    web: &Web,
    sent: &Sent,
    consumer: ConsumerId,
    replace: bool,
) -> Result<Response, Failure> {
    let staff = &sent.who.staff;
    let key = once_key(sent, consumer, replace)?;
    let render = |(_, key): &(PracticeId, String)| json!(key);
    let once = web.hub.once(Some(key), render);
    let at = staff.practice_id();
    let given = consents::grant(
        &web.hub,
        staff,
        sent.who.context(),
        at,
        consumer,
        replace,
        once,
    );
    let key = given.await?;
    key_page(web, sent, key).await
}

async fn revoke(web: &Web, sent: &Sent, consumer: ConsumerId) -> Result<Response, Failure> {
    let (staff, context) = (sent.who.staff.clone(), sent.who.context());
    let at = staff.practice_id();
    let revoked = web.hub.write(at, move |tx| {
        consents::revoke(tx, &staff, &context, consumer)
    });
    match revoked.await {
        // Pressed twice, or ended by somebody else: it is ended.
        Ok(()) | Err(Error::NotFound(_)) => Ok(see_other(&format!("/portal/{at}/consents"))),
        Err(error) => Err(error.into()),
    }
}
