//! Free times: the slots of a schedule.

use crate::Fhir;
use crate::clock::{OnTheWall, day_of, on_the_wall};
use crate::fhir::{Schedule, Slot, as_resource};
use crate::schedules::types;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use slotbridge_agent::adapter::{FreeTimes, Trouble};
use slotbridge_client::wire::availability::AvailabilityRange;

/// The shortest slot, in seconds: below it the hub would take the type's length.
const SHORTEST: u32 = 60;
/// How long a slot may be that stands in the way of others.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// A slot, and all that the server has of it.
pub(crate) struct Whole {
    pub(crate) slot: Slot,
    pub(crate) value: Value,
}

/// What a search is to compare with, to the second.
fn at(instant: Timestamp) -> String {
    format!("{instant:.0}")
}

impl Fhir {
    /// The slots of a schedule, of any status, that may have something of a time: FHIR can search
    /// them by their start only.
    pub(crate) async fn slots_between(
        &self,
        schedule: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Whole>, Trouble> {
        let of = format!("Schedule/{schedule}");
        let from = from.checked_sub(LONGEST).unwrap_or(from);
        let (from, to) = (format!("ge{}", at(from)), format!("lt{}", at(to)));
        let query = [("schedule", &*of), ("start", &*from), ("start", &*to)];
        let all = self.server.all("Slot", &query).await?.into_iter();
        let slots = all.filter_map(|value| {
            let slot = as_resource::<Slot>(&value)?;
            let is_of_it = slot.schedule.id_of("Schedule") == Some(schedule);
            (is_of_it && slot.status != "entered-in-error").then_some(Whole { slot, value })
        });
        Ok(slots.collect())
    }

    pub(crate) async fn free(
        &self,
        resource: &str,
        from: Date,
        to: Date,
    ) -> Result<FreeTimes, Trouble> {
        let Some(schedule) = self.schedule(resource).await? else {
            return Ok(FreeTimes::new());
        };
        let ((start, _), (_, end)) = (day_of(&self.zone, from)?, day_of(&self.zone, to)?);
        let slots = self.slots_between(resource, start, end).await?;
        let slots = slots.into_iter().map(|whole| whole.slot).collect();
        let mut free = free(slots, &schedule, &self.zone);
        free.retain(|day, _| (from..=to).contains(day));
        Ok(free)
    }
}

/// What is free of the slots of a schedule.
fn free(slots: Vec<Slot>, schedule: &Schedule, zone: &TimeZone) -> FreeTimes {
    let known: Vec<String> = ids(schedule.service_type.iter().flat_map(types));
    let (free, taken): (Vec<Slot>, Vec<Slot>) =
        slots.into_iter().partition(|slot| slot.status == "free");
    let taken = Intervals::of(&taken);
    let mut days = FreeTimes::new();
    for slot in free {
        if taken.touch(slot.start, slot.end) {
            continue;
        }
        let Some(types) = types_of(&slot, &known) else {
            continue;
        };
        let Some(wall) = on_the_wall(zone, slot.start, slot.end) else {
            continue;
        };
        if wall.length >= SHORTEST {
            days.entry(wall.day).or_default().push(range(&wall, types));
        }
    }
    for ranges in days.values_mut() {
        *ranges = merged(std::mem::take(ranges));
    }
    days
}

fn ids(types: impl Iterator<Item = (String, String)>) -> Vec<String> {
    let mut ids: Vec<String> = types.map(|(id, _)| id).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// The types that a slot is for: those of its own that its schedule has, or all of the schedule's.
/// `None` if it is only for others, which the hub does not know. Where the schedule has none, any
/// will do.
fn types_of(slot: &Slot, known: &[String]) -> Option<Vec<String>> {
    let mut own = ids(slot.service_type.iter().flat_map(types));
    if own.is_empty() || known.is_empty() {
        return Some(known.to_vec());
    }
    own.retain(|id| known.contains(id));
    (!own.is_empty()).then_some(own)
}

fn range(wall: &OnTheWall, types: Vec<String>) -> AvailabilityRange {
    AvailabilityRange {
        start: wall.start,
        end: wall.end,
        slot_length: i64::from(wall.length),
        pms_appointment_type_ids: types,
    }
}

/// The ranges with those in one that follow on each other and are cut up alike.
fn merged(mut ranges: Vec<AvailabilityRange>) -> Vec<AvailabilityRange> {
    let key = |range: &AvailabilityRange| {
        let types = range.pms_appointment_type_ids.clone();
        (range.slot_length, types, range.start)
    };
    ranges.sort_by_cached_key(key);
    ranges.dedup();
    let mut merged = Vec::<AvailabilityRange>::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last)
                if last.end == range.start
                    && last.slot_length == range.slot_length
                    && last.pms_appointment_type_ids == range.pms_appointment_type_ids =>
            {
                last.end = range.end;
            }
            _ => merged.push(range),
        }
    }
    merged.sort_by_key(|range| (range.start, range.end));
    merged
}

/// Times that do not overlap, in their order.
struct Intervals(Vec<(Timestamp, Timestamp)>);

impl Intervals {
    fn of(slots: &[Slot]) -> Self {
        let mut all: Vec<_> = slots.iter().map(|slot| (slot.start, slot.end)).collect();
        all.sort();
        let mut joined = Vec::<(Timestamp, Timestamp)>::new();
        for (start, end) in all {
            match joined.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => joined.push((start, end)),
            }
        }
        Self(joined)
    }

    /// Whether one of them has something of a time.
    fn touch(&self, start: Timestamp, end: Timestamp) -> bool {
        let before = self.0.partition_point(|(_, stop)| *stop <= start);
        self.0.get(before).is_some_and(|(begin, _)| *begin < end)
    }
}

/// The slots that an appointment takes: all that have something of its time. Refused if one of them
/// is not free, or a part of the time is in none.
pub(crate) fn taken_by(
    slots: Vec<Whole>,
    start: Timestamp,
    end: Timestamp,
) -> Result<Vec<Whole>, Trouble> {
    let refuse = |why: &str| Err(Trouble::Refused(why.to_owned()));
    let mut slots: Vec<Whole> = slots
        .into_iter()
        .filter(|whole| whole.slot.start < end && whole.slot.end > start)
        .collect();
    slots.sort_by_key(|whole| (whole.slot.start, whole.slot.end));
    if slots.iter().any(|whole| whole.slot.status != "free") {
        return refuse("the time was given to somebody else");
    }
    let covered = slots.iter().try_fold(start, |covered, whole| {
        (whole.slot.start <= covered).then_some(covered.max(whole.slot.end))
    });
    if covered.is_none_or(|covered| covered < end) {
        return refuse("the practice is closed then");
    }
    Ok(slots)
}
