//! Loading a booking as it is now, and writing what an event made of it with all that follows.

use crate::{Actor, Context, Error, Result, health, notices, raise, waitlist, zone};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use slotbridge_domain::booking::{Change, Effect, Status};
use slotbridge_domain::ids::BookingId;
use slotbridge_domain::outcome::{Canceller, Outcome};
use slotbridge_domain::request::RequestType;
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::due::{self, DueKind};
use slotbridge_store::practices::Practice;
use slotbridge_store::requests::{self, Target};
use slotbridge_store::slot_blocks::{self, SlotBlock};
use slotbridge_store::{Tx, alerts};

/// The booking as it stands now: if its 20 seconds are over and the timer has not run yet, the
/// rule is applied here, in the same transaction (BOOK-3).
pub(crate) fn load(tx: &mut Tx<'_>, id: BookingId) -> Result<Booking> {
    let mut booking = bookings::get(tx, id)?.ok_or(Error::NotFound("booking"))?;
    if stand(tx, &mut booking)? {
        due::cancel(tx, DueKind::BookingStands, &id.to_string())?;
    }
    Ok(booking)
}

/// Applies the 20-second rule, if it has something to decide.
pub(crate) fn stand(tx: &mut Tx<'_>, booking: &mut Booking) -> Result<bool> {
    let stands = decide(tx, booking)?;
    if stands {
        notices::tell(tx, booking, Canceller::Practice)?;
    }
    Ok(stands)
}

/// The same at a practice that the transaction has read.
pub(crate) fn stand_at(tx: &mut Tx<'_>, practice: &Practice, booking: &mut Booking) -> Result<()> {
    if decide(tx, booking)? {
        notices::tell_by(tx, practice, booking)?;
    }
    Ok(())
}

/// Writes that the booking stands, if it does from now on. Its patient is still to be told.
fn decide(tx: &mut Tx<'_>, booking: &mut Booking) -> Result<bool> {
    let Some(life) = booking.life.stand(tx.now()) else {
        return Ok(false);
    };
    booking.life = life;
    bookings::set_life(tx, booking.booking_id, &life)?;
    let detail = json!({"status": life.status.as_str()});
    tx.count(Outcome::Stood);
    Context::hub().record(tx, "stand", Some(booking.booking_id), &detail, None)?;
    Ok(true)
}

/// What an event did: for the audit trail, and who caused it.
pub(crate) struct Event<'a> {
    pub(crate) context: &'a Context,
    /// The action's name, that of the API's operation.
    pub(crate) action: &'static str,
    /// Free text of the caller's, to be kept sealed.
    pub(crate) note: Option<&'a str>,
    /// Whether something beside the life has changed.
    pub(crate) more: bool,
}

/// Writes a change of a booking, what follows from it, and the audit entry. An event that changes
/// nothing writes nothing.
pub(crate) fn apply(
    tx: &mut Tx<'_>,
    zone: &TimeZone,
    booking: &mut Booking,
    change: &Change,
    event: &Event<'_>,
) -> Result<()> {
    let before = booking.life;
    let mut changed = event.more || change.life != before;
    if change.life != before {
        bookings::set_life(tx, booking.booking_id, &change.life)?;
    }
    booking.life = change.life;
    let by = match event.context.actor {
        Actor::Pms(_) => Canceller::Pms,
        Actor::Patient => Canceller::Patient,
        Actor::Operator(_) | Actor::Staff(_) | Actor::Hub => Canceller::Practice,
    };
    if let Some(outcome) = Outcome::of(&before, &change.life, by) {
        tx.count(outcome);
    }
    if before.status == Status::Requested && change.life.status != Status::Requested {
        due::cancel(tx, DueKind::BookingStands, &booking.booking_id.to_string())?;
    }
    if before.occupies && !change.life.occupies {
        waitlist::may_be_free(tx)?;
    }
    if matches!(change.life.status, Status::Cancelled | Status::Rejected) {
        waitlist::end(tx, booking.booking_id)?;
    }
    if before.status != change.life.status {
        notices::tell(tx, booking, by)?;
    }
    for effect in &change.effects {
        changed |= follow(tx, zone, booking, *effect)?;
    }
    if !changed {
        return Ok(());
    }
    let mut detail = json!({"status": change.life.status.as_str()});
    if let (Value::Object(detail), Some(mark)) = (&mut detail, change.life.attendance) {
        detail.insert("attendance".into(), mark.as_str().into());
    }
    event.context.record(
        tx,
        event.action,
        Some(booking.booking_id),
        &detail,
        event.note,
    )
}

/// Writes one thing that follows; says whether it is news by itself.
fn follow(tx: &mut Tx<'_>, zone: &TimeZone, booking: &Booking, effect: Effect) -> Result<bool> {
    let id = booking.booking_id;
    let target = Target::Booking(id);
    match effect {
        Effect::ResolveInsert => {
            requests::resolve(
                tx,
                RequestType::Bookings,
                &target,
                booking.life.pms_answer.as_str(),
            )?;
            health::ease(tx)?;
        }
        Effect::RaiseUpdate => {
            return Ok(raise::request(tx, RequestType::BookingUpdates, &target)?.1);
        }
        Effect::ResolveUpdates => {
            requests::resolve(tx, RequestType::BookingUpdates, &target, "closed")?;
            health::ease(tx)?;
        }
        Effect::ResolveChanges => {
            requests::resolve(tx, RequestType::PmsAppointmentChanges, &target, "closed")?;
        }
        Effect::BlockSlot => {
            let block = SlotBlock {
                pms_resource_id: booking.pms_resource_id.clone(),
                start: booking.start,
                end: booking.end,
            };
            slot_blocks::insert(tx, id, &zone::day(zone, booking.start).to_string(), &block)?;
        }
        Effect::RaiseAvailability => {
            let day = zone::day(zone, booking.start);
            raise::availability(tx, zone, day, Some(&booking.pms_resource_id))?;
        }
        Effect::Raise(alert) => alerts::raise(tx, id, alert)?,
        Effect::Clear(alert) => alerts::clear(tx, id, alert)?,
    }
    Ok(false)
}
