//! How all integrations did lately: for each practice and each hour or day, the worst of its states.

use crate::auth::Operator;
use crate::{Hub, Result};
use jiff::{SignedDuration, Timestamp};
use slotbridge_domain::health::State;
use slotbridge_domain::ids::PracticeId;
use slotbridge_store::health::Change;
use slotbridge_store::practice_search::{self, Found, MOST, Wanted};
use slotbridge_store::{Listed, Window};

/// The most practices on a page.
pub const MOST_PRACTICES: i64 = MOST as i64;

/// What a column of the map is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// An hour; there are 24.
    Hour,
    /// A day of UTC; there are 14.
    Day,
}

impl Column {
    const fn length(self) -> SignedDuration {
        match self {
            Self::Hour => SignedDuration::from_hours(1),
            Self::Day => SignedDuration::from_hours(24),
        }
    }

    const fn count(self) -> i64 {
        match self {
            Self::Hour => 24,
            Self::Day => 14,
        }
    }

    /// When the columns begin; the last of them is the one that is now.
    fn starts(self, now: Timestamp) -> Vec<Timestamp> {
        let length = self.length().as_secs();
        let this = now.as_second().div_euclid(length);
        let numbers = (this - self.count() + 1)..=this;
        numbers
            .filter_map(|number| Timestamp::from_second(number * length).ok())
            .collect()
    }
}

/// What was the worst in an hour or on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worst {
    /// There was nothing to be well: it was not linked.
    Nothing,
    /// It answered, or nobody expected it to.
    Well,
    /// Its hours ended before it had answered again.
    Unsettled,
    /// It did not answer.
    Unhealthy,
}

impl Worst {
    const fn of(state: State) -> Self {
        match state {
            State::Healthy => Self::Well,
            State::OutsideLiveHours => Self::Unsettled,
            State::Unhealthy => Self::Unhealthy,
        }
    }
}

/// A practice with how it did.
#[derive(Clone, Debug)]
pub struct Line {
    /// The practice.
    pub practice: Found,
    /// The worst of each column.
    pub cells: Vec<Worst>,
}

/// The map.
#[derive(Clone, Debug)]
pub struct Map {
    /// When the columns begin.
    pub starts: Vec<Timestamp>,
    /// A page of the practices with a live consent, those that are unhealthy first.
    pub lines: Listed<Line>,
}

/// How the practices that a text finds did lately.
///
/// # Errors
/// The store's.
pub async fn get(
    hub: &Hub,
    _: &Operator,
    text: String,
    column: Column,
    window: Window,
) -> Result<Map> {
    let wanted = Wanted {
        text,
        worst_first: true,
    };
    hub.read_global(move |tx| {
        let starts = column.starts(tx.now());
        let found = practice_search::list(tx, &wanted, window)?;
        let ids: Vec<PracticeId> = found.entries.iter().map(|one| one.practice_id).collect();
        let since = starts.first().copied().unwrap_or(tx.now());
        let changes = practice_search::changes(tx, &ids, since)?;
        let line = |practice: Found| {
            let of_practice = changes.iter().filter(|(id, _)| *id == practice.practice_id);
            let of_practice: Vec<&Change> = of_practice.map(|(_, change)| change).collect();
            Line {
                cells: cells(&practice, &of_practice, &starts, column.length()),
                practice,
            }
        };
        Ok(Map {
            lines: Listed {
                total: found.total,
                entries: found.entries.into_iter().map(line).collect(),
            },
            starts,
        })
    })
    .await
}

/// The worst of each column. Only the changes into and out of being unhealthy are kept: what is not
/// among them was well, from the consent on.
fn cells(
    practice: &Found,
    changes: &[&Change],
    starts: &[Timestamp],
    length: SignedDuration,
) -> Vec<Worst> {
    let linked = practice.consent.map_or(Timestamp::MAX, |(_, since)| since);
    let cell = |start: &Timestamp| {
        let end = start.saturating_add(length).unwrap_or(Timestamp::MAX);
        let before = changes.iter().rfind(|change| change.at <= *start);
        let before = match before {
            Some(change) => Worst::of(change.state),
            None if end <= linked || practice.health.is_none() => Worst::Nothing,
            None => Worst::Well,
        };
        let within = changes.iter();
        let within = within.filter(|change| *start < change.at && change.at < end);
        let within = within.map(|change| Worst::of(change.state));
        within.fold(before, Worst::max)
    };
    starts.iter().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use slotbridge_domain::ids::ConsumerId;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 / 3600 * 3600 + minute * 60).unwrap()
    }

    fn change(minute: i64, state: State) -> Change {
        Change {
            at: at(minute),
            state,
            reasons: Vec::new(),
        }
    }

    #[test]
    fn each_hour_says_the_worst_of_it_and_nothing_before_the_practice_was_linked() {
        let practice = Found {
            practice_id: PracticeId::new(1).unwrap(),
            name: String::new(),
            place: Vec::new(),
            test: false,
            created_at: at(-9000),
            deactivated_at: None,
            consent: ConsumerId::new(1).map(|id| (id, at(70))),
            health: Some((State::Healthy, at(75))),
        };
        let changes = [
            change(130, State::Unhealthy),
            change(250, State::OutsideLiveHours),
            change(310, State::Healthy),
        ];
        let changes: Vec<&Change> = changes.iter().collect();
        let starts: Vec<Timestamp> = (0..8).map(|hour| at(hour * 60)).collect();
        let found = cells(&practice, &changes, &starts, SignedDuration::from_hours(1));
        assert_eq!(
            found,
            [
                Worst::Nothing,
                Worst::Well,
                Worst::Unhealthy,
                Worst::Unhealthy,
                Worst::Unhealthy,
                Worst::Unsettled,
                Worst::Well,
                Worst::Well
            ]
        );
    }

    #[test]
    fn the_last_column_is_the_one_that_is_now() {
        for (column, count) in [(Column::Hour, 24), (Column::Day, 14)] {
            let starts = column.starts(at(30));
            assert_eq!(starts.len(), count);
            let last = *starts.last().unwrap();
            assert!(last <= at(30) && at(30) < last + column.length());
        }
    }
}
