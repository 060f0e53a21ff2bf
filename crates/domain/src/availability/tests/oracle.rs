//! The rules again, slowly: the day is walked tick by tick, what the clock shows is written down,
//! and every answer is found by looking through that list. Compared on every day on which a
//! clock changes.

use std::cell::Cell;
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::{prelude::*, test_runner::TestRunner};

use super::{properties, *};

/// Everything in these cases lies on half minutes.
const TICK: u32 = 30;

/// As above, for counting.
const STEP: i64 = TICK as i64;

/// From when until when every clock change is looked at.
const YEARS: [&str; 2] = ["2024-01-01T00:00:00Z", "2031-01-01T00:00:00Z"];

/// Whether the long dose is asked for, as in the other crates' tests.
fn is_full_dose() -> bool {
    std::env::var("SLOTBRIDGE_DOSE").as_deref() == Ok("full")
}

/// The offset at the beginning of the years, and every change in them.
fn clock_of(zone: &TimeZone) -> Vec<(Timestamp, i32)> {
    let [from, until] = YEARS.map(|year| year.parse::<Timestamp>().unwrap());
    let first = (from, zone.to_offset(from).seconds());
    let changes = zone
        .following(from)
        .map(|change| (change.timestamp(), change.offset().seconds()))
        .take_while(|(at, _)| *at < until);
    std::iter::once(first).chain(changes).collect()
}

/// The zones of the database. In the short dose, of those whose clocks show the same in all these
/// years only one.
fn zones() -> Vec<(String, TimeZone)> {
    let mut seen = HashSet::new();
    let all = jiff::tz::db().available().map(|name| {
        let zone = TimeZone::get(name.as_str()).unwrap();
        (name.to_string(), zone)
    });
    all.filter(|(_, zone)| is_full_dose() || seen.insert(clock_of(zone)))
        .collect()
}

/// The ticks of one day: what the wall clock shows at each, in seconds since midnight.
struct Ticks {
    first: Timestamp,
    walls: Vec<u32>,
    /// Whether the clock showed the same before on that day.
    again: Vec<bool>,
}

impl Ticks {
    fn of(date: Date, zone: &TimeZone) -> Self {
        let walk_from = zone.to_timestamp(date.at(0, 0, 0, 0)).unwrap() - 3.hours();
        let day: Vec<_> = (0..32 * 3_600 / STEP)
            .map(|tick| walk_from + (tick * STEP).seconds())
            .filter(|instant| zone.to_datetime(*instant).date() == date)
            .collect();
        let walls = day.iter().map(|instant| {
            let local = zone.to_datetime(*instant);
            let part = |part: i8| u32::try_from(part).unwrap();
            part(local.hour()) * 3_600 + part(local.minute()) * 60 + part(local.second())
        });
        let walls: Vec<u32> = walls.collect();
        let mut seen = HashSet::new();
        let again = walls.iter().map(|wall| !seen.insert(*wall));
        Self {
            first: day[0],
            again: again.collect(),
            walls,
        }
    }

    /// The tick at which a range that starts at `wall` begins: the first that shows it or, if
    /// none does, the first that shows more.
    fn begin(&self, wall: u32) -> usize {
        let shown = |test: fn(u32, u32) -> bool| self.walls.iter().position(|w| test(*w, wall));
        shown(|w, wall| w == wall)
            .or(shown(|w, wall| w > wall))
            .unwrap_or(self.walls.len())
    }

    /// The tick at which a range that ends at `wall` ends: the last that shows it or, if none
    /// does, the first that shows more; past the last tick if there is none.
    fn end(&self, wall: u32) -> usize {
        let last = self.walls.iter().rposition(|w| *w == wall);
        last.unwrap_or_else(|| self.begin(wall))
    }

    fn instant(&self, tick: usize) -> Timestamp {
        self.first + (i64::try_from(tick).unwrap() * STEP).seconds()
    }
}

/// What a range makes of a start: the length of a booking there, in seconds.
fn length_in(range: &Range, case: &Case, ticks: &Ticks, tick: usize) -> Option<i64> {
    let wall = ticks.walls[tick];
    if ticks.again[tick] || wall < range.start || wall >= range.end {
        return None;
    }
    let type_length = case.type_length.filter(|length| *length > 0);
    let (step, length, rest) = if range.slot_length >= 60 {
        let mut length = range.slot_length;
        while length < type_length.unwrap_or(0) {
            length += range.slot_length;
        }
        (range.slot_length, length, range.slot_length)
    } else {
        let length = type_length.unwrap_or(case.default_length);
        (length, length, STEP)
    };
    if i64::from(wall - range.start) % step != 0 {
        return None;
    }
    let room = i64::try_from(ticks.end(range.end) - tick).unwrap() * STEP;
    (rest <= room).then_some(length)
}

fn slow(case: &Case, ticks: &Ticks) -> Vec<Slot> {
    let ids = |range: &Range| range.pms_appointment_type_ids.clone();
    let ranges: Vec<&Range> = case
        .ranges
        .iter()
        .filter(|range| ids(range).is_empty() || ids(range).contains(&TYPE.to_owned()))
        .collect();
    let mut open = vec![false; ticks.walls.len()];
    for range in &ranges {
        open[ticks.begin(range.start)..ticks.end(range.end)].fill(true);
    }
    let taken: Vec<bool> = (0..ticks.walls.len())
        .map(|tick| {
            let (from, until) = (ticks.instant(tick), ticks.instant(tick + 1));
            case.busy
                .iter()
                .any(|busy| busy.start < until && from < busy.end)
        })
        .collect();
    let mut slots = Vec::new();
    for tick in 0..ticks.walls.len() {
        if !open[tick] {
            continue;
        }
        let lengths = ranges
            .iter()
            .filter_map(|range| length_in(range, case, ticks, tick));
        let Some(length) = lengths.min() else {
            continue;
        };
        let last = tick.saturating_add(usize::try_from(length / STEP).unwrap());
        if last > ticks.walls.len() {
            continue;
        }
        let free = (tick..last).all(|tick| open[tick] && !taken[tick]);
        let start = ticks.instant(tick);
        let notice = case.now + case.minimum_notice.seconds();
        if free && start > case.now && start >= notice {
            slots.push(Slot {
                start,
                end: start + length.seconds(),
            });
        }
    }
    slots
}

/// The days of these years on which the zone's clock changes, and those before and after.
fn days(zone: &TimeZone) -> Vec<Date> {
    let mut days: Vec<Date> = clock_of(zone)
        .into_iter()
        .skip(1)
        .flat_map(|(at, _)| [-24, 0, 24].map(|hours| zone.to_datetime(at + hours.hours()).date()))
        .chain(["2027-03-01".parse().unwrap()])
        .collect();
    days.dedup();
    days
}

prop_compose! {
    /// A case on a given day. Half of the ranges are near the hours at which clocks change.
    fn cases(date: Date, zone: TimeZone, first: Timestamp)(
        mut ranges in properties::ranges(),
        early in any::<bool>(),
        half in any::<bool>(),
        type_length in prop_oneof![Just(None), Just(Some(0)), (1_i64..=240).prop_map(|n| Some(n * 30))],
        default_length in (2_i64..=120).prop_map(|n| n * 30),
        busy in properties::busy(),
        now in -600_i64..1500,
        minimum_notice in prop_oneof![Just(0), 0_i64..7200],
    ) -> Case {
        for range in &mut ranges {
            if early {
                range.start /= 6;
                range.start -= range.start % TICK;
                range.end = range.start.max(range.end / 6).max(range.start + 60);
                range.end -= range.end % TICK;
            }
            if half {
                range.start += TICK;
                range.end = (range.end + TICK).min(86_400);
            }
            if range.slot_length >= 60 {
                range.slot_length = (range.slot_length / STEP).min(5_000) * STEP;
            }
        }
        let busy = busy.into_iter().map(|(start, length, by)| {
            let start = first - 120.minutes() + start.minutes();
            Busy { start, end: start + length.minutes(), by }
        });
        Case {
            date,
            zone: zone.clone(),
            busy: busy.collect(),
            now: if half { first + now.minutes() } else { first - 24.hours() },
            ranges,
            type_length: type_length.map(|length| if length == 0 { 0 } else { length.max(60) }),
            default_length,
            minimum_notice,
        }
    }
}

#[test]
fn a_second_implementation_agrees_on_every_clock_change_of_every_zone_avail_5() {
    let zones = zones();
    let next = AtomicUsize::new(0);
    let [compared, slots_seen] = [AtomicUsize::new(0), AtomicUsize::new(0)];
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some((name, zone)) = zones.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let slots = compare(name, zone, &compared);
                    slots_seen.fetch_add(slots, Ordering::Relaxed);
                }
            });
        }
    });
    let [compared, slots_seen] = [compared, slots_seen].map(AtomicUsize::into_inner);
    assert!(zones.len() > 60, "{} different zones", zones.len());
    assert!(compared > 1_000, "{compared} days compared");
    assert!(slots_seen > 10_000, "{slots_seen} slots compared");
}

/// Compares a zone's days, and counts the slots on them.
fn compare(name: &str, zone: &TimeZone, compared: &AtomicUsize) -> usize {
    let slots_seen = Cell::new(0);
    for date in days(zone) {
        // A runner counts its cases over all its runs: each day has one of its own.
        let mut runner = TestRunner::new(ProptestConfig {
            cases: if is_full_dose() { 24 } else { 1 },
            failure_persistence: None,
            ..ProptestConfig::default()
        });
        let ticks = Ticks::of(date, zone);
        let strategy = cases(date, zone.clone(), ticks.first);
        runner
            .run(&strategy, |case| {
                let slots = offered(&case.day());
                prop_assert_eq!(&slots, &slow(&case, &ticks), "{} {}", name, date);
                slots_seen.set(slots_seen.get() + slots.len());
                compared.fetch_add(1, Ordering::Relaxed);
                Ok(())
            })
            .unwrap();
    }
    slots_seen.get()
}

#[test]
fn the_zones_that_differ_most_are_among_them_avail_5() {
    let zones: Vec<String> = jiff::tz::db().available().map(|n| n.to_string()).collect();
    assert!(zones.len() > 400, "{}", zones.len());
    for name in [
        "Australia/Lord_Howe",
        "Australia/Perth",
        "Australia/Eucla",
        "Pacific/Chatham",
        "Africa/Casablanca",
        "America/Havana",
        "Asia/Gaza",
        "Antarctica/Troll",
    ] {
        assert!(zones.iter().any(|zone| zone == name), "{name}");
    }
}
