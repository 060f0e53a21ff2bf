//! `/maintenance`: sending callers away for a while.

use crate::admin::Admin;
use crate::problem::{Input, Result, no_content};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use slotbridge_hub::Hub;
use slotbridge_hub::maintenance::{Announced, LONGEST_MINUTES, Maintenance};
use slotbridge_wire::read::{self, Faults, FromJson, Node};
use slotbridge_wire::schema::{Instant, Name};
use utoipa::ToSchema;

/// The maintenance in force.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MaintenanceView {
    /// Since when; `null`: there is none.
    #[schema(value_type = Option<Instant>, required)]
    since: Option<String>,
    /// When it is expected to be over; `null`: not known.
    #[schema(value_type = Option<Instant>, required)]
    until: Option<String>,
    /// What whoever is sent away may read.
    #[schema(required)]
    message: Option<String>,
}

fn shown(maintenance: Option<&Maintenance>) -> Json<MaintenanceView> {
    let until = maintenance.and_then(|one| one.until);
    Json(MaintenanceView {
        since: maintenance.map(|one| one.since.to_string()),
        until: until.map(|at| at.to_string()),
        message: maintenance.and_then(|one| one.message.clone()),
    })
}

/// What is announced.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `Sent` reads")]
struct NewMaintenance {
    /// In how many minutes it is expected to be over. It ends when it is ended, not by itself.
    #[schema(minimum = 1, maximum = 10_080)]
    for_minutes: Option<i64>,
    /// What whoever is sent away may read.
    #[schema(value_type = Option<Name>)]
    message: Option<String>,
}

pub(super) struct Sent(Announced);

impl FromJson for Sent {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        Some(Self(Announced {
            for_minutes: object.optional_with("forMinutes", read::integer(1..=LONGEST_MINUTES)),
            message: object.optional_name("message"),
        }))
    }
}

/// Whether there is maintenance
///
/// The one in force, if any.
#[utoipa::path(
    get,
    path = "/maintenance",
    operation_id = "getMaintenance",
    tag = "maintenance",
    responses((status = 200, description = "How it is.", body = MaintenanceView)),
)]
pub(super) async fn get(State(hub): State<Hub>, _: Admin) -> Json<MaintenanceView> {
    shown(hub.maintenance().await.as_deref())
}

/// Begins maintenance, or changes what is announced
///
/// On every node within 2 seconds. The PMS API, the booking API and the pages answer 503 with
/// `Retry-After`; the admin API, the console, the probes and the metrics go on. Due work goes on too: a
/// booking whose 20 seconds end stands. Nobody is called back, and no integration is judged by its
/// silence.
#[utoipa::path(
    put,
    path = "/maintenance",
    operation_id = "announceMaintenance",
    tag = "maintenance",
    request_body(
        content = NewMaintenance,
        example = json!({"forMinutes": 15, "message": "We are moving to a larger database."}),
    ),
    responses((status = 200, description = "It is in force.", body = MaintenanceView)),
)]
pub(super) async fn announce(
    State(hub): State<Hub>,
    admin: Admin,
    Input(Sent(announced)): Input<Sent>,
) -> Result<Json<MaintenanceView>> {
    let in_force = hub.announce_maintenance(&admin.operator, announced).await?;
    Ok(shown(Some(&in_force)))
}

/// Ends maintenance
///
/// Integrations have all their time to answer from then on. Nothing happens if there is none.
#[utoipa::path(
    delete,
    path = "/maintenance",
    operation_id = "endMaintenance",
    tag = "maintenance",
    responses((status = 204, description = "There is none.")),
)]
pub(super) async fn end(State(hub): State<Hub>, admin: Admin) -> Result<StatusCode> {
    hub.end_maintenance(&admin.operator).await?;
    Ok(no_content())
}
