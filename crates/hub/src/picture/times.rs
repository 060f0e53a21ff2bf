//! What comes and goes in a picture: the free times of its days, and what takes time.

use super::ranges::{PackedRanges, Packing, Place};
use super::{Own, REMEMBERED, slice};
use crate::remembered::Weighed;
use crate::{Result, zone};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use slotbridge_domain::availability::{Busy, BusyBy, Range};
use slotbridge_domain::booking::Status;
use slotbridge_domain::ids::PracticeId;
use slotbridge_store::resource_days::{self, ResourceDay};
use slotbridge_store::taken::{self, Taken, TakenBy};
use slotbridge_store::{Asked, StoreError, Tx};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The times of some days.
pub(crate) struct Times {
    /// By their ids.
    resources: Box<[Resource]>,
    ranges: PackedRanges,
    /// When the first hold in it ends, which nobody writes down.
    ends_at: Option<Timestamp>,
}

/// A resource in a picture.
#[derive(Default)]
pub(super) struct Resource {
    pms_resource_id: String,
    /// Where each day's ranges are, by date.
    days: Vec<(Date, Place)>,
    /// What takes its time.
    pub(super) busy: Vec<Busy>,
}

/// Times that are being put together.
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

    fn done(self) -> Times {
        let done = |(pms_resource_id, mut resource): (String, Resource)| {
            resource.days.sort_unstable_by_key(|(date, _)| *date);
            resource.days.shrink_to_fit();
            resource.busy.shrink_to_fit();
            Resource {
                pms_resource_id,
                ..resource
            }
        };
        Times {
            resources: self.resources.into_iter().map(done).collect(),
            ranges: self.ranges.done(),
            ends_at: self.ends_at,
        }
    }
}

/// The days of a picture, both included.
#[derive(Clone, Copy)]
pub(super) struct Days {
    pub(super) first: Date,
    pub(super) last: Date,
}

impl Days {
    /// From when to when they last in a zone.
    pub(super) fn at(self, zone: &TimeZone) -> (Timestamp, Timestamp) {
        let end = zone::day_end(zone, self.last);
        (zone::day_start(zone, self.first), end)
    }

    /// From when to when they last in any zone: none is a day away from UTC.
    pub(super) fn anywhere(self) -> (Timestamp, Timestamp) {
        let Self { first, last } = self;
        let wider = Self {
            first: zone::plus_days(first, -1).unwrap_or(first),
            last: zone::plus_days(last, 1).unwrap_or(last),
        };
        wider.at(&TimeZone::UTC)
    }
}

/// Times that have been asked for.
pub(super) struct AskedTimes {
    days: Days,
    ranges: Asked<ResourceDay>,
    taken: Asked<Taken>,
}

impl AskedTimes {
    pub(super) fn ask(
        tx: &mut Tx<'_>,
        days: Days,
        lasting: (Timestamp, Timestamp),
    ) -> Result<Self> {
        let (first, last) = (days.first.to_string(), days.last.to_string());
        Ok(Self {
            days,
            ranges: resource_days::between(tx, &first, &last)?,
            taken: taken::ask(tx, lasting, (&first, &last))?,
        })
    }

    /// What they are in a zone.
    pub(super) fn draw(self, tx: &mut Tx<'_>, zone: &TimeZone, own: Own<'_>) -> Result<Times> {
        let mut drawn = Drawn::default();
        for day in self.ranges.all(tx)? {
            drawn.day(day)?;
        }
        let lasting = self.days.at(zone);
        for taken in self.taken.all(tx)? {
            drawn.take(taken, lasting, own);
        }
        Ok(drawn.done())
    }
}

impl Times {
    /// Reads the days from `first` to `last`, both included, of a practice in that zone, and nothing else
    /// in its transaction.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn of(
        tx: &mut Tx<'_>,
        zone: &TimeZone,
        (first, last): (Date, Date),
    ) -> Result<Self> {
        let days = Days { first, last };
        let asked = AskedTimes::ask(tx, days, days.at(zone))?;
        tx.ask_no_more();
        asked.draw(tx, zone, Own::default())
    }

    /// The same of each of several practices, in a transaction of none.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn of_each(
        tx: &mut Tx<'_>,
        zones: &BTreeMap<PracticeId, TimeZone>,
        (first, last): (Date, Date),
    ) -> Result<BTreeMap<PracticeId, Self>> {
        let practices: Vec<_> = zones.keys().copied().collect();
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
            if let Some(zone) = zones.get(&practice) {
                let drawn = drawn.entry(practice).or_default();
                drawn.take(taken, days.at(zone), Own::default());
            }
        }
        let done = |practice: &PracticeId| {
            let drawn = drawn.remove(practice).unwrap_or_default();
            (*practice, drawn.done())
        };
        Ok(practices.iter().map(done).collect())
    }

    /// Whether they still hold, as long as nobody writes.
    pub(crate) fn hold_at(&self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|end| now < end)
    }

    pub(super) fn resource(&self, pms_resource_id: &str) -> Option<&Resource> {
        let by_id = |resource: &Resource| resource.pms_resource_id.as_str().cmp(pms_resource_id);
        let at = self.resources.binary_search_by(by_id).ok()?;
        self.resources.get(at)
    }

    /// The free times of a resource on a day.
    pub(super) fn ranges(&self, of: &Resource, date: Date) -> impl Iterator<Item = Range> {
        let by_date = |(day, _): &(Date, Place)| day.cmp(&date);
        let at = of.days.binary_search_by(by_date).ok();
        let place = at.and_then(|at| of.days.get(at));
        place
            .into_iter()
            .flat_map(|(_, place)| self.ranges.at(*place))
    }
}

impl Weighed for Arc<Times> {
    fn bytes(&self) -> usize {
        let resource = |resource: &Resource| {
            size_of::<Resource>()
                + slice(resource.pms_resource_id.len(), 1)
                + slice(resource.days.len(), size_of::<(Date, Place)>())
                + slice(resource.busy.len(), size_of::<Busy>())
        };
        REMEMBERED
            + size_of::<Times>()
            + self.resources.iter().map(resource).sum::<usize>()
            + self.ranges.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TIMES_BYTES;
    use slotbridge_domain::availability::encode;

    fn range(start: u32) -> Range {
        Range {
            start,
            end: start + 3600,
            slot_length: 900,
            pms_appointment_type_ids: vec!["STANDARD".to_owned(), "LONG".to_owned()],
        }
    }

    /// What does not fit is read anew by every search, and so are others that it drives out.
    #[test]
    fn a_week_of_each_practice_of_a_country_is_remembered() {
        let mut drawn = Drawn::default();
        for practitioner in 0..2 {
            for day in 1..=7 {
                // No two days are like one another.
                let first = 21_600 + 60 * (practitioner * 7 + day);
                let ranges: Vec<Range> = (0..7).map(|n| range(first + 7200 * n)).collect();
                let day = ResourceDay {
                    pms_resource_id: format!("practitioner-{practitioner}"),
                    day: format!("2026-03-0{day}"),
                    ranges: encode(&ranges),
                    received_at: Timestamp::UNIX_EPOCH,
                };
                drawn.day(day).unwrap();
            }
        }
        let bytes = Arc::new(drawn.done()).bytes();
        // Its parts fill up one before the other.
        assert!(bytes * 20_000 < TIMES_BYTES / 100 * 95, "{bytes}");
    }
}
