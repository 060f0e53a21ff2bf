//! What can be booked at a practice: who offers what, the ranges of the days, and what takes time.
//!
//! Search, holds, bookings, alternatives and "why is this time not bookable?" all look at this
//! one picture and let `domain::availability` decide.

use crate::health::Hiding;
use crate::remembered::Weighed;
use crate::{Result, zone};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use slotbridge_domain::availability::{
    Assessment, Busy, BusyBy, Day, Range, Reason, Slot, assess, decode, offered,
};
use slotbridge_domain::booking::Status;
use slotbridge_domain::ids::{AppointmentTypeId, BookingId, PractitionerId};
use slotbridge_store::appointment_types::{self, AppointmentType};
use slotbridge_store::consents::Consent;
use slotbridge_store::pms_appointment_types::{self, PmsAppointmentType};
use slotbridge_store::pms_resources::{self, PmsResource};
use slotbridge_store::practices::Practice;
use slotbridge_store::practitioners::{self, Practitioner};
use slotbridge_store::{
    Asked, StoreError, Tx, bookings, consents, holds, resource_days, slot_blocks,
};
use std::collections::HashMap;
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
struct AskedCatalogue {
    practitioners: Asked<Practitioner>,
    appointment_types: Asked<AppointmentType>,
    pms_resources: Asked<PmsResource>,
    pms_appointment_types: Asked<PmsAppointmentType>,
}

impl AskedCatalogue {
    fn ask(tx: &mut Tx<'_>) -> Result<Self> {
        Ok(Self {
            practitioners: practitioners::ask(tx)?,
            appointment_types: appointment_types::ask(tx)?,
            pms_resources: pms_resources::ask(tx)?,
            pms_appointment_types: pms_appointment_types::ask(tx)?,
        })
    }

    fn read(self, tx: &mut Tx<'_>) -> Result<Catalogue> {
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
    pub offers: Vec<Offer>,
    days: HashMap<(String, Date), Vec<Range>>,
    busy: HashMap<String, Vec<Busy>>,
    /// When the first hold in it ends, which nobody writes down.
    ends_at: Option<Timestamp>,
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

        let mut days = HashMap::new();
        for day in ranges.all(tx)? {
            let unreadable = StoreError::Corrupt("a snapshot that is not in its form");
            let date = day.day.parse().map_err(|_| unreadable.clone())?;
            days.insert(
                (day.pms_resource_id, date),
                decode(&day.ranges).ok_or(unreadable)?,
            );
        }
        let mut busy: HashMap<String, Vec<Busy>> = HashMap::new();
        let mut take = |resource: String, start, end, by| {
            busy.entry(resource)
                .or_default()
                .push(Busy { start, end, by });
        };
        for booking in bookings.all(tx)? {
            if own.booking == Some(booking.booking_id) {
                continue;
            }
            let by = match booking.status {
                Status::Cancelled => BusyBy::CancelledBooking,
                _ => BusyBy::Booking,
            };
            take(booking.pms_resource_id, booking.start, booking.end, by);
        }
        let mut ends_at = None;
        for hold in holds.all(tx)? {
            ends_at = ends_at.into_iter().chain([hold.expires_at]).min();
            if own.hold.is_none_or(|own| hold.hold_hash != own) {
                take(hold.pms_resource_id, hold.start, hold.end, BusyBy::Hold);
            }
        }
        for block in blocks.all(tx)? {
            take(
                block.pms_resource_id,
                block.start,
                block.end,
                BusyBy::Rejection,
            );
        }
        Ok(Self {
            zone: zone.clone(),
            default_length: practice.default_length_minutes * 60,
            minimum_notice: practice.minimum_notice_minutes * 60,
            closed: closed(tx, consent, hiding)?,
            offers: catalogue.read(tx)?.offers(),
            days,
            busy,
            ends_at,
        })
    }

    /// Whether it still holds, as long as nobody writes.
    pub(crate) fn holds_at(&self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|end| now < end)
    }

    fn day<'d>(&'d self, offer: &'d Offer, date: Date, now: Timestamp) -> Day<'d> {
        let key = (offer.pms_resource_id.clone(), date);
        Day {
            date,
            zone: &self.zone,
            ranges: self.days.get(&key).map_or(&[], Vec::as_slice),
            pms_appointment_type_id: &offer.pms_appointment_type_id,
            type_length: offer.type_length,
            default_length: self.default_length,
            busy: self
                .busy
                .get(&offer.pms_resource_id)
                .map_or(&[], Vec::as_slice),
            now,
            minimum_notice: self.minimum_notice,
        }
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
        let mut slots = Vec::new();
        for offer in self.offers.iter().filter(|offer| wanted(offer)) {
            for date in dates.clone() {
                let found = offered(&self.day(offer, date, now));
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
            .map(|offer| (offer, assess(&self.day(offer, date, now), start)))
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
        /// Of a range, a booking, an offer or a day, with its names.
        const EACH: usize = 100;
        let ranges: usize = self.days.values().map(Vec::len).sum();
        let busy: usize = self.busy.values().map(Vec::len).sum();
        EACH * (1 + self.offers.len() + self.days.len() + ranges + busy)
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
