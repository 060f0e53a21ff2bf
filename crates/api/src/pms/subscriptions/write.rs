//! `POST /subscription` and `PUT /subscription/{id}` (SUB-1).

use super::{Id, Named, shown};
use crate::pms::{Caller, Input, Result};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use slotbridge_domain::callback_url::CallbackUrl;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::subscriptions::{self, Wanted};
use slotbridge_wire::read::{Faults, FromJson, Node};
use slotbridge_wire::subscriptions::Subscription;

/// A subscription as it is to be.
pub(super) struct Sent(Wanted);

/// Reads where the callbacks go. That there is no text is for others to say.
fn callback_url(node: &Node<'_>, faults: &mut Faults) -> Option<CallbackUrl> {
    let text = String::from_json(node, &mut Faults::default())?;
    match CallbackUrl::parse(&text) {
        Ok(url) => Some(url),
        Err(must) => node.fault(faults, must),
    }
}

impl FromJson for Sent {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let sent = Subscription::from_json(node, faults);
        let mut ignored = Faults::default();
        node.object(&mut ignored)?;
        let url = node
            .object(faults)?
            .optional_with("callbackUrl", callback_url);
        let sent = sent?;
        Some(Self(Wanted {
            topic: sent.topic.as_str().parse().ok()?,
            callback_url: url?,
            client_id: sent.client_id,
            start_at: sent.start_at.map(|at| at.0),
            expire_at: sent.expire_at.value().map(|at| at.0),
        }))
    }
}

/// Subscribes to callbacks
///
/// Each request of the topic that is raised from now on is told to `callbackUrl` by one POST, while
/// the subscription is in force. The same `topic`, `callbackUrl` and `clientId` again writes the
/// first one anew, under the same id (SUB-1, SUB-2). Any answer but 2xx within 5 seconds is a
/// failure: it is logged, and three more attempts follow, 10, 100 and 1000 seconds after the failure
/// before (SUB-3). Callbacks are signed as Standard Webhooks (SUB-6).
#[utoipa::path(
    post,
    path = "/subscription",
    operation_id = "createSubscription",
    tag = "subscriptions",
    request_body(
        content = Subscription,
        example = json!({
            "topic": "requests.bookings",
            "callbackUrl": "https://pms.example/slotbridge/bookings",
            "clientId": "front-desk",
        }),
    ),
    responses((status = 201, description = "It is in force from `startAt` on.", body = Subscription)),
)]
pub(super) async fn create(
    State(hub): State<Hub>,
    caller: Caller,
    Input(Sent(wanted)): Input<Sent>,
) -> Result<(StatusCode, Json<Subscription>)> {
    let (context, profile) = (caller.context(), caller.profile());
    let consented = caller.consented;
    let made = hub
        .write(consented.practice_id(), move |tx| {
            subscriptions::create(tx, &consented, &context, &wanted)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(shown(made, profile))))
}

/// Writes a subscription anew
///
/// All of it: what is not sent is as if it were new. What waits for it goes to its new URL (SUB-1,
/// SUB-3).
#[utoipa::path(
    put,
    path = "/subscription/{id}",
    operation_id = "replaceSubscription",
    tag = "subscriptions",
    params(Id),
    request_body(
        content = Subscription,
        example = json!({
            "topic": "requests.*",
            "callbackUrl": "https://pms.example/slotbridge",
            "expireAt": "2027-12-01 00:00:00",
        }),
    ),
    responses((status = 200, description = "As it is now.", body = Subscription)),
)]
pub(super) async fn replace(
    State(hub): State<Hub>,
    caller: Caller,
    Named(id): Named,
    Input(Sent(wanted)): Input<Sent>,
) -> Result<Json<Subscription>> {
    let (context, profile) = (caller.context(), caller.profile());
    let consented = caller.consented;
    let changed = hub
        .write(consented.practice_id(), move |tx| {
            subscriptions::replace(tx, &consented, &context, id, &wanted)
        })
        .await?;
    Ok(Json(shown(changed, profile)))
}
