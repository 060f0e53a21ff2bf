//! `/faults`: what goes wrong on demand, and the layer that lets it.

use crate::pms::failed_on_purpose;
use crate::problem::{Input, Result, no_content};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use axum::{Extension, Json};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use slotbridge_hub::Hub;
use slotbridge_hub::faults::{FaultBox, Faults};
use slotbridge_wire::read::{self, FromJson, Node};
use slotbridge_wire::schema::Instant;
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;

/// The slowest that a call can be made: less than a call may take.
const SLOWEST: i64 = 30_000;
/// The longest that faults stay: a day.
const LONGEST: i64 = 24 * 3600;

/// What is to go wrong, and for how long.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `Wanted` reads")]
struct NewFaults {
    /// How many milliseconds each call of the PMS API waits before anything is made of it.
    #[schema(minimum = 0, maximum = 30_000)]
    slow_milliseconds: Option<i64>,
    /// How many calls of the PMS API in a hundred fail; all if only `status` is sent.
    #[schema(minimum = 0, maximum = 100)]
    fail_percent: Option<i64>,
    /// With which status they fail; 503 unless sent. Nothing is made of such a call.
    #[schema(minimum = 500, maximum = 599)]
    status: Option<i64>,
    /// Whether deliveries get lost on their way: each is a failed attempt (SUB-3).
    drop_deliveries: Option<bool>,
    /// For how many seconds, by the hub's clock.
    #[schema(minimum = 1, maximum = 86_400)]
    for_seconds: i64,
}

/// What is to go wrong.
pub(super) struct Wanted {
    slow_milliseconds: i64,
    fail_percent: i64,
    status: i64,
    drop_deliveries: bool,
    for_seconds: i64,
}

impl FromJson for Wanted {
    fn from_json(node: &Node<'_>, faults: &mut read::Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let slow = object.optional_with("slowMilliseconds", read::integer(0..=SLOWEST));
        let percent = object.optional_with("failPercent", read::integer(0..=100));
        let status = object.optional_with("status", read::integer(500..=599));
        let drop_deliveries = object.optional("dropDeliveries");
        let for_seconds = object.required_with("forSeconds", read::integer(1..=LONGEST));
        Some(Self {
            slow_milliseconds: slow.unwrap_or(0),
            fail_percent: percent.unwrap_or(if status.is_some() { 100 } else { 0 }),
            status: status.unwrap_or(503),
            drop_deliveries: drop_deliveries.unwrap_or(false),
            for_seconds: for_seconds?,
        })
    }
}

/// What goes wrong on demand.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct FaultsView {
    /// How many milliseconds each call of the PMS API waits.
    slow_milliseconds: u64,
    /// How many calls of the PMS API in a hundred fail.
    fail_percent: u8,
    /// With which status.
    status: u16,
    /// Whether deliveries get lost.
    drop_deliveries: bool,
    /// Until when; `null`: nothing goes wrong.
    #[schema(value_type = Option<Instant>, required)]
    until: Option<String>,
}

fn shown(faults: Option<Faults>) -> Json<FaultsView> {
    let milliseconds = |faults: Faults| u64::try_from(faults.slow.as_millis()).unwrap_or(u64::MAX);
    Json(FaultsView {
        slow_milliseconds: faults.map_or(0, milliseconds),
        fail_percent: faults.map_or(0, |faults| faults.fail_percent),
        status: faults.map_or(503, |faults| faults.status),
        drop_deliveries: faults.is_some_and(|faults| faults.drop_deliveries),
        until: faults.map(|faults| faults.until.to_string()),
    })
}

/// What goes wrong
///
/// The faults in force, if any.
#[utoipa::path(
    get,
    path = "/faults",
    operation_id = "getFaults",
    tag = "faults",
    responses((status = 200, description = "The faults in force.", body = FaultsView)),
)]
pub(super) async fn get(Extension(faults): Extension<Arc<FaultBox>>) -> Json<FaultsView> {
    shown(faults.now())
}

/// Lets things go wrong for a while
///
/// In place of what went wrong before. The PMS API answers slowly or fails, whoever calls; deliveries
/// get lost.
#[utoipa::path(
    post,
    path = "/faults",
    operation_id = "setFaults",
    tag = "faults",
    request_body(
        content = NewFaults,
        example = json!({"failPercent": 50, "status": 500, "forSeconds": 1}),
    ),
    responses((status = 200, description = "The faults in force.", body = FaultsView)),
)]
pub(super) async fn set(
    State(hub): State<Hub>,
    Extension(faults): Extension<Arc<FaultBox>>,
    Input(wanted): Input<Wanted>,
) -> Result<Json<FaultsView>> {
    let lasting = SignedDuration::from_secs(wanted.for_seconds);
    let until = hub.now().saturating_add(lasting).unwrap_or(Timestamp::MAX);
    let set = Faults {
        slow: Duration::from_millis(u64::try_from(wanted.slow_milliseconds).unwrap_or(0)),
        fail_percent: u8::try_from(wanted.fail_percent).unwrap_or(100),
        status: u16::try_from(wanted.status).unwrap_or(503),
        drop_deliveries: wanted.drop_deliveries,
        until,
    };
    faults.set(Some(set));
    Ok(shown(faults.now()))
}

/// Lets nothing go wrong any more
///
/// With nothing to end: 204 too.
#[utoipa::path(
    delete,
    path = "/faults",
    operation_id = "endFaults",
    tag = "faults",
    responses((status = 204, description = "All is well.")),
)]
pub(super) async fn end(Extension(faults): Extension<Arc<FaultBox>>) -> StatusCode {
    faults.set(None);
    no_content()
}

/// Around the PMS API: what goes wrong does so before a call is looked at.
#[expect(
    clippy::disallowed_methods,
    reason = "being slow is what is asked for, and the sandbox's clock does not make it so"
)]
pub(crate) async fn layer(
    State(faults): State<Arc<FaultBox>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(now) = faults.now() else {
        return next.run(request).await;
    };
    if !now.slow.is_zero() {
        tokio::time::sleep(now.slow).await;
    }
    match StatusCode::from_u16(now.status) {
        Ok(status) if faults.fails(&now) => failed_on_purpose(status),
        _ => next.run(request).await,
    }
}
