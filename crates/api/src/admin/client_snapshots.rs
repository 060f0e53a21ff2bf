//! `/practices/{practiceId}/clientSnapshots` and `/clientCatalogue`: what came with them.

use crate::admin::{Admin, Ids, page_of, practice_id};
use crate::params::{PageParams, Params};
use crate::problem::Result;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use slotbridge_domain::date_type;
use slotbridge_hub::Hub;
use slotbridge_hub::admin::client_snapshots::{self, SnapshotView};
use slotbridge_hub::client_snapshots::catalogue::Listed;
use slotbridge_wire::page::Page;
use slotbridge_wire::schema::{self, Day, Instant};
use slotbridge_wire::schemas;
use utoipa::ToSchema;

schemas! {
    /// By which of their times a snapshot takes appointments.
    pub(super) DateTypeName = schema::one_of(
        date_type::DateType::ALL.map(date_type::DateType::as_str),
        "By which of their times a client snapshot takes appointments.",
    );
}

/// The last client snapshot of a date and type.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SnapshotShown {
    /// The date at the practice.
    #[schema(value_type = Day)]
    date: String,
    /// By which of their times it takes appointments.
    #[schema(value_type = DateTypeName)]
    date_type: &'static str,
    /// When it came.
    #[schema(value_type = Instant)]
    received_at: String,
    /// How many appointments it holds.
    appointments: usize,
    /// How many patients it holds.
    patients: usize,
    /// What looks wrong in it, each with its path (SNAP-2).
    warnings: Vec<String>,
}

fn shown(view: SnapshotView) -> SnapshotShown {
    SnapshotShown {
        date: view.date,
        date_type: view.date_type.as_str(),
        received_at: view.received_at.to_string(),
        appointments: view.summary.appointments,
        patients: view.summary.patients,
        warnings: view.summary.warnings,
    }
}

/// The client snapshots of a practice
///
/// The last one of each date and type, latest date first, 100 a page, with what looks wrong in it
/// (SNAP-2).
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/clientSnapshots",
    operation_id = "listClientSnapshots",
    tag = "client snapshots",
    params(PageParams),
    responses(
        (status = 200, description = "A page of snapshots.", body = Page<SnapshotShown>),
    ),
)]
pub(super) async fn list(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    params: Params,
) -> Result<Response> {
    let (id, page) = (practice_id(id)?, params.page()?);
    let window = page.window();
    let found = hub
        .read(id, move |tx| {
            client_snapshots::list(tx, &admin.operator, id, window)
        })
        .await?;
    let data = found.entries.into_iter().map(shown);
    Ok(page_of(data, page.paginated(found.total)))
}

/// A location, a practitioner or an appointment type of the PMS.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CatalogueEntry {
    /// The PMS's id of it.
    id: String,
    /// Its name.
    name: String,
    /// Whether the PMS says that it is in use.
    active: bool,
    /// Since when it is missing in the snapshots, if it is.
    #[schema(value_type = Option<Instant>, required)]
    deleted_at: Option<String>,
}

/// What the client snapshots list.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClientCatalogue {
    /// The locations.
    locations: Vec<CatalogueEntry>,
    /// The practitioners.
    practitioners: Vec<CatalogueEntry>,
    /// The appointment types.
    appointment_types: Vec<CatalogueEntry>,
}

fn entries(listed: Vec<Listed>) -> Vec<CatalogueEntry> {
    let entry = |listed: Listed| CatalogueEntry {
        id: listed.entry.id,
        name: listed.entry.name,
        active: listed.entry.active,
        deleted_at: listed.deleted_at.map(|at| at.to_string()),
    };
    listed.into_iter().map(entry).collect()
}

/// The locations, practitioners and appointment types of the client snapshots
///
/// Those that are missing in the last one are marked deleted (SNAP-2).
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/clientCatalogue",
    operation_id = "getClientCatalogue",
    tag = "client snapshots",
    responses(
        (status = 200, description = "All of it.", body = ClientCatalogue),
    ),
)]
pub(super) async fn catalogue(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Json<ClientCatalogue>> {
    let id = practice_id(id)?;
    let found = hub
        .read(id, move |tx| {
            client_snapshots::catalogue(tx, &admin.operator, id)
        })
        .await?;
    Ok(Json(ClientCatalogue {
        locations: entries(found.locations),
        practitioners: entries(found.practitioners),
        appointment_types: entries(found.types),
    }))
}
