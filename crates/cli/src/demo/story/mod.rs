//! The story: the main job from end to end. Every step is checked against what the hub answers to
//! somebody who asks - a patient, an operator, an observer of the PMS API - and never against what
//! the PMS remembers. A file per chapter.

mod cancelled;
mod confirmed;
mod published;
mod rejected;
mod unanswered;

use super::check::{Outcome, Teller, equal, until};
use super::patient::{Made, Slot};
use super::stage::Stage;
use crate::failure::Failure;
use crate::http::Call;
use crate::out::{faint, good, say};
use jiff::civil::DateTime;
use serde_json::Value;
use slotbridge_client::wire::bookings::Booking;
use slotbridge_client::wire::requests::RequestName;

/// The times that the story is about; on three different days.
struct Times {
    first: Slot,
    second: Slot,
    third: Slot,
}

/// Plays the story. It ends with the first expectation that is not met.
pub(super) async fn play(stage: &Stage) -> Result<(), Failure> {
    let started = stage.wall.now();
    say!(
        "The hub is at {}, its store in {}.",
        stage.url,
        stage.folder.display()
    );
    let mut teller = Teller::new(stage.wall.clone());
    let times = published::play(stage, &mut teller).await?;
    rest(stage, &mut teller, &times).await?;
    let took = stage.wall.seconds_since(started);
    say!(
        "{} {}",
        good("All of it held."),
        faint(&format!("{took:.1} s"))
    );
    Ok(())
}

/// What happens once everything is published. The agent does what it does every few seconds when
/// its turn has come.
async fn rest(stage: &Stage, teller: &mut Teller, times: &Times) -> Result<(), Failure> {
    let anna = confirmed::play(stage, teller, &times.first).await?;
    rejected::play(stage, teller, &times.second).await?;
    let cara = unanswered::play(stage, teller, &times.third).await?;
    cancelled::by_the_patient(stage, teller, &times.first, &anna).await?;
    cancelled::by_the_pms(stage, teller, &times.third, &cara).await?;
    teller
        .step("Nothing is left to do for anybody", async |teller| {
            equal("GET /requests", Vec::new(), stage.outstanding().await?)?;
            equal("what needs attention", 0, stage.attention().await?.len())?;
            teller.saw("GET /requests answers []; nothing needs the staff's attention");
            Ok(())
        })
        .await
}

/// What people ask the hub.
impl Stage {
    /// What is outstanding.
    async fn outstanding(&self) -> Outcome<Vec<RequestName>> {
        Ok(self.observer.poll_requests().await?)
    }

    /// A booking in the list of those to insert.
    async fn listed(&self, made: &Made) -> Outcome<Option<Booking>> {
        let listed = self.observer.all_booking_requests().await?;
        Ok(listed
            .into_iter()
            .find(|booking| booking.booking_id == made.booking_id))
    }

    /// Whether a time is offered.
    async fn offers(&self, slot: &Slot) -> Outcome<bool> {
        let day = self.time_of(slot).date();
        Ok(self.patient.slots(day, day).await?.contains(slot))
    }

    /// When a slot begins on the practice's wall clock.
    fn time_of(&self, slot: &Slot) -> DateTime {
        self.wall.shows(slot.start)
    }

    /// An entry as the operator sees it, under the practice's path.
    async fn operator_sees(&self, path: &str) -> Outcome<Value> {
        let call = Call::get(format!("practices/{}/{path}", self.account.practice_id));
        Ok(super::setup::expect(self.admin.call(call).await?, 200)?.body)
    }

    /// What needs the staff's attention.
    async fn attention(&self) -> Outcome<Vec<Value>> {
        let seen = self.operator_sees("attention").await?;
        let items = seen.get("data").and_then(Value::as_array);
        Ok(items.cloned().unwrap_or_default())
    }

    /// Waits until a booking has a status.
    async fn wait_for_status(&self, made: &Made, status: &str, seconds: u64) -> Outcome<()> {
        let what = format!("booking {} is {status} for its patient", made.booking_id);
        until(&what, seconds, async || {
            let seen = self.patient.look(made).await?;
            Ok((seen.status == status).then_some(()))
        })
        .await
    }
}
