//! Chapter three: the PMS rejects a booking for a time that it has given away itself. The patient
//! is offered others, and the hub is sent the day again.

use crate::demo::check::{Outcome, Teller, equal, holds};
use crate::demo::patient::{BEN, Slot, alternatives};
use crate::demo::pms::starts;
use crate::demo::stage::Stage;
use crate::demo::wall::shown;
use crate::failure::Failure;

pub(super) async fn play(stage: &Stage, teller: &mut Teller, slot: &Slot) -> Result<(), Failure> {
    teller
        .step("A second booking is rejected by the PMS", async |teller| {
            reject(stage, teller, slot).await
        })
        .await?;
    teller
        .step(
            "The PMS sends the day again, without that time",
            async |teller| sent_again(stage, teller, slot).await,
        )
        .await
}

async fn reject(stage: &Stage, teller: &mut Teller, slot: &Slot) -> Outcome<()> {
    let time = stage.time_of(slot);
    stage.pms.walk_in(time)?;
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
    stage.pms.poll().await?;
    stage.wait_for_status(&made, "rejected", 5).await?;
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

async fn sent_again(stage: &Stage, teller: &mut Teller, slot: &Slot) -> Outcome<()> {
    stage.pms.turn().await?;
    equal("GET /requests", Vec::new(), stage.outstanding().await?)?;
    equal("offered", false, stage.offers(slot).await?)?;
    let day = stage.time_of(slot).date();
    let others = starts(day).count() - 1;
    let of_doctor = |other: &&Slot| {
        other.practitioner_id == slot.practitioner_id
            && other.appointment_type_id == slot.appointment_type_id
    };
    let slots = stage.patient.slots(day, day).await?;
    equal(
        "how many other times of that day are offered",
        others,
        slots.iter().filter(of_doctor).count(),
    )?;
    teller.saw(format!(
        "the hub's wish for {day} is fulfilled: {others} other times of that day are offered, and \
         this one is not"
    ));
    Ok(())
}
