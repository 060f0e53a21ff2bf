//! `GET /practices/{practiceId}/slots`: the bookable times of up to 31 days.

use crate::booking::Slot;
use crate::booking::practices::PracticePath;
use crate::params::Params;
use crate::problem::Result;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use slotbridge_domain::ids::{AppointmentTypeId, PractitionerId};
use slotbridge_hub::booking::slots::{self, SlotSearch};
use slotbridge_hub::{Error, Fault, Hub};

#[derive(Serialize)]
pub(super) struct Slots {
    slots: Vec<Slot>,
}

fn id<T>(params: &Params, name: &str, new: impl Fn(i64) -> Option<T>) -> Result<Option<T>> {
    let wrong = || Error::Invalid(vec![Fault::new(name, "is no such id")]);
    let number: Option<i64> = params.optional(name)?;
    Ok(number
        .map(|number| new(number).ok_or_else(wrong))
        .transpose()?)
}

pub(super) async fn handler(
    State(hub): State<Hub>,
    PracticePath(practice): PracticePath,
    params: Params,
) -> Result<Json<Slots>> {
    let search = SlotSearch {
        from: params.required("from")?,
        to: params.required("to")?,
        practitioner_id: id(&params, "practitionerId", PractitionerId::new)?,
        appointment_type_id: id(&params, "appointmentTypeId", AppointmentTypeId::new)?,
    };
    let (found, zone) = hub
        .read(practice, move |tx| slots::search(tx, practice, &search))
        .await?;
    Ok(Json(Slots {
        slots: found.iter().map(|slot| Slot::new(slot, &zone)).collect(),
    }))
}
