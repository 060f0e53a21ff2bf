//! A day worked out: the slots on its grids, the times that are open, the times that are taken.

use std::iter;

use jiff::{SignedDuration, Timestamp};

use super::{
    BusyBy, Day, Range, Reason, Slot,
    spans::Spans,
    wall::{DAY, WallClock, timestamp},
};

/// No slot is shorter than this, in seconds (AVAIL-2).
const SHORTEST: i64 = 60;

/// What takes a time, in the order in which reasons name it.
const TAKERS: [BusyBy; 4] = [
    BusyBy::Booking,
    BusyBy::CancelledBooking,
    BusyBy::Hold,
    BusyBy::Rejection,
];

/// A day with everything worked out that decides on a slot.
pub(super) struct Plan {
    /// Whether a range admits the type at all.
    admitted: bool,
    /// Every slot on a grid, by start, each start once.
    slots: Vec<Slot>,
    /// The union of the ranges that admit the type.
    open: Spans,
    /// What is taken, by whom.
    taken: [(BusyBy, Spans); 4],
    /// The present.
    now: Timestamp,
    /// The first instant that keeps the minimum notice.
    earliest: Timestamp,
}

impl Plan {
    /// Works `day` out.
    pub(super) fn new(day: &Day<'_>) -> Self {
        let clock = WallClock::new(day.date, day.zone);
        let ranges: Vec<&Range> = day
            .ranges
            .iter()
            .filter(|range| admits(range, day))
            .collect();
        let mut slots: Vec<Slot> = ranges
            .iter()
            .flat_map(|range| Grid::new(range, day).slots(range, &clock))
            .collect();
        // A start that lies on several grids is kept with its earliest end.
        slots.sort_unstable();
        slots.dedup_by_key(|slot| slot.start);
        let open = ranges
            .iter()
            .map(|range| Slot {
                start: timestamp(clock.begin(range.start.into())),
                end: timestamp(clock.end(range.end.into())),
            })
            .collect();
        let taken = TAKERS.map(|by| {
            let times = day.busy.iter().filter(|busy| busy.by == by);
            (
                by,
                times
                    .map(|busy| Slot {
                        start: busy.start,
                        end: busy.end,
                    })
                    .collect(),
            )
        });
        let notice = SignedDuration::from_secs(day.minimum_notice.max(0));
        let earliest = day.now.checked_add(notice).unwrap_or(Timestamp::MAX);
        Self {
            admitted: !ranges.is_empty(),
            slots,
            open,
            taken,
            now: day.now,
            earliest,
        }
    }

    /// The slots on the grids, whether or not something speaks against them.
    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The slot that starts at `start`, if it is on a grid.
    pub(super) fn slot_at(&self, start: Timestamp) -> Option<Slot> {
        let at = self
            .slots
            .binary_search_by_key(&start, |slot| slot.start)
            .ok()?;
        self.slots.get(at).copied()
    }

    /// Everything that speaks against a booking at `start`, where `slot` starts if it is on a
    /// grid.
    pub(super) fn against(&self, start: Timestamp, slot: Option<Slot>) -> Vec<Reason> {
        let mut reasons = Vec::new();
        match slot {
            None if !self.admitted => reasons.push(Reason::NoAvailability),
            None => reasons.push(Reason::NotASlotStart),
            Some(slot) if !self.open.cover(slot) => reasons.push(Reason::NotCovered),
            Some(_) => {}
        }
        if start <= self.now {
            reasons.push(Reason::InThePast);
        } else if start < self.earliest {
            reasons.push(Reason::TooSoon);
        }
        for (by, times) in &self.taken {
            if slot.map_or_else(|| times.contain(start), |slot| times.overlap(slot)) {
                reasons.push(Reason::Busy(*by));
            }
        }
        reasons
    }
}

/// Whether `range` admits the type that is asked for. What is no range admits nothing.
fn admits(range: &Range, day: &Day<'_>) -> bool {
    let ids = &range.pms_appointment_type_ids;
    range.start < range.end
        && i64::from(range.end) <= DAY
        && (ids.is_empty() || ids.iter().any(|id| id == day.pms_appointment_type_id))
}

/// The grid of one range, in seconds (AVAIL-2).
struct Grid {
    /// From one start to the next, on the wall clock; at least [`SHORTEST`].
    step: i64,
    /// What must be left of the range at a start: a whole slot, if the PMS cut the range into
    /// slots.
    rest: i64,
    /// Length of a booking.
    length: i64,
}

impl Grid {
    fn new(range: &Range, day: &Day<'_>) -> Self {
        let slot = range.slot_length;
        let wanted = day.type_length.filter(|length| *length > 0);
        if slot >= SHORTEST {
            let length = wanted.map_or(slot, |wanted| whole_slots(wanted, slot));
            Self {
                step: slot,
                rest: slot,
                length,
            }
        } else {
            let length = wanted.unwrap_or(day.default_length).max(SHORTEST);
            Self {
                step: length,
                rest: 0,
                length,
            }
        }
    }

    /// The slots that start within `range`.
    fn slots(self, range: &Range, clock: &WallClock) -> impl Iterator<Item = Slot> {
        let Self { step, rest, length } = self;
        let range_end = clock.end(range.end.into());
        iter::successors(Some(i64::from(range.start)), move |wall| {
            wall.checked_add(step)
        })
        .take_while(|wall| *wall < i64::from(range.end))
        .filter_map(|wall| clock.first(wall))
        .filter(move |start| start.saturating_add(rest) <= range_end)
        .map(move |start| Slot {
            start: timestamp(start),
            end: timestamp(start.saturating_add(length)),
        })
    }
}

/// `length` rounded up to whole slots.
fn whole_slots(length: i64, slot: i64) -> i64 {
    length.saturating_add(slot - 1) / slot * slot
}
