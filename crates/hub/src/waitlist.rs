//! Offering times that have come free to those who wait for an earlier one.
//!
//! Whatever can free a time brings the practice's row of due work forward ([`may_be_free`]): a
//! statement that finds nothing where nobody waits. The row looks at the practice's times once for
//! all who wait, in the order in which they came, and offers each the first that suits them: a hold
//! keeps it, a mail tells them, and taking it is rescheduling with that hold. The row then waits for
//! the next offer to end, so that a time which nobody took goes to the next in line.

use crate::notices::{call, when};
use crate::notify::{self, About};
use crate::outgoing::{Channel, Message};
use crate::person::person_of;
use crate::picture::{OfferedSlot, Own, Picture};
use crate::{Context, Result, Settings, auth, zone};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use slotbridge_domain::booking::Status;
use slotbridge_domain::ids::{BookingId, PractitionerId};
use slotbridge_domain::keys::KeyKind;
use slotbridge_domain::reminder::daytime;
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::due::{self, DueKind};
use slotbridge_store::holds::{self, Hold};
use slotbridge_store::practices::{self, Practice};
use slotbridge_store::waitlist::{self, Entry, Offer};
use slotbridge_store::{Tx, seal::DataKey};

/// After what frees a time, how long until somebody looks: what comes together is looked at once.
const PAUSE: SignedDuration = SignedDuration::from_secs(2);
/// The list is looked at again after so long, whatever happens.
const AT_LEAST: SignedDuration = SignedDuration::from_hours(24);
/// How many who wait are looked at, and how many are offered something, in a transaction.
const MOST_ENTRIES: i64 = 500;
const MOST_OFFERS: usize = 20;
/// How many days are looked at.
const MOST_DAYS: i64 = 92;

/// A time may have come free: whoever waits for one is offered it soon.
pub(crate) fn may_be_free(tx: &mut Tx<'_>) -> Result<()> {
    let at = tx.now().saturating_add(PAUSE).unwrap_or(Timestamp::MAX);
    Ok(waitlist::look_by(tx, at)?)
}

/// A booking does not stand any more: its patient waits for nothing.
pub(crate) fn end(tx: &mut Tx<'_>, booking: BookingId) -> Result<()> {
    if waitlist::remove(tx, booking)? {
        may_be_free(tx)?;
    }
    Ok(())
}

/// The id of the hold behind an offer: the booking's data key gives it, and it is kept nowhere.
pub(crate) fn hold_id(key: &DataKey, practitioner: PractitionerId, start: Timestamp) -> String {
    let start = start.as_microsecond();
    KeyKind::Hold.write(key.derive(&format!("offer of {practitioner} at {start}")))
}

/// Who waits, with the booking that they have.
struct Waiting {
    entry: Entry,
    booking: Booking,
}

/// Offers what has come free, and plans the next look.
pub(crate) fn run(tx: &mut Tx<'_>, settings: &Settings) -> Result<()> {
    let (id, now) = (tx.practice()?, tx.now());
    let Some(practice) = practices::get(tx, id)? else {
        return Ok(());
    };
    let zone = zone::of(&practice)?;
    let line = line(tx)?;
    if line.is_empty() {
        return Ok(());
    }
    let mut next = now.saturating_add(AT_LEAST).unwrap_or(Timestamp::MAX);
    next = line
        .iter()
        .map(|one| one.booking.start)
        .fold(next, Timestamp::min);
    match daytime(&zone, now) {
        Some(at) if at > now => next = next.min(at),
        _ => {
            let more = offer_all(tx, &practice, &zone, &line, settings.offer_seconds)?;
            if more {
                next = next.min(now.saturating_add(PAUSE).unwrap_or(Timestamp::MAX));
            }
        }
    }
    let ends = waitlist::offers(tx)?
        .into_iter()
        .map(|offer| offer.expires_at);
    next = ends.filter(|at| *at > now).fold(next, Timestamp::min);
    Ok(due::set(tx, DueKind::Waitlist, "", next)?)
}

/// Who waits, in line. Whose booking does not stand any more, or has begun, is taken off the list.
fn line(tx: &mut Tx<'_>) -> Result<Vec<Waiting>> {
    let now = tx.now();
    let mut line = Vec::new();
    for entry in waitlist::list(tx, MOST_ENTRIES)? {
        let booking = bookings::get(tx, entry.booking_id)?;
        let waits = booking.filter(|booking| {
            let stands = matches!(
                booking.life.at(now).status,
                Status::Requested | Status::Confirmed
            );
            stands && booking.start > now && booking.data_key.is_some()
        });
        match waits {
            Some(booking) => line.push(Waiting { entry, booking }),
            None => {
                waitlist::remove(tx, entry.booking_id)?;
            }
        }
    }
    Ok(line)
}

/// Offers each who has no offer the first time that suits them. Says whether there may be more.
fn offer_all(
    tx: &mut Tx<'_>,
    practice: &Practice,
    zone: &TimeZone,
    line: &[Waiting],
    seconds: i64,
) -> Result<bool> {
    let now = tx.now();
    let known = waitlist::offers(tx)?;
    let has_offer = |booking: BookingId| {
        let mut own = known.iter().filter(|offer| offer.booking_id == booking);
        own.any(|offer| offer.expires_at > now)
    };
    let waiting: Vec<&Waiting> = line
        .iter()
        .filter(|one| !has_offer(one.booking.booking_id))
        .collect();
    let Some(latest) = waiting.iter().map(|one| one.entry.latest).max() else {
        return Ok(false);
    };
    let expires_at = now
        .saturating_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX);
    let (first, last) = days(zone, now, latest);
    let picture = Picture::load(tx, practice, zone, first, last, Own::default())?;
    let dates = first
        .series(jiff::Span::new().days(1))
        .take_while(|day| *day <= last);
    let mut slots = picture.slots(now, &dates, |offer| {
        waiting.iter().any(|one| {
            one.booking.appointment_type_id == offer.appointment_type_id
                && with(&one.entry, offer.practitioner_id)
        })
    });
    // The offer ends before its time begins.
    slots.retain(|slot| slot.slot.start > expires_at);
    let mut made = 0;
    for one in waiting {
        let mine = || {
            known
                .iter()
                .filter(|offer| offer.booking_id == one.booking.booking_id)
        };
        let fits = |slot: &&OfferedSlot<'_>| {
            let (offer, start) = (slot.offer, slot.slot.start);
            offer.appointment_type_id == one.booking.appointment_type_id
                && with(&one.entry, offer.practitioner_id)
                && start >= one.entry.earliest
                && start <= one.entry.latest
                && start < one.booking.start
                && !mine()
                    .any(|old| old.start == start && old.practitioner_id == offer.practitioner_id)
        };
        let Some(slot) = slots.iter().find(fits).cloned() else {
            continue;
        };
        if made == MOST_OFFERS {
            return Ok(true);
        }
        made += 1;
        offer(tx, practice, zone, &one.booking, &slot, expires_at)?;
        slots.retain(|other| {
            other.offer.pms_resource_id != slot.offer.pms_resource_id
                || other.slot.end <= slot.slot.start
                || other.slot.start >= slot.slot.end
        });
    }
    Ok(false)
}

/// Whether they would go to this practitioner.
fn with(entry: &Entry, practitioner: PractitionerId) -> bool {
    entry
        .practitioner_id
        .is_none_or(|wanted| wanted == practitioner)
}

/// The days from now until the latest start that suits anybody.
fn days(zone: &TimeZone, now: Timestamp, latest: Timestamp) -> (Date, Date) {
    let first = zone::day(zone, now);
    let furthest = zone::plus_days(first, MOST_DAYS - 1).unwrap_or(first);
    (first, zone::day(zone, latest).clamp(first, furthest))
}

/// Holds a time for a patient and tells them.
fn offer(
    tx: &mut Tx<'_>,
    practice: &Practice,
    zone: &TimeZone,
    booking: &Booking,
    slot: &OfferedSlot<'_>,
    expires_at: Timestamp,
) -> Result<()> {
    let id = booking.booking_id;
    let Some(wrapped) = &booking.data_key else {
        return Ok(());
    };
    let key = tx.practice_key()?.unwrap(id, wrapped)?;
    let (practitioner_id, start, end) =
        (slot.offer.practitioner_id, slot.slot.start, slot.slot.end);
    let hold_hash = auth::hash(hold_id(&key, practitioner_id, start)).to_vec();
    holds::insert(
        tx,
        &Hold {
            hold_hash: hold_hash.clone(),
            practitioner_id,
            appointment_type_id: booking.appointment_type_id,
            pms_resource_id: slot.offer.pms_resource_id.clone(),
            start,
            end,
            expires_at,
        },
    )?;
    let sweep = expires_at.as_microsecond().to_string();
    due::set(tx, DueKind::HoldExpires, &sweep, expires_at)?;
    waitlist::offer(
        tx,
        &Offer {
            booking_id: id,
            practitioner_id,
            start,
            end,
            expires_at,
            hold_hash,
        },
    )?;
    Context::hub().record(tx, "offerEarlierTime", Some(id), &json!({}), None)?;
    let Some(person) = person_of(tx, booking)? else {
        return Ok(());
    };
    let about = About {
        kind: "earlierTime",
        subject: format!("{id} {} {practitioner_id}", start.as_microsecond()),
        booking_id: Some(id),
        links: vec![id],
    };
    let message = Message {
        channel: Channel::Mail,
        to: person.email,
        subject: format!("An earlier time at {}", practice.name),
        text: format!(
            "An earlier time has come free at {}:\n\n{}\n\nIt is kept for you until {}. To take it, \
             open your booking online. If you do nothing, your appointment on {} stays as it is. If \
             you have questions, please {}.\n",
            practice.name,
            when(zone, start),
            when(zone, expires_at),
            when(zone, booking.start),
            call(practice),
        ),
    };
    notify::queue_until(tx, &about, &message, expires_at)
}
