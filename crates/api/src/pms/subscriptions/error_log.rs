//! `GET /subscriptionErrorLog`: the callbacks that failed (SUB-4).

use super::{subscription_id, topic};
use crate::failure::Failure;
use crate::params::Params;
use crate::pms::{Caller, Result};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde_json::Value;
use slotbridge_domain::uuid;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::subscription_error_log;
use slotbridge_hub::rows::CallbackError;
use slotbridge_wire::page::Page;
use slotbridge_wire::profile::{Field, WireProfile};
use slotbridge_wire::read::{Faults, FromJson, Node, utc_period};
use slotbridge_wire::schema::UtcPeriod;
use slotbridge_wire::subscriptions::{
    SubscriptionErrorLog, SubscriptionErrorLogPayload, SubscriptionPayloadData,
};
use slotbridge_wire::time::Utc;
use utoipa::IntoParams;

/// Which failures are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what the handler reads")]
pub(super) struct WantedParams {
    /// Of which subscription; one that there is not, or not for the caller, is 404.
    #[param(rename = "subscriptionId")]
    subscription_id: Option<String>,
    /// From when on, in UTC; the beginning of a timestamp is the first instant that it can be.
    #[param(value_type = Option<UtcPeriod>, inline)]
    from: Option<String>,
    /// Until when, in UTC, inclusive; the beginning of a timestamp is the last instant that it can
    /// be.
    #[param(value_type = Option<UtcPeriod>, inline)]
    to: Option<String>,
    /// Which page, from 1; a page past the end is empty (WIRE-6).
    #[param(minimum = 1)]
    page: Option<i64>,
}

/// A UTC timestamp or the beginning of one.
struct Period(Timestamp, Timestamp);

impl FromJson for Period {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        utc_period(node, faults).map(|(from, until)| Self(from, until))
    }
}

/// The callbacks that failed
///
/// Every failed attempt of the last 30 days (a setting of the operator), oldest first (SUB-4).
#[utoipa::path(
    get,
    path = "/subscriptionErrorLog",
    operation_id = "getSubscriptionErrorLogs",
    tag = "subscriptions",
    params(WantedParams),
    responses(
        (status = 200, description = "A page of failures.", body = Page<SubscriptionErrorLog>),
        (status = 404, description = "There is no such subscription.", body = slotbridge_wire::error::ErrorBody),
    ),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    params: Params,
) -> Result<Json<Page<SubscriptionErrorLog>>> {
    let (number, from, to, id) = params.read(|query| {
        let (from, to) = (query.optional("from"), query.optional("to"));
        let id: Option<String> = query.optional("subscriptionId");
        Some((query.page(), from, to, id))
    })?;
    let id = match id {
        Some(text) => {
            let known = subscription_id(&text);
            Some(known.ok_or_else(|| Failure::not_found("subscription"))?)
        }
        None => None,
    };
    let from = from.map_or(Timestamp::MIN, |Period(from, _)| from);
    let until = to.map_or(Timestamp::MAX, |Period(_, until)| until);
    let (profile, window) = (caller.profile(), number.window());
    let consented = caller.consented;
    let found = hub
        .read(consented.practice_id(), move |tx| {
            subscription_error_log::list(tx, &consented, id, from, until, window)
        })
        .await?;
    let data = found.entries.into_iter().map(|one| shown(one, profile));
    Ok(Json(Page {
        data: data.collect(),
        page: number.paginated(found.total),
    }))
}

fn shown(row: CallbackError, profile: WireProfile) -> SubscriptionErrorLog {
    SubscriptionErrorLog {
        timestamp: Utc(row.at),
        id: uuid::write(row.error_id.get()),
        subscription_id: uuid::write(row.subscription_id.get()),
        subscription_topic: topic(row.topic),
        client_id: profile.nullable(row.client_id),
        callback_url: row.callback_url,
        payload: payload(&row.payload, profile),
        attempt: row.attempt,
        error_type: row.error_type,
        error_message: row.error_message,
    }
}

/// What was sent, as the profile has it.
fn payload(sent: &str, profile: WireProfile) -> SubscriptionErrorLogPayload {
    let sent: Value = serde_json::from_str(sent).unwrap_or_default();
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let part = |name: &str| text(sent.get(name)).unwrap_or_default();
    let data = sent.get("data").unwrap_or(&Value::Null);
    let nullable = |value: Option<&Value>| -> Field<String> { profile.nullable(text(value)) };
    SubscriptionErrorLogPayload {
        id: part("id"),
        timestamp: part("timestamp"),
        client_id: nullable(sent.get("clientId")),
        topic: part("topic"),
        data: SubscriptionPayloadData {
            target: nullable(data.get("target")),
            request_type: text(data.get("requestType")).unwrap_or_default(),
            booking_id: data.get("bookingId").and_then(Value::as_i64),
            request_id: data.get("requestId").and_then(Value::as_i64),
        },
    }
}
