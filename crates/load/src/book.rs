//! The appointment books of the practices, as their PMSs have them: what is free, in snapshots.
//!
//! All open from 9 to 17 in slots of a quarter of an hour, closed at noon. Before anything happens
//! a quarter of the times is taken, by others at each practice and day, and always the same.

use crate::chance::mixed;
use crate::settings::{BATCH, Shape};
use crate::setup::resource_id;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, ToSpan};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};

/// When all open.
const OPEN_MINUTE: usize = 9 * 60;
/// How long a slot is.
pub(crate) const SLOT_MINUTES: u32 = 15;
/// How many slots a day has.
const SLOTS: usize = 32;
/// From noon to one.
const NOON: u32 = 0xF << 12;
/// The last hour is given away on the phone: what changes there cannot meet a booking.
const FOR_PATIENTS: usize = 28;
/// The order in which times are booked: coprime with the number of any practice's times.
const STRIDE: usize = 1_000_003;

/// A day of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Day {
    pub(crate) practice: usize,
    pub(crate) resource: usize,
    /// From the first on.
    pub(crate) day: usize,
}

/// A time that can be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time {
    pub(crate) day: Day,
    pub(crate) slot: usize,
}

/// All books.
#[derive(Debug)]
pub(crate) struct Books {
    shape: Shape,
    first: Date,
    /// Where the days differ from how they began: which slots.
    turned: HashMap<Day, u32>,
    /// How many times of each practice were given to patients.
    given: Vec<usize>,
    seed: u64,
}

/// The slots that are taken at the beginning.
fn taken_at_first(day: Day) -> u32 {
    let place = |n: usize| u64::try_from(n).unwrap_or_default();
    let word = place(day.practice) << 32 | place(day.resource) << 16 | place(day.day);
    let word = mixed(word.wrapping_add(0x9e37_79b9_7f4a_7c15));
    let [low, high] = [word & 0xFFFF_FFFF, word >> 32];
    // Both halves agree on a quarter.
    u32::try_from(low & high).unwrap_or_default() | NOON
}

fn bit(slot: usize) -> u32 {
    u32::try_from(slot).map_or(0, |slot| 1_u32.checked_shl(slot).unwrap_or(0))
}

fn clock(slot: usize) -> (usize, usize) {
    let minute = OPEN_MINUTE + slot * usize::try_from(SLOT_MINUTES).unwrap_or_default();
    (minute / 60, minute % 60)
}

impl Books {
    pub(crate) fn new(shape: Shape, first: Date, practices: usize, seed: u64) -> Self {
        Self {
            shape,
            first,
            turned: HashMap::new(),
            given: vec![0; practices],
            seed,
        }
    }

    fn date(&self, day: Day) -> Date {
        let days = i64::try_from(day.day).unwrap_or_default();
        self.first.checked_add(days.days()).unwrap_or(self.first)
    }

    fn taken(&self, day: Day) -> u32 {
        taken_at_first(day) ^ self.turned.get(&day).copied().unwrap_or_default()
    }

    fn set(&mut self, time: Time, taken: bool) {
        if (self.taken(time.day) & bit(time.slot) != 0) != taken {
            *self.turned.entry(time.day).or_default() ^= bit(time.slot);
        }
    }

    /// A booking of the hub's stands in the book now.
    pub(crate) fn insert(&mut self, time: Time) {
        self.set(time, true);
    }

    /// It stands there no longer.
    pub(crate) fn remove(&mut self, time: Time) {
        self.set(time, false);
    }

    /// Somebody calls: a time of the last hour is given away, or comes back.
    pub(crate) fn phone(&mut self, practice: usize, chance: u64) -> Day {
        let day = self.any_day(practice, chance);
        let slot = FOR_PATIENTS
            + usize::try_from(chance >> 48).unwrap_or_default() % (SLOTS - FOR_PATIENTS);
        *self.turned.entry(day).or_default() ^= bit(slot);
        day
    }

    /// Any day of a practice.
    pub(crate) fn any_day(&self, practice: usize, chance: u64) -> Day {
        let of = usize::try_from(chance % (1 << 48)).unwrap_or_default();
        self.nth(practice, of % self.shape.snapshots().max(1))
    }

    fn nth(&self, practice: usize, n: usize) -> Day {
        Day {
            practice,
            resource: n % self.shape.resources.max(1),
            day: n / self.shape.resources.max(1),
        }
    }

    /// The next time that a patient of a practice takes, from tomorrow on; `None` if all are taken.
    pub(crate) fn next_time(&mut self, practice: usize) -> Option<Time> {
        let days = self.shape.snapshots().checked_sub(self.shape.resources)?;
        let times = days * FOR_PATIENTS;
        let begin = mixed(self.seed ^ u64::try_from(practice).ok()?);
        let begin = usize::try_from(begin >> 16).unwrap_or_default();
        let mut n = self.given.get(practice).copied()?;
        let found = loop {
            if n >= times {
                break None;
            }
            let at = begin.wrapping_add(n.wrapping_mul(STRIDE)) % times;
            n += 1;
            let day = self.nth(practice, self.shape.resources + at / FOR_PATIENTS);
            let time = Time {
                day,
                slot: at % FOR_PATIENTS,
            };
            if taken_at_first(day) & bit(time.slot) == 0 {
                break Some(time);
            }
        };
        if let Some(given) = self.given.get_mut(practice) {
            *given = n;
        }
        found
    }

    /// When a time begins, on the practice's wall clock.
    pub(crate) fn start(&self, time: Time) -> DateTime {
        let (hour, minute) = clock(time.slot);
        let minutes = i64::try_from(hour * 60 + minute).unwrap_or_default();
        let midnight = DateTime::from(self.date(time.day));
        midnight
            .checked_add(SignedDuration::from_mins(minutes))
            .unwrap_or(midnight)
    }

    /// The day of a resource, as the PMS API names both.
    pub(crate) fn day(&self, practice: usize, resource: &str, date: Date) -> Option<Day> {
        let days = self.first.until(date).ok()?.get_days();
        let day = Day {
            practice,
            resource: resource.strip_prefix('R')?.parse().ok()?,
            day: usize::try_from(days).ok()?,
        };
        (day.resource < self.shape.resources && day.day < self.shape.days).then_some(day)
    }

    /// The time of an appointment, as the PMS API names it.
    pub(crate) fn time(&self, practice: usize, resource: &str, start: DateTime) -> Option<Time> {
        let day = self.day(practice, resource, start.date())?;
        let minute = i32::from(start.hour()) * 60 + i32::from(start.minute());
        let after = usize::try_from(minute).ok()?.checked_sub(OPEN_MINUTE)?;
        let slot = after / usize::try_from(SLOT_MINUTES).ok()?;
        (slot < SLOTS).then_some(Time { day, slot })
    }

    /// The snapshot of a day.
    pub(crate) fn snapshot(&self, day: Day) -> String {
        let taken = self.taken(day);
        let mut text = format!(
            "{{\"date\":\"{}\",\"pmsResourceId\":\"{}\",\"availability\":[",
            self.date(day),
            resource_id(day.resource)
        );
        let (mut slot, mut first) = (0, true);
        while slot < SLOTS {
            if taken & bit(slot) != 0 {
                slot += 1;
                continue;
            }
            let start = clock(slot);
            while slot < SLOTS && taken & bit(slot) == 0 {
                slot += 1;
            }
            let end = clock(slot);
            let comma = if first { "" } else { "," };
            // Writing to a text does not fail.
            let _ = write!(
                text,
                "{comma}{{\"start\":\"{:02}:{:02}\",\"end\":\"{:02}:{:02}\",\"slotLength\":{}}}",
                start.0,
                start.1,
                end.0,
                end.1,
                SLOT_MINUTES * 60
            );
            first = false;
        }
        text.push_str("]}");
        text
    }

    /// A batch of all snapshots of a practice, packed.
    pub(crate) fn batch(&self, practice: usize, part: usize) -> io::Result<Vec<u8>> {
        let all = (0..self.shape.snapshots()).skip(part * BATCH).take(BATCH);
        let snapshots: Vec<String> = all.map(|n| self.snapshot(self.nth(practice, n))).collect();
        packed(format!("[{}]", snapshots.join(",")).as_bytes())
    }
}

/// A body packed by gzip.
///
/// # Errors
/// Never in memory.
pub fn packed(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(body)?;
    gzip.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::HashSet;

    fn books() -> Books {
        let shape = Shape {
            resources: 3,
            days: 10,
        };
        Books::new(shape, "2026-11-27".parse().unwrap(), 2, 7)
    }

    /// Whether a snapshot offers a time.
    fn offers(books: &Books, time: Time) -> bool {
        let snapshot: Value = serde_json::from_str(&books.snapshot(time.day)).unwrap();
        let start = books.start(time).strftime("%H:%M").to_string();
        let ranges = snapshot["availability"].as_array().unwrap();
        ranges.iter().any(|range| {
            range["start"].as_str().unwrap() <= start.as_str()
                && start.as_str() < range["end"].as_str().unwrap()
        })
    }

    #[test]
    fn each_time_is_given_once_and_is_offered() {
        let mut books = books();
        let mut seen = HashSet::new();
        while let Some(time) = books.next_time(1) {
            assert!(time.day.day >= 1, "from tomorrow on");
            assert!(offers(&books, time), "{time:?}");
            assert!(seen.insert(books.start(time).to_string() + &resource_id(time.day.resource)));
        }
        // A quarter is taken, and noon.
        let all = 3 * 9 * (FOR_PATIENTS - 4);
        assert!(
            (all * 65 / 100..all * 85 / 100).contains(&seen.len()),
            "{}",
            seen.len()
        );
    }

    #[test]
    fn what_is_booked_leaves_the_snapshot_until_it_is_cancelled() {
        let mut books = books();
        let time = books.next_time(0).unwrap();
        let before = books.snapshot(time.day);
        books.insert(time);
        books.insert(time);
        assert!(!offers(&books, time));
        books.remove(time);
        assert_eq!(books.snapshot(time.day), before);
    }

    #[test]
    fn a_call_changes_the_day_and_no_time_that_patients_are_given() {
        let mut books = books();
        for chance in 0..100 {
            let chance = mixed(chance);
            let before = books.snapshot(books.any_day(0, chance));
            let day = books.phone(0, chance);
            assert_ne!(books.snapshot(day), before);
        }
        while let Some(time) = books.next_time(0) {
            assert!(offers(&books, time), "{time:?}");
        }
    }

    #[test]
    fn a_time_is_found_by_its_names() {
        let mut books = books();
        let time = books.next_time(1).unwrap();
        let (resource, start) = (resource_id(time.day.resource), books.start(time));
        assert_eq!(books.time(1, &resource, start), Some(time));
        for (resource, start) in [
            ("R9", "2026-11-28T09:00"),
            ("9", "2026-11-28T09:00"),
            ("R1", "2026-11-26T09:00"),
            ("R1", "2026-11-28T08:00"),
            ("R1", "2026-11-28T17:00"),
            ("R1", "2027-11-28T09:00"),
        ] {
            assert_eq!(books.time(1, resource, start.parse().unwrap()), None);
        }
    }
}
