//! Examples of each rule, properties, and a second, slow implementation to compare with.

mod clocks;
mod grids;
mod oracle;
mod properties;
mod rules;
mod snapshots;

use jiff::{ToSpan, Zoned, civil::Date, tz::TimeZone};

use super::*;

/// A resource's day with everything that [`Day`] borrows.
#[derive(Clone, Debug)]
struct Case {
    date: Date,
    zone: TimeZone,
    ranges: Vec<Range>,
    type_length: Option<i64>,
    default_length: i64,
    busy: Vec<Busy>,
    now: Timestamp,
    minimum_notice: i64,
}

/// What [`Case::offered`] gives if nothing is.
const NOTHING: [&str; 0] = [];

/// The type that every case asks for.
const TYPE: &str = "consult";

impl Case {
    /// A day at a place, seen a week before, with nothing free.
    fn new(date: &str, zone: &str) -> Self {
        let date: Date = date.parse().unwrap();
        let zone = TimeZone::get(zone).unwrap();
        let midnight = date.to_zoned(zone.clone()).unwrap();
        Self {
            date,
            zone,
            ranges: Vec::new(),
            type_length: None,
            default_length: 900,
            busy: Vec::new(),
            now: midnight.timestamp() - 168.hours(),
            minimum_notice: 0,
        }
    }

    /// An ordinary day.
    fn in_perth() -> Self {
        Self::new("2027-03-01", "Australia/Perth")
    }

    /// With a range, slot length in minutes.
    fn range(self, start: &str, end: &str, slot_minutes: i64) -> Self {
        self.range_of(start, end, slot_minutes * 60, &[])
    }

    /// With a range that admits some types only, slot length in seconds.
    fn range_of(mut self, start: &str, end: &str, slot_length: i64, types: &[&str]) -> Self {
        self.ranges.push(Range {
            start: seconds(start),
            end: seconds(end),
            slot_length,
            pms_appointment_type_ids: types.iter().map(|&id| id.to_owned()).collect(),
        });
        self
    }

    fn type_minutes(mut self, minutes: i64) -> Self {
        self.type_length = Some(minutes * 60);
        self
    }

    /// With something that takes a time, given as on the wall clock.
    fn busy(mut self, start: &str, end: &str, by: BusyBy) -> Self {
        let (start, end) = (self.at(start), self.at(end));
        self.busy.push(Busy { start, end, by });
        self
    }

    /// Seen at a time of the day.
    fn now(mut self, wall: &str) -> Self {
        self.now = self.at(wall);
        self
    }

    /// The first instant of the day that shows `wall`, which may name its offset (`02:30+11:00`).
    fn at(&self, wall: &str) -> Timestamp {
        if let Some(at) = wall.find(['+', '-']) {
            format!("{}T{}{}", self.date, &wall[..at], &wall[at..])
                .parse()
                .unwrap()
        } else {
            let midnight = self.date.at(0, 0, 0, 0);
            let local = midnight + i64::from(seconds(wall)).seconds();
            self.zone.to_timestamp(local).unwrap()
        }
    }

    fn day(&self) -> Day<'_> {
        Day {
            date: self.date,
            zone: &self.zone,
            ranges: &self.ranges,
            pms_appointment_type_id: TYPE,
            type_length: self.type_length,
            default_length: self.default_length,
            busy: &self.busy,
            now: self.now,
            minimum_notice: self.minimum_notice,
        }
    }

    fn local(&self, instant: Timestamp) -> Zoned {
        instant.to_zoned(self.zone.clone())
    }

    /// What is offered, as `09:00-09:30`.
    fn offered(&self) -> Vec<String> {
        let show = |slot: &Slot| {
            let [start, end] =
                [slot.start, slot.end].map(|at| self.local(at).strftime("%H:%M").to_string());
            format!("{start}-{end}")
        };
        offered(&self.day()).iter().map(show).collect()
    }

    /// What is offered, as `09:00+08:00/30`: start, offset, minutes elapsed.
    fn offered_exactly(&self) -> Vec<String> {
        let show = |slot: &Slot| {
            let minutes = (slot.end - slot.start).get_seconds() / 60;
            format!("{}/{minutes}", self.local(slot.start).strftime("%H:%M%:z"))
        };
        offered(&self.day()).iter().map(show).collect()
    }

    fn reasons(&self, wall: &str) -> Vec<Reason> {
        assess(&self.day(), self.at(wall)).reasons
    }
}

/// `09:30` or `09:30:15` in seconds since midnight.
fn seconds(wall: &str) -> u32 {
    let mut parts = wall.split(':').map(|part| part.parse::<u32>().unwrap());
    let mut next = || parts.next().unwrap_or_default();
    next() * 3_600 + next() * 60 + next()
}
