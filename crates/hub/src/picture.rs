//! What can be booked at a practice: who offers what, the ranges of the days, and what takes time.
//!
//! Search, holds, bookings, alternatives and "why is this time not bookable?" all look at this
//! one picture and let `domain::availability` decide.

mod ranges;

use crate::health::Hiding;
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
use slotbridge_domain::ids::{AppointmentTypeId, BookingId, PractitionerId};
use slotbridge_store::appointment_types::{self, AppointmentType};
use slotbridge_store::consents::Consent;
use slotbridge_store::pms_appointment_types::{self, PmsAppointmentType};
use slotbridge_store::pms_resources::{self, PmsResource};
use slotbridge_store::practices::Practice;
use slotbridge_store::practitioners::{self, Practitioner};
use slotbridge_store::resource_days::{self, ResourceDay};
use slotbridge_store::{Asked, StoreError, Tx, bookings, consents, holds, slot_blocks};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who offers what: a practitioner's resource with a type of the PMS.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Whom patients book.
    pub practitioner_id: PractitionerId,
    /// What they book.
    pub appointment_type_id: AppointmentTypeId,
    /// The name of the type.
    pub type_name: String,
    /// The resource in the PMS.
    pub pms_resource_id: String,
    /// The type in the PMS.
    pub pms_appointment_type_id: String,
    /// The type's length in seconds (AVAIL-2); `None` if it has none.
    pub type_length: Option<i64>,
}

/// A practice's practitioners and types with their links.
pub struct Catalogue {
    /// All practitioners.
    pub practitioners: Vec<Practitioner>,
    /// All appointment types.
    pub appointment_types: Vec<AppointmentType>,
    /// The PMS's resources.
    pub pms_resources: Vec<PmsResource>,
    /// The PMS's types.
    pub pms_appointment_types: Vec<PmsAppointmentType>,
}

impl Catalogue {
    /// Reads it.
    ///
    /// # Errors
    /// The store's.
    pub fn load(tx: &mut Tx<'_>) -> Result<Self> {
        AskedCatalogue::ask(tx)?.read(tx)
    }

    /// What patients can book: active practitioners linked to live resources, active types linked
    /// to live types of those resources.
    #[must_use]
    pub fn offers(&self) -> Vec<Offer> {
        let mut offers = Vec::new();
        for who in self.practitioners.iter().filter(|who| who.active) {
            let linked =
                |r: &&PmsResource| r.live && r.practitioner_id == Some(who.practitioner_id);
            for resource in self.pms_resources.iter().filter(linked) {
                offers.extend(self.offers_of(who, resource));
            }
        }
        offers
    }

    fn offers_of(&self, who: &Practitioner, resource: &PmsResource) -> Vec<Offer> {
        let of_resource = |kind: &&PmsAppointmentType| {
            let scope = kind.pms_resource_id.as_deref();
            kind.live && scope.is_none_or(|id| id == resource.pms_resource_id)
        };
        let offer = |kind: &PmsAppointmentType| {
            let id = kind.appointment_type_id?;
            let ours = self
                .appointment_types
                .iter()
                .find(|ours| ours.appointment_type_id == id && ours.active)?;
            Some(Offer {
                practitioner_id: who.practitioner_id,
                appointment_type_id: id,
                type_name: ours.name.clone(),
                pms_resource_id: resource.pms_resource_id.clone(),
                pms_appointment_type_id: kind.pms_appointment_type_id.clone(),
                type_length: ours.length_minutes.or(kind.length_minutes).map(|m| m * 60),
            })
        };
        self.pms_appointment_types
            .iter()
            .filter(of_resource)
            .filter_map(offer)
            .collect()
    }
}

/// A catalogue that has been asked for.
pub(crate) struct AskedCatalogue {
    practitioners: Asked<Practitioner>,
    appointment_types: Asked<AppointmentType>,
    pms_resources: Asked<PmsResource>,
    pms_appointment_types: Asked<PmsAppointmentType>,
}

impl AskedCatalogue {
    pub(crate) fn ask(tx: &mut Tx<'_>) -> Result<Self> {
        Ok(Self {
            practitioners: practitioners::ask(tx)?,
            appointment_types: appointment_types::ask(tx)?,
            pms_resources: pms_resources::ask(tx)?,
            pms_appointment_types: pms_appointment_types::ask(tx)?,
        })
    }

    pub(crate) fn read(self, tx: &mut Tx<'_>) -> Result<Catalogue> {
        Ok(Catalogue {
            practitioners: self.practitioners.all(tx)?,
            appointment_types: self.appointment_types.all(tx)?,
            pms_resources: self.pms_resources.all(tx)?,
            pms_appointment_types: self.pms_appointment_types.all(tx)?,
        })
    }
}

/// The picture of some days.
pub struct Picture {
    zone: TimeZone,
    /// Of what has no length of its own, in seconds.
    default_length: i64,
    /// How long before its start a time is gone, in seconds.
    minimum_notice: i64,
    /// Why nothing can be booked at all, if so.
    closed: Option<&'static str>,
    /// Who offers what.
    offers: Box<[Offer]>,
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
}

impl Drawn {
    fn resource(&mut self, pms_resource_id: String) -> &mut Resource {
        let resource = self.resources.entry(pms_resource_id);
        resource.or_default()
    }

    fn take(&mut self, pms_resource_id: String, start: Timestamp, end: Timestamp, by: BusyBy) {
        let busy = &mut self.resource(pms_resource_id).busy;
        busy.push(Busy { start, end, by });
    }

    fn day(&mut self, day: ResourceDay) -> Result<()> {
        let unreadable = StoreError::Corrupt("a snapshot that is not in its form");
        let date = day.day.parse().map_err(|_| unreadable.clone())?;
        let place = self.ranges.place(day.ranges).ok_or(unreadable)?;
        self.resource(day.pms_resource_id).days.push((date, place));
        Ok(())
    }

    /// The resources by their ids, each with its days by date, and the ranges.
    fn done(self) -> (Box<[Resource]>, PackedRanges) {
        let done = |(pms_resource_id, mut resource): (String, Resource)| {
            resource.days.sort_unstable_by_key(|(date, _)| *date);
            resource.days.shrink_to_fit();
            resource.busy.shrink_to_fit();
            Resource {
                pms_resource_id,
                ..resource
            }
        };
        let resources = self.resources.into_iter().map(done).collect();
        (resources, self.ranges.done())
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
        let (first_day, last_day) = (first.to_string(), last.to_string());
        let (from, to) = (zone::day_start(zone, first), zone::day_end(zone, last));
        // All is asked for before anything is read: one flight to PostgreSQL.
        let ranges = resource_days::between(tx, &first_day, &last_day)?;
        let bookings = bookings::occupying_all(tx, from, to)?;
        let holds = holds::between(tx, from, to)?;
        let blocks = slot_blocks::between(tx, &first_day, &last_day)?;
        let consent = consents::ask_live(tx)?;
        let hiding = Hiding::ask(tx, practice)?;
        let catalogue = AskedCatalogue::ask(tx)?;

        let mut drawn = Drawn::default();
        for day in ranges.all(tx)? {
            drawn.day(day)?;
        }
        for booking in bookings.all(tx)? {
            if own.booking == Some(booking.booking_id) {
                continue;
            }
            let by = match booking.status {
                Status::Cancelled => BusyBy::CancelledBooking,
                _ => BusyBy::Booking,
            };
            drawn.take(booking.pms_resource_id, booking.start, booking.end, by);
        }
        let mut ends_at = None;
        for hold in holds.all(tx)? {
            ends_at = ends_at.into_iter().chain([hold.expires_at]).min();
            if own.hold.is_none_or(|own| hold.hold_hash != own) {
                drawn.take(hold.pms_resource_id, hold.start, hold.end, BusyBy::Hold);
            }
        }
        for block in blocks.all(tx)? {
            let (start, end) = (block.start, block.end);
            drawn.take(block.pms_resource_id, start, end, BusyBy::Rejection);
        }
        let (resources, ranges) = drawn.done();
        Ok(Self {
            zone: zone.clone(),
            default_length: practice.default_length_minutes * 60,
            minimum_notice: practice.minimum_notice_minutes * 60,
            closed: closed(tx, consent, hiding)?,
            offers: catalogue.read(tx)?.offers().into_boxed_slice(),
            resources,
            ranges,
            ends_at,
        })
    }

    /// The practice's zone.
    pub(crate) const fn zone(&self) -> &TimeZone {
        &self.zone
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
            zone: &self.zone,
            ranges,
            pms_appointment_type_id: &offer.pms_appointment_type_id,
            type_length: offer.type_length,
            default_length: self.default_length,
            busy: resource.map_or(&[], |resource| &resource.busy),
            now,
            minimum_notice: self.minimum_notice,
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
        if self.closed.is_some() {
            return Vec::new();
        }
        let (mut slots, mut ranges) = (Vec::new(), Vec::new());
        for offer in self.offers.iter().filter(|offer| wanted(offer)) {
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
        let date = zone::day(&self.zone, start);
        let wanted = |offer: &&Offer| {
            offer.practitioner_id == practitioner && offer.appointment_type_id == kind
        };
        self.offers
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
        let mut against = Vec::from_iter(self.closed);
        let assessments = self.assess(now, practitioner, kind, start);
        if assessments.is_empty() {
            against.push(NOT_OFFERED);
        }
        let mut bookable: Option<OfferedSlot<'_>> = None;
        for (offer, assessment) in assessments {
            match assessment.slot {
                Some(slot) if assessment.reasons.is_empty() && self.closed.is_none() => {
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

impl Weighed for Arc<Picture> {
    fn bytes(&self) -> usize {
        /// Of a place in the memory that is asked for, and of what is remembered.
        const PLACE: usize = 16;
        const REMEMBERED: usize = 128;
        let slice = |count: usize, each: usize| PLACE + count * each;
        let offer = |offer: &Offer| {
            let texts = [
                &offer.type_name,
                &offer.pms_resource_id,
                &offer.pms_appointment_type_id,
            ];
            let texts = texts.iter().map(|text| slice(text.len(), 1));
            size_of::<Offer>() + texts.sum::<usize>()
        };
        let resource = |resource: &Resource| {
            size_of::<Resource>()
                + slice(resource.pms_resource_id.len(), 1)
                + slice(resource.days.len(), size_of::<(Date, Place)>())
                + slice(resource.busy.len(), size_of::<Busy>())
        };
        REMEMBERED
            + size_of::<Picture>()
            + self.offers.iter().map(offer).sum::<usize>()
            + self.resources.iter().map(resource).sum::<usize>()
            + self.ranges.bytes()
    }
}

/// Why nothing can be booked at a practice at all: nobody would take the booking, or the practice
/// hides its times while its integration does not do what it promised (HEALTH-2).
fn closed(
    tx: &mut Tx<'_>,
    consent: Asked<Consent>,
    hiding: Hiding,
) -> Result<Option<&'static str>> {
    if consent.first(tx)?.is_none() {
        return Ok(Some(NO_INTEGRATION));
    }
    hiding.reason(tx)
}

const NO_INTEGRATION: &str = "the practice has given no integration its consent";
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
