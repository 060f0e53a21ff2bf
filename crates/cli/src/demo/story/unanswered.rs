//! Chapter four: nobody answers. After 20 seconds the booking stands for the patient; the PMS
//! still finds it in its list, and confirms it late.

use super::confirmed::SECONDS;
use crate::demo::check::{Outcome, Teller, equal, holds, unmet, until};
use crate::demo::patient::{CARA, Made, Slot};
use crate::demo::stage::Stage;
use crate::demo::wall::shown;
use crate::failure::Failure;
use crate::system;
use serde_json::Value;
use slotbridge_client::wire::bookings::BookingStatus;
use std::time::Duration;

/// How much later than due the rule may be seen to have been applied, in seconds.
const SLACK: f64 = 2.0;

pub(super) async fn play(stage: &Stage, teller: &mut Teller, slot: &Slot) -> Result<Made, Failure> {
    let made = teller
        .step(
            "A third booking is left unanswered and stands after 20 seconds",
            async |teller| stand(stage, teller, slot).await,
        )
        .await?;
    teller
        .step(
            "The PMS finds it still in its list, and confirms it late",
            async |teller| {
                still_listed(stage, teller, &made).await?;
                stage.pms.turn().await?;
                confirm_late(stage, teller, &made).await
            },
        )
        .await?;
    Ok(made)
}

async fn stand(stage: &Stage, teller: &mut Teller, slot: &Slot) -> Outcome<Made> {
    let made = stage.patient.book(slot, &CARA, None).await?;
    let mut progress = teller.progress();
    let stood = loop {
        let asked = stage.wall.now();
        let status = stage.patient.look(&made).await?.status;
        let answered = stage.wall.now();
        match &*status {
            "confirmed" => break answered,
            "requested" => {}
            other => return unmet("its status", "requested or confirmed", other),
        }
        let over = asked.duration_since(made.decided_by).as_secs_f64();
        holds(
            "its status after the 20 seconds",
            over < SLACK,
            "confirmed",
            "still requested",
        )?;
        let left = made.decided_by.duration_since(answered).as_secs();
        progress.show(
            "waiting for the 20-second rule",
            SECONDS - left - 1,
            SECONDS,
        );
        system::pause(Duration::from_millis(50)).await;
    };
    drop(progress);
    let after = stood.duration_since(made.decided_by).as_secs_f64();
    holds(
        "when it was first seen confirmed",
        (0.0..SLACK).contains(&after),
        format!("{SECONDS} to {} s after the booking", SECONDS + 2),
        format!("{:.3} s", SECONDS as f64 + after),
    )?;
    until("the audit trail tells of it", 5, async || {
        Ok((stage.stood(&made).await? > 0).then_some(()))
    })
    .await?;
    equal(
        "how often the rule was applied",
        1,
        stage.stood(&made).await?,
    )?;
    teller.saw(format!(
        "booking {} of {} was requested until {:.2} s after it was made, and is confirmed since",
        made.booking_id,
        shown(stage.time_of(slot)),
        SECONDS as f64 + after
    ));
    Ok(made)
}

impl Stage {
    /// How often the audit trail says that a booking stands by the 20-second rule.
    async fn stood(&self, made: &Made) -> Outcome<usize> {
        let id = self.account.practice_id;
        let call = crate::http::Call::get(format!("practices/{id}/audit"))
            .with("bookingId", Some(made.booking_id));
        let trail = self.admin.call(call).await?;
        let entries = trail.body.get("data").and_then(Value::as_array);
        let stands = |entry: &&Value| entry.get("action").and_then(Value::as_str) == Some("stand");
        Ok(entries.map_or(0, |entries| entries.iter().filter(stands).count()))
    }

    /// Whether staff are told that a booking is not in the PMS.
    async fn not_in_pms(&self, made: &Made) -> Outcome<bool> {
        Ok(self.attention().await?.iter().any(|item| {
            item.get("kind").and_then(Value::as_str) == Some("notInPms")
                && item.get("bookingId").and_then(Value::as_i64) == Some(made.booking_id)
        }))
    }
}

async fn still_listed(stage: &Stage, teller: &mut Teller, made: &Made) -> Outcome<()> {
    let Some(listed) = stage.listed(made).await? else {
        return unmet("GET /requests/bookings", "the booking", "it is not there");
    };
    equal(
        "bookingStatus in the list",
        BookingStatus::Requested,
        listed.booking_status,
    )?;
    equal(
        "staff are told that it is not in the PMS",
        true,
        stage.not_in_pms(made).await?,
    )?;
    teller.saw("GET /requests/bookings lists it, still as Requested; staff see: not in your PMS");
    Ok(())
}

async fn confirm_late(stage: &Stage, teller: &mut Teller, made: &Made) -> Outcome<()> {
    until("it leaves the list", 10, async || {
        Ok(stage.listed(made).await?.is_none().then_some(()))
    })
    .await?;
    equal(
        "its status for the patient",
        "confirmed",
        &*stage.patient.look(made).await?.status,
    )?;
    equal(
        "staff are told that it is not in the PMS",
        false,
        stage.not_in_pms(made).await?,
    )?;
    teller.saw("confirmed late: it has left the list, and nothing changes for the patient");
    Ok(())
}
