//! Chapter three: the PMS rejects a booking for a time that it has given away itself. The patient
//! is offered others, and the hub asks for the day again.

use super::DOCTOR;
use crate::demo::check::{Outcome, Teller, equal, holds, unmet, until};
use crate::demo::patient::{BEN, Slot, alternatives};
use crate::demo::pms::Duty;
use crate::demo::stage::Stage;
use crate::demo::wall::shown;
use crate::failure::Failure;
use slotbridge_client::wire::requests::{AvailabilityRequest, RequestName};

pub(super) async fn play(stage: &Stage, teller: &mut Teller, slot: &Slot) -> Result<(), Failure> {
    stage.pms.neglect(Duty::Availability);
    teller
        .step("A second booking is rejected by the PMS", async |teller| {
            reject(stage, teller, slot).await
        })
        .await?;
    teller
        .step(
            "The hub asks for the day again, and gets it",
            async |teller| ask_again(stage, teller, slot).await,
        )
        .await
}

async fn reject(stage: &Stage, teller: &mut Teller, slot: &Slot) -> Outcome<()> {
    let time = stage.time_of(slot);
    let given = stage.pms.walk_in(DOCTOR, time, 1800);
    equal("the time was free in the PMS's book", true, given)?;
    equal(
        "offered by the hub, which does not know yet",
        true,
        stage.offers(slot).await?,
    )?;
    let made = stage.patient.book(slot, &BEN, None).await?;
    teller.saw(format!(
        "{} went to somebody at the desk; the hub still offered it: booking {}",
        shown(time),
        made.booking_id
    ));
    stage.wait_for_status(&made, "rejected", 15).await?;
    let seen = stage.wall.now();
    holds(
        "when it is rejected",
        seen < made.decided_by,
        made.decided_by,
        seen,
    )?;
    let others = stage.patient.look(&made).await?.alternatives;
    usable(stage, "alternatives after the rejection", &others, slot).await?;
    let nearest = others.first().map(|other| shown(stage.time_of(other)));
    teller.saw(format!(
        "rejected for the patient, who is offered {} other times, the first at {}",
        others.len(),
        nearest.unwrap_or_default()
    ));
    equal(
        "offered after the rejection",
        false,
        stage.offers(slot).await?,
    )?;
    let again = stage
        .patient
        .try_to_book(stage.patient.form(slot, &BEN, None))
        .await?;
    equal(
        "the status for whoever tries to book it",
        409,
        again.status.as_u16(),
    )?;
    usable(
        stage,
        "alternatives in the 409",
        &alternatives(&again.body)?,
        slot,
    )
    .await?;
    teller.saw("whoever tries to book that time now gets 409 with other times");
    Ok(())
}

/// There are some, at most five, not the time itself, and each is offered.
async fn usable(stage: &Stage, what: &str, others: &[Slot], slot: &Slot) -> Outcome<()> {
    let right = (1..=5).contains(&others.len()) && !others.contains(slot);
    holds(what, right, "1 to 5 other times", format!("{others:?}"))?;
    for other in others {
        equal(
            "an alternative is offered",
            true,
            stage.offers(other).await?,
        )?;
    }
    Ok(())
}

async fn ask_again(stage: &Stage, teller: &mut Teller, slot: &Slot) -> Outcome<()> {
    let day = stage.time_of(slot).date();
    equal(
        "GET /requests",
        vec![RequestName::Availability],
        stage.outstanding().await?,
    )?;
    let asked = stage.observer.all_availability_snapshot_requests().await?;
    let wanted = AvailabilityRequest {
        day,
        pms_resource_id: Some(DOCTOR.to_owned()),
    };
    if asked != [wanted] {
        return unmet(
            "GET /requests/availability",
            format!("{day} of {DOCTOR}"),
            format!("{asked:?}"),
        );
    }
    teller.saw(format!(
        "GET /requests/availability lists {day} of resource {DOCTOR}"
    ));
    let before = stage.patient.slots(day, day).await?.len();
    stage.pms.resume(Duty::Availability);
    until("the request is answered", 10, async || {
        Ok(stage.outstanding().await?.is_empty().then_some(()))
    })
    .await?;
    equal("offered", false, stage.offers(slot).await?)?;
    let after = stage.patient.slots(day, day).await?.len();
    equal(
        "how many other times of that day are offered",
        before,
        after,
    )?;
    teller.saw(format!(
        "sent again: the request is gone, {after} other times of that day are offered, and this \
         one is not"
    ));
    Ok(())
}
