//! `/console/consumers`: the PMS vendors, their keys and their webhook secrets.

use super::{Frame, Sent, SignedIn, ask, name_of, once, utc};
use crate::Web;
use crate::failure::Failure;
use crate::page::{id_in_path, personal, see_other};
use crate::query::Query;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use slotbridge_domain::ids::ConsumerId;
use slotbridge_domain::patient::email;
use slotbridge_hub::admin::consumers::{self, Change, NewConsumer, Secrets};
use slotbridge_hub::rows::{Consumer, ConsumerKey, Window};
use slotbridge_hub::{Error, Fault};

const HERE: &str = "consumers";
const PATH: &str = "/console/consumers";
/// Vendors are few: more of them are found by the search of their names alone.
const MOST: Window = Window {
    limit: 1000,
    offset: 0,
};
/// How the answers to a consumer can be written (WIRE-9).
const PROFILES: [&str; 2] = ["documented", "generated"];

#[derive(Template)]
#[template(path = "console/consumers.html")]
struct ConsumersPage<'a> {
    frame: Frame,
    text: &'a str,
    rows: Vec<Row>,
    once: String,
}

struct Row {
    id: i64,
    name: String,
    test: bool,
    active: bool,
    made: String,
}

#[derive(Template)]
#[template(path = "console/consumer.html")]
struct ConsumerPage {
    frame: Frame,
    name: String,
    facts: Vec<(&'static str, String)>,
    active: bool,
    keys: Vec<Key>,
    once: String,
}

struct Key {
    id: i64,
    made: String,
    revoked: Option<String>,
}

fn row(consumer: Consumer) -> Row {
    Row {
        id: consumer.consumer_id.get(),
        test: consumer.test,
        active: consumer.deactivated_at.is_none(),
        made: utc(consumer.created_at),
        name: consumer.name,
    }
}

pub(crate) async fn list(
    State(web): State<Web>,
    by: SignedIn,
    query: Query,
) -> Result<Response, Failure> {
    let text = query.text("q").unwrap_or_default();
    let wanted = text.to_lowercase();
    let all = consumers::list(&web.hub, &by.operator(), MOST)
        .await?
        .entries;
    let matches = |consumer: &Consumer| {
        let is_id = consumer.consumer_id.to_string() == wanted;
        is_id || consumer.name.to_lowercase().contains(&wanted)
    };
    personal(&ConsumersPage {
        frame: by.frame(HERE),
        text,
        rows: all.into_iter().filter(matches).map(row).collect(),
        once: once(&web),
    })
}

fn new_consumer(sent: &Sent) -> Result<NewConsumer, Error> {
    let mut faults = Vec::new();
    let name = name_of(sent, &mut faults);
    let contact_email = email(sent.text("contactEmail")).unwrap_or_else(|why| {
        faults.push(Fault::new("contactEmail", why));
        String::new()
    });
    let profile = sent.text("wireProfile");
    if !PROFILES.contains(&profile) {
        faults.push(Fault::new("wireProfile", "must be documented or generated"));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    Ok(NewConsumer {
        name,
        contact_email,
        test: sent.text("test") == "yes",
        wire_profile: profile.to_owned(),
    })
}

/// Makes a consumer, and shows its secrets this once.
pub(crate) async fn create(State(web): State<Web>, sent: Sent) -> Result<Response, Failure> {
    let new = match new_consumer(&sent) {
        Ok(new) => new,
        Err(error) => return sent.refused(HERE, PATH, error),
    };
    let render = |(consumer, secrets): &(Consumer, Secrets)| {
        json!({
            "consumerId": consumer.consumer_id.get(), "apiKey": secrets.api_key,
            "webhookSecret": secrets.webhook_secret,
        })
    };
    let made = web.hub.once(sent.once(), render);
    match consumers::create(&web.hub, &sent.by.operator(), new, made).await {
        Ok(answer) => {
            let id = answer.get("consumerId").and_then(serde_json::Value::as_i64);
            let back = id.map_or(PATH.to_owned(), |id| format!("{PATH}/{id}"));
            let words = (
                "The consumer is there",
                "Give both to the vendor on a way that you trust.",
            );
            let secrets = [
                ("API key (header api-key)", "apiKey"),
                ("Webhook secret", "webhookSecret"),
            ];
            ask::reveal(&sent, HERE, words, &answer, &secrets, &back)
        }
        Err(error) => sent.refused(HERE, PATH, error),
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    by: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = id_in_path(&id, ConsumerId::new)?;
    let (consumer, keys) = consumers::get(&web.hub, &by.operator(), id).await?;
    let reach = if consumer.test {
        "Test practices only"
    } else {
        "All practices that consent"
    };
    let mut facts = vec![
        ("Id", id.to_string()),
        ("Write to", consumer.contact_email.clone()),
        ("Reaches", reach.to_owned()),
        ("Answers", consumer.wire_profile.clone()),
        ("Made", utc(consumer.created_at)),
    ];
    facts.extend(consumer.deactivated_at.map(|at| ("Deactivated", utc(at))));
    let key = |key: &ConsumerKey| Key {
        id: key.key_id,
        made: utc(key.created_at),
        revoked: key.revoked_at.map(utc),
    };
    personal(&ConsumerPage {
        frame: by.frame(HERE),
        facts,
        active: consumer.deactivated_at.is_none(),
        keys: keys.iter().map(key).collect(),
        once: once(&web),
        name: consumer.name,
    })
}

/// What is asked before, by what is done.
fn question(deed: &str) -> Option<(&'static str, &'static str, &'static str)> {
    match deed {
        "deactivate" => Some((
            "Deactivate this consumer?",
            "None of its keys opens anything from now on, at any practice, and it is told nothing: \
             all practices that it serves will be found unhealthy. You can make it active again at any \
             time.",
            "Deactivate it",
        )),
        "revokeKey" => Some((
            "Revoke this key?",
            "Whatever still calls with it is refused, on every node within two seconds. A revoked key \
             never comes back: make another first, and let the vendor change over.",
            "Revoke the key",
        )),
        "rotateSecret" => Some((
            "Make a new webhook secret?",
            "Callbacks are signed with both the new and the present secret for 24 hours. By then the \
             vendor must have the new one, or takes no more callbacks for ours.",
            "Make a new secret",
        )),
        _ => None,
    }
}

/// Makes or revokes a key, makes a new webhook secret, deactivates or reactivates.
pub(crate) async fn change(
    State(web): State<Web>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    let id = id_in_path(&id, ConsumerId::new)?;
    let back = format!("{PATH}/{id}");
    let deed = sent.text("deed");
    if let Some(question) = question(deed).filter(|_| !sent.is_sure()) {
        return ask::ask(&sent, HERE, question, &back);
    }
    let (hub, operator) = (&web.hub, sent.by.operator());
    let active = |active| Change {
        active: Some(active),
        ..Change::default()
    };
    let made = match deed {
        "deactivate" => consumers::update(hub, &operator, id, active(false))
            .await
            .map(|_| None),
        "reactivate" => consumers::update(hub, &operator, id, active(true))
            .await
            .map(|_| None),
        "revokeKey" => {
            let key = sent.number("key").unwrap_or_default();
            consumers::revoke_key(hub, &operator, id, key)
                .await
                .map(|()| None)
        }
        "addKey" => {
            let render = |(_, key): &(i64, String)| json!({"apiKey": key});
            let made = hub.once(sent.once(), render);
            let answer = consumers::add_key(hub, &operator, id, made).await;
            answer.map(|answer| Some(("API key (header api-key)", "apiKey", answer)))
        }
        "rotateSecret" => {
            let made = hub.once(
                sent.once(),
                |secret: &String| json!({"webhookSecret": secret}),
            );
            let answer = consumers::rotate_webhook_secret(hub, &operator, id, made).await;
            answer.map(|answer| Some(("Webhook secret", "webhookSecret", answer)))
        }
        _ => return Err(Failure::new(StatusCode::BAD_REQUEST)),
    };
    match made {
        Ok(None) => Ok(see_other(&back)),
        Ok(Some((name, field, answer))) => {
            let words = (
                "It is made",
                "Give it to the vendor on a way that you trust.",
            );
            ask::reveal(&sent, HERE, words, &answer, &[(name, field)], &back)
        }
        Err(error) => sent.refused(HERE, &back, error),
    }
}
