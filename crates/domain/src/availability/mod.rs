//! Which times of a resource's day can be booked (AVAIL-1 to AVAIL-5).
//!
//! One function, [`assess`], decides for search, for booking and for "why is this time not
//! bookable?"; [`offered`] is the list of the starts for which it finds nothing against.

mod plan;
mod snapshot;
mod spans;
#[cfg(test)]
mod tests;
mod wall;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use plan::Plan;
pub use snapshot::{decode, encode};

/// One range of a snapshot, on the wall clock of the practice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// Start in seconds since midnight, 0..86400.
    pub start: u32,
    /// End in seconds since midnight, up to 86400 (`24:00`); after `start`.
    pub end: u32,
    /// Slot length in seconds as the PMS sent it; below 60 the type's length counts (AVAIL-2).
    pub slot_length: i64,
    /// The PMS appointment types that the range admits; empty: all types of the resource.
    pub pms_appointment_type_ids: Vec<String>,
}

/// Something that takes time on a resource, whatever the snapshot says (AVAIL-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy {
    /// First instant taken.
    pub start: Timestamp,
    /// First instant free again.
    pub end: Timestamp,
    /// What takes it.
    pub by: BusyBy,
}

/// What takes a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusyBy {
    /// A Requested or Confirmed booking.
    Booking,
    /// A booking that was cancelled here and that the PMS still has.
    CancelledBooking,
    /// A hold that has not expired.
    Hold,
    /// A time at which the PMS rejected a booking; until the next snapshot of the day (BOOK-5).
    Rejection,
}

/// A resource's day and one appointment type: what [`offered`] and [`assess`] look at.
#[derive(Clone, Debug)]
pub struct Day<'a> {
    /// The day at the practice.
    pub date: Date,
    /// The practice's zone.
    pub zone: &'a TimeZone,
    /// The ranges of the latest snapshot.
    pub ranges: &'a [Range],
    /// The PMS appointment type that is asked for.
    pub pms_appointment_type_id: &'a str,
    /// Length of the type in seconds, the one set here before the PMS's; `None` if it has none.
    pub type_length: Option<i64>,
    /// The practice's default length in seconds.
    pub default_length: i64,
    /// What takes time on the resource.
    pub busy: &'a [Busy],
    /// The present.
    pub now: Timestamp,
    /// The practice's minimum notice in seconds.
    pub minimum_notice: i64,
}

/// A time that can be booked: from `start` (inclusive) to `end` (exclusive).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// The first instant.
    pub start: Timestamp,
    /// The end: start plus elapsed time.
    pub end: Timestamp,
}

/// A reason why a time is not bookable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No range of the latest snapshot admits the type on that day.
    NoAvailability,
    /// The time is not on the grid of any range that admits the type.
    NotASlotStart,
    /// The ranges that admit the type do not cover the whole length.
    NotCovered,
    /// The start lies in the past.
    InThePast,
    /// The start is nearer than the practice's minimum notice.
    TooSoon,
    /// The time overlaps something.
    Busy(BusyBy),
}

/// What [`assess`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// The slot that starts there, if the start is on a grid.
    pub slot: Option<Slot>,
    /// Everything that speaks against it, each reason once; empty: it can be booked.
    pub reasons: Vec<Reason>,
}

/// The slots of the day that can be booked, by start, each start once.
#[must_use]
pub fn offered(day: &Day<'_>) -> Vec<Slot> {
    let plan = Plan::new(day);
    let free = |slot: &Slot| plan.against(slot.start, Some(*slot)).is_empty();
    plan.slots().iter().copied().filter(free).collect()
}

/// Whether a booking can start at `start`, and if not, every reason.
#[must_use]
pub fn assess(day: &Day<'_>, start: Timestamp) -> Assessment {
    let plan = Plan::new(day);
    let slot = plan.slot_at(start);
    Assessment {
        slot,
        reasons: plan.against(start, slot),
    }
}
