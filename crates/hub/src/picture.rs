//! What can be booked at a practice: who offers what, the ranges of the days, and what takes time.
//!
//! Search, holds, bookings, alternatives and "why is this time not bookable?" all look at this
//! one picture and let `domain::availability` decide.

mod ranges;
mod terms;
mod times;

pub use slotbridge_store::offers::Offer;
pub(crate) use terms::Terms;
pub(crate) use times::Times;

use crate::booking::active;
use crate::{Result, zone};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use slotbridge_domain::availability::{
    Assessment, BusyBy, Day, Range, Reason, Slot, assess, offered,
};
use slotbridge_domain::ids::{AppointmentTypeId, BookingId, PracticeId, PractitionerId};
use slotbridge_store::Tx;
use slotbridge_store::practices::{self, Practice};
use std::sync::Arc;
use terms::AskedTerms;
use times::{AskedTimes, Days};

/// The picture of some days.
pub struct Picture {
    terms: Arc<Terms>,
    times: Arc<Times>,
}

/// What takes no time in a picture: what whoever looks at it has already.
#[derive(Clone, Copy, Debug, Default)]
pub struct Own<'o> {
    /// Their hold.
    pub hold: Option<&'o [u8; 32]>,
    /// Their booking, which goes for another.
    pub booking: Option<BookingId>,
}

/// A time of an offer.
#[derive(Clone, Debug)]
pub struct OfferedSlot<'p> {
    /// The offer.
    pub offer: &'p Offer,
    /// The time.
    pub slot: Slot,
}

impl Picture {
    /// Of what is known already.
    pub(crate) const fn of(terms: Arc<Terms>, times: Arc<Times>) -> Self {
        Self { terms, times }
    }

    /// Reads the days from `first` to `last`, both included. What is `own` takes no time.
    ///
    /// # Errors
    /// The store's.
    pub fn load(
        tx: &mut Tx<'_>,
        practice: &Practice,
        zone: &TimeZone,
        first: Date,
        last: Date,
        own: Own<'_>,
    ) -> Result<Self> {
        let (days, terms) = (Days { first, last }, AskedTerms::ask(tx)?);
        let times = AskedTimes::ask(tx, days, days.at(zone))?;
        let terms = terms.draw(tx, practice, zone.clone())?;
        let times = times.draw(tx, zone, own)?;
        Ok(Self::of(Arc::new(terms), Arc::new(times)))
    }

    /// The same of a practice that is still to be read, in one flight with it.
    ///
    /// # Errors
    /// The store's; no such practice.
    pub(crate) fn of_active(
        tx: &mut Tx<'_>,
        practice: PracticeId,
        first: Date,
        last: Date,
    ) -> Result<Self> {
        let days = Days { first, last };
        let (practice, terms) = (practices::ask(tx, practice)?, AskedTerms::ask(tx)?);
        let times = AskedTimes::ask(tx, days, days.anywhere())?;
        let (practice, zone) = active(practice.first(tx)?)?;
        let terms = terms.draw(tx, &practice, zone.clone())?;
        let times = times.draw(tx, &zone, Own::default())?;
        Ok(Self::of(Arc::new(terms), Arc::new(times)))
    }

    /// On what terms its times can be booked.
    pub(crate) const fn terms(&self) -> &Arc<Terms> {
        &self.terms
    }

    /// Its times.
    pub(crate) const fn times(&self) -> &Arc<Times> {
        &self.times
    }

    /// The practice's zone.
    pub(crate) fn zone(&self) -> &TimeZone {
        self.terms.zone()
    }

    /// Looks at an offer on a day; `ranges` is memory to be used again.
    fn on_day<T>(
        &self,
        offer: &Offer,
        date: Date,
        now: Timestamp,
        ranges: &mut Vec<Range>,
        look: impl FnOnce(&Day<'_>) -> T,
    ) -> T {
        let resource = self.times.resource(&offer.pms_resource_id);
        ranges.clear();
        ranges.extend(
            resource
                .into_iter()
                .flat_map(|resource| self.times.ranges(resource, date)),
        );
        look(&Day {
            date,
            zone: &self.terms.zone,
            ranges,
            pms_appointment_type_id: &offer.pms_appointment_type_id,
            type_length: offer.length_minutes.map(|minutes| minutes * 60),
            default_length: self.terms.default_length,
            busy: resource.map_or(&[], |resource| &resource.busy),
            now,
            minimum_notice: self.terms.minimum_notice,
        })
    }

    /// The bookable times of the offers that `wanted` names, by start; each start of a
    /// practitioner and type once.
    pub fn slots(
        &self,
        now: Timestamp,
        dates: &(impl Iterator<Item = Date> + Clone),
        wanted: impl Fn(&Offer) -> bool,
    ) -> Vec<OfferedSlot<'_>> {
        if self.terms.closed.is_some() {
            return Vec::new();
        }
        let (mut slots, mut ranges) = (Vec::new(), Vec::new());
        for offer in self.terms.offers.iter().filter(|offer| wanted(offer)) {
            for date in dates.clone() {
                let found = self.on_day(offer, date, now, &mut ranges, offered);
                slots.extend(found.into_iter().map(|slot| OfferedSlot { offer, slot }));
            }
        }
        let key = |s: &OfferedSlot<'_>| {
            (
                s.slot.start,
                s.offer.practitioner_id,
                s.offer.appointment_type_id,
            )
        };
        slots.sort_by_key(|slot| (key(slot), slot.slot.end));
        slots.dedup_by_key(|slot| key(slot));
        slots
    }

    /// What speaks against a start, for each offer of that practitioner and type.
    pub fn assess(
        &self,
        now: Timestamp,
        practitioner: PractitionerId,
        kind: AppointmentTypeId,
        start: Timestamp,
    ) -> Vec<(&Offer, Assessment)> {
        let date = zone::day(self.zone(), start);
        let wanted = |offer: &&Offer| {
            offer.practitioner_id == practitioner && offer.appointment_type_id == kind
        };
        self.terms
            .offers
            .iter()
            .filter(wanted)
            .map(|offer| {
                let assess = |day: &Day<'_>| assess(day, start);
                (
                    offer,
                    self.on_day(offer, date, now, &mut Vec::new(), assess),
                )
            })
            .collect()
    }

    /// The slot with which a booking can start at `start`.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub fn book(
        &self,
        now: Timestamp,
        practitioner: PractitionerId,
        kind: AppointmentTypeId,
        start: Timestamp,
    ) -> Result<OfferedSlot<'_>, String> {
        let (bookable, against) = self.verdict(now, practitioner, kind, start);
        bookable.ok_or_else(|| against.join("; "))
    }

    /// The slot with which a booking can start at `start`, if any, and all that speaks against it.
    pub fn verdict(
        &self,
        now: Timestamp,
        practitioner: PractitionerId,
        kind: AppointmentTypeId,
        start: Timestamp,
    ) -> (Option<OfferedSlot<'_>>, Vec<&'static str>) {
        let mut against = Vec::from_iter(self.terms.closed);
        let assessments = self.assess(now, practitioner, kind, start);
        if assessments.is_empty() {
            against.push(NOT_OFFERED);
        }
        let mut bookable: Option<OfferedSlot<'_>> = None;
        for (offer, assessment) in assessments {
            match assessment.slot {
                Some(slot) if assessment.reasons.is_empty() && self.terms.closed.is_none() => {
                    // The one that the search shows: of several with that start the shortest.
                    if bookable
                        .as_ref()
                        .is_none_or(|best| slot.end < best.slot.end)
                    {
                        bookable = Some(OfferedSlot { offer, slot });
                    }
                }
                _ => against.extend(assessment.reasons.into_iter().map(explain)),
            }
        }
        if bookable.is_some() {
            return (bookable, Vec::new());
        }
        against.sort_unstable();
        against.dedup();
        (None, against)
    }
}

/// What is remembered takes, beside itself.
const REMEMBERED: usize = 128;

/// How many bytes so many of a size take in a place of their own.
const fn slice(count: usize, each: usize) -> usize {
    const PLACE: usize = 16;
    PLACE + count * each
}

const NOT_OFFERED: &str = "the practitioner does not offer this appointment type at the moment";

/// A reason in words that a patient may read.
#[must_use]
pub const fn explain(reason: Reason) -> &'static str {
    match reason {
        Reason::NoAvailability => "the practice has no availability for this type on that day",
        Reason::NotASlotStart => "no slot starts at this time",
        Reason::NotCovered => "the appointment does not fit into the available time",
        Reason::InThePast => "the time has passed",
        Reason::TooSoon => "the practice wants more notice",
        Reason::Busy(BusyBy::Booking) => "the time is booked",
        Reason::Busy(BusyBy::Hold) => "the time is held for somebody who is booking it",
        Reason::Busy(BusyBy::CancelledBooking) => {
            "the time was cancelled here and the practice's system has not taken note yet"
        }
        Reason::Busy(BusyBy::Rejection) => {
            "the practice's system rejected a booking at this time and has not sent its \
             availability again yet"
        }
    }
}

/// How far apart two instants are.
#[must_use]
pub fn distance(a: Timestamp, b: Timestamp) -> SignedDuration {
    a.duration_since(b).abs()
}
