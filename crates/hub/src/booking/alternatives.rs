//! Other times, for a patient whose time is gone: the nearest of the same practitioner and type,
//! then of others.

use crate::booking::slots::{self, BookableSlot, SlotSearch};
use crate::picture::distance;
use crate::{Result, zone};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use slotbridge_domain::ids::{AppointmentTypeId, PracticeId, PractitionerId};
use slotbridge_store::Tx;

/// How many are offered.
const MOST: usize = 5;
/// How many days are looked at, beginning with the wanted one.
const DAYS: i64 = 14;

/// Up to five other times.
///
/// # Errors
/// The store's; no such practice.
pub fn find(
    tx: &mut Tx<'_>,
    practice: PracticeId,
    zone: &TimeZone,
    practitioner: PractitionerId,
    kind: AppointmentTypeId,
    start: Timestamp,
) -> Result<Vec<BookableSlot>> {
    let from = zone::day(zone, start.max(tx.now()));
    let search = SlotSearch {
        from,
        to: zone::plus_days(from, DAYS - 1).unwrap_or(from),
        practitioner_id: None,
        appointment_type_id: Some(kind),
    };
    let (mut found, _) = slots::search(tx, practice, &search)?;
    found.sort_by_key(|slot| {
        (
            slot.practitioner_id != practitioner,
            distance(slot.start, start),
            slot.start,
        )
    });
    found.truncate(MOST);
    Ok(found)
}
