//! Erasing a patient or a practice, for good.

use crate::admin::bookings::{PersonSearch, found};
use crate::admin::practice;
use crate::auth::Operator;
use crate::erase::Known;
use crate::staff::accounts;
use crate::{Context, Error, Result, erase};
use serde_json::json;
use slotbridge_domain::ids::{BookingId, PracticeId};
use slotbridge_domain::staff::Right;
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::{Tx, consents, practices};

/// Who is erased.
#[derive(Clone, Debug)]
pub enum Whose {
    /// The patient of one booking: of that one alone.
    Booking(BookingId),
    /// A patient, of all bookings by which they are found.
    Person(PersonSearch),
}

/// Erases a patient: the person of their bookings is destroyed, and who was searched for is taken out
/// of the client snapshots. Again: there is nothing left to. Says of how many bookings.
///
/// # Errors
/// No such practice or booking; an appointment is still to come.
pub fn patient(
    tx: &mut Tx<'_>,
    operator: &Operator,
    context: &Context,
    id: PracticeId,
    whose: &Whose,
) -> Result<u64> {
    practice(tx, operator, Right::Settings, id)?;
    let mut count = 0;
    match whose {
        Whose::Booking(id) => {
            let booking = bookings::get(tx, *id)?.ok_or(Error::NotFound("booking"))?;
            if booking.data_key.is_some() {
                erase_one(tx, context, &booking)?;
                count += 1;
            }
        }
        // What is erased is not found again.
        Whose::Person(search) => {
            let mut known = match search {
                PersonSearch::Phone(phone) => Known::by_phone(phone),
                PersonSearch::Name(..) => Known::default(),
            };
            loop {
                let some = found(tx, search)?;
                if some.is_empty() {
                    break;
                }
                for booking in &some {
                    known.add(tx, booking)?;
                    erase_one(tx, context, booking)?;
                    count += 1;
                }
            }
            let snapshots = erase::elsewhere(tx, known)?;
            if snapshots > 0 {
                let detail = json!({"clientSnapshots": snapshots});
                context.record(tx, "erase", None, &detail, None)?;
            }
        }
    }
    Ok(count)
}

fn erase_one(tx: &mut Tx<'_>, context: &Context, booking: &Booking) -> Result<()> {
    if booking.life.occupies && booking.end > tx.now() {
        return Err(Error::Conflict(format!(
            "booking {} is still to come, or the PMS has not taken note of its cancellation: \
             cancel it, and erase when the PMS has confirmed that",
            booking.booking_id
        )));
    }
    erase::booking(tx, booking.booking_id)?;
    let id = Some(booking.booking_id);
    context.record(tx, "erase", id, &json!({}), None)
}

/// Erases a practice: its key is destroyed and with it all that it seals; consents end, and it takes
/// part no more. Its name, its times and the audit trail stay. Says of how many bookings.
///
/// # Errors
/// No such practice; the name is not its name; an appointment is still to come.
pub fn whole_practice(
    tx: &mut Tx<'_>,
    operator: &Operator,
    context: &Context,
    id: PracticeId,
    name: &str,
) -> Result<u64> {
    let practice = practice(tx, operator, Right::Settings, id)?;
    if practice.name != name {
        return Err(Error::field(
            "name",
            "is not the name of this practice: repeat it, since this cannot be undone",
        ));
    }
    let to_come = bookings::to_come(tx, tx.now())?;
    if to_come > 0 {
        return Err(Error::Conflict(format!(
            "{to_come} bookings are still to come, or the PMS has not taken note of their \
             cancellation: cancel them, and erase when the PMS has confirmed that"
        )));
    }
    let count = erase::practice(tx)?;
    if let Some(consent) = consents::live(tx)? {
        consents::revoke(tx, consent.consumer_id)?;
    }
    accounts::end_all(tx)?;
    practices::destroy_key(tx)?;
    context.record(tx, "erasePractice", None, &json!({"bookings": count}), None)?;
    Ok(count)
}
