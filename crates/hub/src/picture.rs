//! What can be booked at a practice: who offers what, the ranges of the days, and what takes time.
//!
//! Search, holds, bookings, alternatives and "why is this time not bookable?" all look at this
//! one picture and let `domain::availability` decide.

mod ranges;
mod terms;

pub use slotbridge_store::offers::Offer;
pub(crate) use terms::Terms;

use crate::booking::active;
use crate::remembered::Weighed;
use crate::{Result, zone};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ranges::{PackedRanges, Packing, Place};
use slotbridge_domain::availability::{
    Assessment, Busy, BusyBy, Day, Range, Reason, Slot, assess, offered,
};
use slotbridge_domain::booking::Status;
use slotbridge_domain::ids::{AppointmentTypeId, BookingId, PracticeId, PractitionerId};
use slotbridge_store::practices::{self, Practice};
use slotbridge_store::resource_days::{self, ResourceDay};
use slotbridge_store::taken::{self, Taken, TakenBy};
use slotbridge_store::{Asked, StoreError, Tx};
use std::collections::BTreeMap;
use std::sync::Arc;
use terms::AskedTerms;

/// The picture of some days.
pub struct Picture {
    terms: Arc<Terms>,
    /// By their ids.
    resources: Box<[Resource]>,
    ranges: PackedRanges,
    /// When the first hold in it ends, which nobody writes down.
    ends_at: Option<Timestamp>,
}

/// A resource in a picture.
#[derive(Default)]
struct Resource {
    pms_resource_id: String,
    /// Where each day's ranges are, by date.
    days: Vec<(Date, Place)>,
    /// What takes its time.
    busy: Vec<Busy>,
}

/// A picture that is being put together.
#[derive(Default)]
struct Drawn {
    resources: BTreeMap<String, Resource>,
    ranges: Packing,
    ends_at: Option<Timestamp>,
}

impl Drawn {
    fn resource(&mut self, pms_resource_id: String) -> &mut Resource {
        let resource = self.resources.entry(pms_resource_id);
        resource.or_default()
    }

    /// Takes a time that lies within `lasting`, unless it is taken by what is `own`.
    fn take(&mut self, taken: Taken, lasting: (Timestamp, Timestamp), own: Own<'_>) {
        if taken.start >= lasting.1 || taken.end <= lasting.0 {
            return;
        }
        let by = match taken.by {
            TakenBy::Booking { booking_id, .. } if own.booking == Some(booking_id) => return,
            TakenBy::Booking {
                status: Status::Cancelled,
                ..
            } => BusyBy::CancelledBooking,
            TakenBy::Booking { .. } => BusyBy::Booking,
            TakenBy::Hold {
                hold_hash,
                expires_at,
            } => {
                self.ends_at = self.ends_at.into_iter().chain([expires_at]).min();
                if own.hold.is_some_and(|own| hold_hash == own) {
                    return;
                }
                BusyBy::Hold
            }
            TakenBy::Block => BusyBy::Rejection,
        };
        let (start, end) = (taken.start, taken.end);
        let busy = &mut self.resource(taken.pms_resource_id).busy;
        busy.push(Busy { start, end, by });
    }

    fn day(&mut self, day: ResourceDay) -> Result<()> {
        let unreadable = StoreError::Corrupt("a snapshot that is not in its form");
        let date = day.day.parse().map_err(|_| unreadable.clone())?;
        let place = self.ranges.place(day.ranges).ok_or(unreadable)?;
        self.resource(day.pms_resource_id).days.push((date, place));
        Ok(())
    }

    fn done(self, terms: Arc<Terms>) -> Picture {
        let done = |(pms_resource_id, mut resource): (String, Resource)| {
            resource.days.sort_unstable_by_key(|(date, _)| *date);
            resource.days.shrink_to_fit();
            resource.busy.shrink_to_fit();
            Resource {
                pms_resource_id,
                ..resource
            }
        };
        Picture {
            terms,
            resources: self.resources.into_iter().map(done).collect(),
            ranges: self.ranges.done(),
            ends_at: self.ends_at,
        }
    }
}

/// The days of a picture, both included.
#[derive(Clone, Copy)]
struct Days {
    first: Date,
    last: Date,
}

impl Days {
    /// From when to when they last in a zone.
    fn at(self, zone: &TimeZone) -> (Timestamp, Timestamp) {
        let end = zone::day_end(zone, self.last);
        (zone::day_start(zone, self.first), end)
    }

    /// From when to when they last in any zone: none is a day away from UTC.
    fn anywhere(self) -> (Timestamp, Timestamp) {
        let Self { first, last } = self;
        let wider = Self {
            first: zone::plus_days(first, -1).unwrap_or(first),
            last: zone::plus_days(last, 1).unwrap_or(last),
        };
        wider.at(&TimeZone::UTC)
    }
}

/// The days of a picture that have been asked for.
struct AskedDays {
    days: Days,
    ranges: Asked<ResourceDay>,
    taken: Asked<Taken>,
}

impl AskedDays {
    fn ask(tx: &mut Tx<'_>, days: Days, lasting: (Timestamp, Timestamp)) -> Result<Self> {
        let (first, last) = (days.first.to_string(), days.last.to_string());
        Ok(Self {
            days,
            ranges: resource_days::between(tx, &first, &last)?,
            taken: taken::ask(tx, lasting, (&first, &last))?,
        })
    }

    fn draw(self, tx: &mut Tx<'_>, terms: Arc<Terms>, own: Own<'_>) -> Result<Picture> {
        let mut drawn = Drawn::default();
        for day in self.ranges.all(tx)? {
            drawn.day(day)?;
        }
        let lasting = self.days.at(&terms.zone);
        for taken in self.taken.all(tx)? {
            drawn.take(taken, lasting, own);
        }
        Ok(drawn.done(terms))
    }
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
        let asked = AskedDays::ask(tx, days, days.at(zone))?;
        let terms = terms.draw(tx, practice, zone.clone())?;
        asked.draw(tx, Arc::new(terms), own)
    }

    /// The same on terms that are known.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn on_terms(
        tx: &mut Tx<'_>,
        terms: Arc<Terms>,
        first: Date,
        last: Date,
    ) -> Result<Self> {
        let days = Days { first, last };
        let asked = AskedDays::ask(tx, days, days.at(&terms.zone))?;
        tx.ask_no_more();
        asked.draw(tx, terms, Own::default())
    }

    /// The same of each of several practices, in a transaction of none.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn each_on_terms(
        tx: &mut Tx<'_>,
        terms: &BTreeMap<PracticeId, Arc<Terms>>,
        first: Date,
        last: Date,
    ) -> Result<BTreeMap<PracticeId, Self>> {
        let practices: Vec<_> = terms.keys().copied().collect();
        let days = Days { first, last };
        let (first, last) = (first.to_string(), last.to_string());
        let ranges = resource_days::between_of_each(tx, &practices, &first, &last)?;
        let taken = taken::ask_of_each(tx, &practices, days.anywhere(), (&first, &last))?;
        tx.ask_no_more();
        let mut drawn = BTreeMap::<_, Drawn>::new();
        for (practice, day) in ranges.all(tx)? {
            drawn.entry(practice).or_default().day(day)?;
        }
        for (practice, taken) in taken.all(tx)? {
            if let Some(terms) = terms.get(&practice) {
                let drawn = drawn.entry(practice).or_default();
                drawn.take(taken, days.at(&terms.zone), Own::default());
            }
        }
        let done = |(practice, terms): (&PracticeId, &Arc<Terms>)| {
            let drawn = drawn.remove(practice).unwrap_or_default();
            (*practice, drawn.done(Arc::clone(terms)))
        };
        Ok(terms.iter().map(done).collect())
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
        let asked = AskedDays::ask(tx, days, days.anywhere())?;
        let (practice, zone) = active(practice.first(tx)?)?;
        let terms = terms.draw(tx, &practice, zone)?;
        asked.draw(tx, Arc::new(terms), Own::default())
    }

    /// On what terms its times can be booked.
    pub(crate) const fn terms(&self) -> &Arc<Terms> {
        &self.terms
    }

    /// The practice's zone.
    pub(crate) fn zone(&self) -> &TimeZone {
        &self.terms.zone
    }

    /// Whether it still holds, as long as nobody writes.
    pub(crate) fn holds_at(&self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|end| now < end)
    }

    fn resource(&self, pms_resource_id: &str) -> Option<&Resource> {
        let by_id = |resource: &Resource| resource.pms_resource_id.as_str().cmp(pms_resource_id);
        let at = self.resources.binary_search_by(by_id).ok()?;
        self.resources.get(at)
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
        let resource = self.resource(&offer.pms_resource_id);
        let place = resource.and_then(|resource| {
            let by_date = |(day, _): &(Date, Place)| day.cmp(&date);
            let at = resource.days.binary_search_by(by_date).ok()?;
            resource.days.get(at)
        });
        ranges.clear();
        ranges.extend(
            place
                .into_iter()
                .flat_map(|(_, place)| self.ranges.at(*place)),
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

impl Weighed for Arc<Picture> {
    fn bytes(&self) -> usize {
        let resource = |resource: &Resource| {
            size_of::<Resource>()
                + slice(resource.pms_resource_id.len(), 1)
                + slice(resource.days.len(), size_of::<(Date, Place)>())
                + slice(resource.busy.len(), size_of::<Busy>())
        };
        // That others may have the terms too is left out of account.
        REMEMBERED
            + size_of::<Picture>()
            + self.terms.bytes()
            + self.resources.iter().map(resource).sum::<usize>()
            + self.ranges.bytes()
    }
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
