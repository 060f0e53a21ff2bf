//! `GET /practices/{practiceId}/slots`: the bookable times of up to 31 days.

use crate::booking::Slot;
use crate::booking::practices::PracticePath;
use crate::openapi::values::ScopedNumber;
use crate::params::Params;
use crate::problem::Result;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use slotbridge_domain::ids::{AppointmentTypeId, PractitionerId};
use slotbridge_hub::Hub;
use slotbridge_hub::booking::slots::{self, SlotSearch};
use slotbridge_wire::schema::Day;
use utoipa::{IntoParams, ToSchema};

/// Bookable times.
#[derive(Serialize, ToSchema)]
pub(super) struct Slots {
    /// In order of their start.
    slots: Vec<Slot>,
}

/// What `handler` reads of the query.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `handler` reads")]
struct SlotParams {
    /// The first day.
    #[param(value_type = Day, inline)]
    from: String,
    /// The last day, at most 30 days later.
    #[param(value_type = Day, inline)]
    to: String,
    /// With this practitioner only.
    #[param(value_type = Option<ScopedNumber>)]
    practitioner_id: Option<i64>,
    /// For this appointment type only.
    #[param(value_type = Option<ScopedNumber>)]
    appointment_type_id: Option<i64>,
}

/// The bookable times of some days
///
/// Days are the practice's, both included, at most 31. A time is listed when it lies in the latest free
/// times of the PMS, begins after the practice's minimum notice, and overlaps nothing live (AVAIL-2,
/// AVAIL-3, AVAIL-5).
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/slots",
    operation_id = "searchSlots",
    tag = "practices",
    params(SlotParams),
    responses(
        (status = 200, description = "The times, in order.", body = Slots),
    ),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    PracticePath(practice): PracticePath,
    params: Params,
) -> Result<Json<Slots>> {
    let search = params.read(|query| {
        let (from, to) = (query.required("from"), query.required("to"));
        let practitioner_id = query.id("practitionerId", PractitionerId::new);
        let appointment_type_id = query.id("appointmentTypeId", AppointmentTypeId::new);
        Some(SlotSearch {
            from: from?,
            to: to?,
            practitioner_id,
            appointment_type_id,
        })
    })?;
    let (found, zone) = hub
        .read(practice, move |tx| slots::search(tx, practice, &search))
        .await?;
    Ok(Json(Slots {
        slots: Slot::all(&found, &zone),
    }))
}
