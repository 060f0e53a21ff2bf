//! Which PMS may act for a practice, as operators say it for its staff.

use super::{HERE, PATH};
use crate::Web;
use crate::console::{Sent, ask};
use crate::failure::Failure;
use crate::form::answered;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use slotbridge_domain::ids::{ConsumerId, PracticeId};
use slotbridge_hub::Error;
use slotbridge_hub::admin::consents;

/// What is asked before a consumer that has the consent loses it, or its key: the title, what
/// follows and the button. Nothing, if none has it.
async fn question(
    web: &Web,
    sent: &Sent,
    id: PracticeId,
    consumer: ConsumerId,
) -> Result<Option<(String, String, &'static str)>, Error> {
    let operator = sent.by.operator();
    let (given, _) = consents::list(&web.hub, &operator, id).await?;
    let live = given.iter().find(|consent| consent.revoked_at.is_none());
    let Some(live) = live.map(|consent| consent.consumer_id) else {
        return Ok(None);
    };
    let known = web
        .hub
        .read(id, move |tx| consents::consumers(tx, &operator, id))
        .await?;
    let name = |id: ConsumerId| {
        let found = known.iter().find(|one| one.consumer_id == id);
        found.map_or_else(|| format!("consumer {id}"), |one| one.name.clone())
    };
    Ok(Some(if live == consumer {
        (
            format!("Make a new key for {}?", name(live)),
            "The practice key that it has stops working at once. Until the new one is entered in the PMS, \
             the integration is refused: it learns of no booking and sends no times. Bookings stand \
             meanwhile, and wait for it."
                .to_owned(),
            "Make a new key",
        )
    } else {
        (
            format!("Grant the consent to {} instead?", name(consumer)),
            format!(
                "The consent of {} ends at once: its integration is refused, and what waits to be told \
                 to it is cancelled. What it has not taken up yet waits for the other one.",
                name(live)
            ),
            "Grant it instead",
        )
    }))
}

/// Grants a consumer the practice's consent, and shows the key this once. Whatever ends a key that
/// is in use asks first.
pub(super) async fn grant(web: &Web, sent: &Sent, id: PracticeId) -> Result<Response, Failure> {
    let back = format!("{PATH}/{id}");
    let consumer = sent.number("consumer").and_then(ConsumerId::new);
    let consumer = consumer.ok_or_else(|| Failure::new(StatusCode::BAD_REQUEST))?;
    if !sent.is_sure() {
        // Pressed twice, the key is shown again and nothing is asked.
        if let Some(key) = sent.once()
            && let Some(answer) = answered(web, id, key).await?
        {
            return reveal(sent, &answer, &back);
        }
        if let Some((title, follows, button)) = question(web, sent, id, consumer).await? {
            return ask::ask(sent, HERE, (&title, &follows, button), &back);
        }
    }
    let render = |(practice, key): &(PracticeId, String)| json!({"practiceId": practice.to_string(), "practiceKey": key});
    let once = web.hub.once(sent.once(), render);
    let (operator, context) = (sent.by.operator(), sent.by.context());
    let granted = consents::grant(
        &web.hub,
        &operator,
        context,
        id,
        consumer,
        sent.is_sure(),
        once,
    );
    match granted.await {
        Ok(answer) => reveal(sent, &answer, &back),
        Err(error) => sent.refused(HERE, &back, error),
    }
}

fn reveal(sent: &Sent, answer: &Value, back: &str) -> Result<Response, Failure> {
    let words = (
        "The consent is granted",
        "Both are entered in the PMS, beside the API key of its vendor. Give the key to the practice alone, \
         on a way that you trust.",
    );
    let secrets = [
        ("Practice id (header practice-id)", "practiceId"),
        ("Practice key (header practice-key)", "practiceKey"),
    ];
    ask::reveal(sent, HERE, words, answer, &secrets, back)
}

/// Ends a consumer's consent.
pub(super) async fn revoke(web: &Web, sent: &Sent, id: PracticeId) -> Result<(), Error> {
    let consumer = sent.number("consumer").and_then(ConsumerId::new);
    let consumer = consumer.ok_or(Error::NotFound("live consent"))?;
    let (operator, context) = (sent.by.operator(), sent.by.context());
    web.hub
        .write(id, move |tx| {
            consents::revoke(tx, &operator, &context, consumer)
        })
        .await
}
