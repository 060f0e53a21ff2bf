//! The wall clock of one day at one place: which instants show a local time (AVAIL-5).

use jiff::{
    Timestamp,
    civil::{self, Date},
    tz::TimeZone,
};

/// `24:00` in seconds since midnight.
pub(super) const DAY: i64 = 86_400;

/// No offset from UTC is larger than this.
const WIDEST_OFFSET: i64 = 26 * 3_600;

/// A day's wall clock. Local times are seconds since the day's midnight, instants are seconds
/// since the Unix epoch.
///
/// The zone is asked once, for the stretches of constant offset around the day (mostly one);
/// after that every look-up is arithmetic.
pub(super) struct WallClock {
    /// The day's midnight, read as if it were UTC.
    midnight: i64,
    /// In order, each beginning where the one before ends.
    stretches: Vec<Stretch>,
}

/// A time during which the clock runs evenly: from `from` (inclusive) to `until` (exclusive).
struct Stretch {
    from: i64,
    until: i64,
    offset: i64,
}

impl WallClock {
    /// The wall clock that `zone` has on `date`.
    pub(super) fn new(date: Date, zone: &TimeZone) -> Self {
        let midnight = date.duration_since(civil::date(1970, 1, 1)).as_secs();
        let until = midnight + DAY + WIDEST_OFFSET;
        let first = timestamp(midnight - WIDEST_OFFSET);
        let mut stretches = Vec::with_capacity(2);
        let mut from = first.as_second();
        let mut offset = i64::from(zone.to_offset(first).seconds());
        for change in zone.following(first) {
            let at = change.timestamp().as_second();
            if at >= until {
                break;
            }
            stretches.push(Stretch {
                from,
                until: at,
                offset,
            });
            from = at;
            offset = i64::from(change.offset().seconds());
        }
        stretches.push(Stretch {
            from,
            until,
            offset,
        });
        Self {
            midnight,
            stretches,
        }
    }

    /// The first instant that shows `wall`; `None` if the clock jumps over it.
    pub(super) fn first(&self, wall: i64) -> Option<i64> {
        self.stretches
            .iter()
            .find_map(|stretch| self.within(stretch, wall))
    }

    /// Where a range that starts at `wall` begins: the first of two instants; the moment of the
    /// change if there is none.
    pub(super) fn begin(&self, wall: i64) -> i64 {
        self.first(wall).unwrap_or_else(|| self.change_over(wall))
    }

    /// Where a range that ends at `wall` ends: the later of two instants, the moment of the change
    /// if there is none, and never after the day, whose `24:00` is where the next day begins.
    pub(super) fn end(&self, wall: i64) -> i64 {
        let mut latest_first = self.stretches.iter().rev();
        latest_first
            .find_map(|stretch| self.within(stretch, wall))
            .unwrap_or_else(|| self.change_over(wall))
            .min(self.begin(DAY))
    }

    /// The instant of `stretch` that shows `wall`.
    fn within(&self, stretch: &Stretch, wall: i64) -> Option<i64> {
        let instant = self.midnight + wall - stretch.offset;
        (stretch.from..stretch.until)
            .contains(&instant)
            .then_some(instant)
    }

    /// The moment at which the clock jumps over `wall`.
    fn change_over(&self, wall: i64) -> i64 {
        let local = self.midnight + wall;
        let after = self
            .stretches
            .iter()
            .find(|stretch| stretch.from + stretch.offset > local);
        // Before the first or after the last instant there is, nothing is jumped over.
        after.map_or(local, |stretch| stretch.from)
    }
}

/// The timestamp of an instant; the nearest one if it lies beyond all timestamps.
pub(super) fn timestamp(second: i64) -> Timestamp {
    let nearest = if second < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_second(second).unwrap_or(nearest)
}
