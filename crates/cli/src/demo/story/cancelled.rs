//! The last chapter: a patient cancels and the PMS learns of it; the PMS cancels and the patient
//! sees it.

use crate::demo::check::{Outcome, Teller, equal, holds, unmet, until};
use crate::demo::patient::{Made, Slot};
use crate::demo::stage::Stage;
use crate::demo::wall::shown;
use crate::failure::Failure;
use slotbridge_client::wire::bookings::BookingStatus;
use slotbridge_client::wire::requests::RequestName;

pub(super) async fn by_the_patient(
    stage: &Stage,
    teller: &mut Teller,
    slot: &Slot,
    made: &Made,
) -> Result<(), Failure> {
    teller
        .step(
            "The first patient cancels, and the PMS is told",
            async |teller| cancel(stage, teller, slot, made).await,
        )
        .await?;
    teller
        .step(
            "The PMS confirms the cancellation, and the time is offered again",
            async |teller| {
                stage.pms.turn().await?;
                until("the update is answered", 10, async || {
                    let updates = stage.observer.all_booking_update_requests().await?;
                    Ok(updates.is_empty().then_some(()))
                })
                .await?;
                teller.saw("GET /requests/bookingUpdates is empty");
                offered_again(stage, teller, slot).await
            },
        )
        .await
}

async fn cancel(stage: &Stage, teller: &mut Teller, slot: &Slot, made: &Made) -> Outcome<()> {
    let path = format!("bookings/{}", made.booking_id);
    let known = stage.operator_sees(&path).await?;
    let before = stage.wall.now();
    stage.patient.cancel(made).await?;
    equal(
        "its status for the patient",
        "cancelled",
        &*stage.patient.look(made).await?.status,
    )?;
    equal(
        "GET /requests",
        vec![RequestName::BookingUpdates],
        stage.outstanding().await?,
    )?;
    let updates = stage.observer.all_booking_update_requests().await?;
    let [update] = &*updates else {
        return unmet(
            "GET /requests/bookingUpdates",
            "one update",
            format!("{updates:?}"),
        );
    };
    equal("bookingId", made.booking_id, update.booking_id)?;
    equal(
        "bookingStatus",
        BookingStatus::Cancelled,
        update.booking_status,
    )?;
    let ids = serde_json::Value::from(update.pms_appointment_ids.clone());
    equal(
        "pmsAppointmentIds",
        known.get("pmsAppointmentIds"),
        Some(&ids),
    )?;
    let patient = update.pms_patient_id.clone().map(serde_json::Value::from);
    equal("pmsPatientId", known.get("pmsPatientId"), patient.as_ref())?;
    let since = update.updated_at.duration_since(before).as_secs();
    holds(
        "updatedAt",
        (-1..=5).contains(&since),
        before,
        update.updated_at,
    )?;
    equal(
        "offered while the PMS still has it",
        false,
        stage.offers(slot).await?,
    )?;
    teller.saw(format!(
        "GET /requests/bookingUpdates lists booking {} as Cancelled, with appointment {}",
        update.booking_id,
        update.pms_appointment_ids.join(", ")
    ));
    teller.saw("its time stays taken until the PMS has let go of it");
    Ok(())
}

pub(super) async fn by_the_pms(
    stage: &Stage,
    teller: &mut Teller,
    slot: &Slot,
    made: &Made,
) -> Result<(), Failure> {
    teller
        .step(
            "The PMS cancels the third booking, and the patient sees it",
            async |teller| {
                equal(
                    "before",
                    "confirmed",
                    &*stage.patient.look(made).await?.status,
                )?;
                let path = format!("bookings/{}", made.booking_id);
                let known = stage.operator_sees(&path).await?;
                let appointment = known.pointer("/pmsAppointmentIds/0");
                let appointment = appointment.and_then(|id| id.as_str()).unwrap_or_default();
                stage.pms.strike(appointment)?;
                stage.pms.turn().await?;
                let status = stage.patient.look(made).await?.status;
                equal("its status for the patient", "cancelled", &*status)?;
                teller.saw(format!(
                    "booking {} is cancelled for its patient",
                    made.booking_id
                ));
                offered_again(stage, teller, slot).await
            },
        )
        .await
}

async fn offered_again(stage: &Stage, teller: &mut Teller, slot: &Slot) -> Outcome<()> {
    until("the time is offered again", 5, async || {
        Ok(stage.offers(slot).await?.then_some(()))
    })
    .await?;
    teller.saw(format!("{} is offered again", shown(stage.time_of(slot))));
    Ok(())
}
