//! The ledger against the store.

use super::facts::{Facts, Stored};
use super::{Attempt, Fate, Ledger};
use std::collections::{BTreeMap, BTreeSet};

/// Where the store differs from what was said, or from itself. `settled`: nothing more is due.
#[must_use]
pub fn check(ledger: &Ledger, facts: &Facts, settled: bool) -> Vec<String> {
    let mut check = Check {
        facts,
        audit: count(facts.audit.iter().cloned()),
        requests: count(facts.requests.iter().cloned()),
        wrong: ledger.complaints.clone(),
    };
    check.every_booking_is_whole(settled);
    check.nothing_is_sold_twice();
    check.nothing_appears_unasked(ledger);
    for attempt in &ledger.attempts {
        check.an_attempt_came_to_what_was_said(attempt);
    }
    for (day, versions) in &ledger.days {
        check.a_snapshot_is_the_last(day, versions);
    }
    check.wrong
}

fn count<T: Ord>(items: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    counts
}

struct Check<'a> {
    facts: &'a Facts,
    audit: BTreeMap<(i64, String), usize>,
    requests: BTreeMap<(i64, String, bool), usize>,
    wrong: Vec<String>,
}

impl Check<'_> {
    fn expect(&mut self, holds: bool, words: impl FnOnce() -> String) {
        if !holds {
            self.wrong.push(words());
        }
    }

    fn audited(&self, id: i64, action: &str) -> usize {
        let times = self.audit.get(&(id, action.to_owned()));
        times.copied().unwrap_or_default()
    }

    fn requested(&self, id: i64, kind: &str, resolved: bool) -> usize {
        let times = self.requests.get(&(id, kind.to_owned(), resolved));
        times.copied().unwrap_or_default()
    }

    /// All that one transaction writes is there, or none of it is.
    fn every_booking_is_whole(&mut self, settled: bool) {
        let facts = self.facts;
        for (&id, booking) in &facts.bookings {
            let Stored {
                status, pms_answer, ..
            } = booking;
            let requested = status == "requested";
            let made = self.audited(id, "book");
            self.expect(made == 1, || format!("booking {id} was made {made} times"));
            let open = self.requested(id, "bookings", false);
            let closed = self.requested(id, "bookings", true);
            let answered = pms_answer != "none" || status == "cancelled";
            let right = (open, closed) == if answered { (0, 1) } else { (1, 0) };
            self.expect(right, || {
                format!(
                    "booking {id} ({status}, {pms_answer}): {open} requests open, {closed} closed"
                )
            });
            let runs = facts.deciding.contains_key(&id);
            self.expect(runs == requested, || {
                format!("booking {id} is {status}; do its 20 seconds run? {runs}")
            });
            self.expect(!settled || !requested, || {
                format!("booking {id} was never decided")
            });
            let stood = self.audited(id, "stand");
            let alone = status == "confirmed" && pms_answer == "none";
            self.expect(stood <= 1 && (!alone || stood == 1), || {
                format!("booking {id} ({status}, {pms_answer}) stood {stood} times")
            });
            let told = pms_answer == "confirmed" && status == "cancelled";
            let updates = self.requested(id, "bookingUpdates", false);
            self.expect(updates == usize::from(told), || {
                format!("booking {id} ({status}, {pms_answer}): {updates} updates for the PMS")
            });
            for (action, holds) in [
                ("confirmInsert", pms_answer == "confirmed"),
                ("rejectInsert", pms_answer == "rejected"),
                ("cancel", status == "cancelled"),
            ] {
                let times = self.audited(id, action);
                self.expect(times == usize::from(holds), || {
                    format!("booking {id} ({status}, {pms_answer}): {action} {times} times")
                });
            }
        }
        let known = |id: &i64| facts.bookings.contains_key(id);
        let of_none: BTreeSet<&i64> = facts
            .requests
            .iter()
            .map(|(id, ..)| id)
            .chain(facts.audit.iter().map(|(id, _)| id))
            .chain(facts.deciding.keys())
            .filter(|id| !known(id))
            .collect();
        self.expect(of_none.is_empty(), || {
            format!("parts of bookings that are not there: {of_none:?}")
        });
    }

    fn nothing_is_sold_twice(&mut self) {
        let mut taken: Vec<_> = self
            .facts
            .bookings
            .iter()
            .filter(|(_, b)| b.occupies)
            .collect();
        taken.sort_by_key(|(_, booking)| (booking.practitioner, booking.start));
        for (before, after) in taken.iter().zip(taken.iter().skip(1)) {
            let overlap =
                before.1.practitioner == after.1.practitioner && after.1.start < before.1.end;
            self.expect(!overlap, || {
                format!("bookings {} and {} have the same time", before.0, after.0)
            });
        }
    }

    /// A booking that nobody was told of belongs to a call that was not answered; one to one.
    fn nothing_appears_unasked(&mut self, ledger: &Ledger) {
        let told: BTreeSet<i64> = ledger.attempts.iter().filter_map(|a| a.id).collect();
        let unanswered = ledger.attempts.iter().filter(|a| a.made == Fate::Unknown);
        let mut unanswered = count(unanswered.map(|a| (a.practitioner, a.start)));
        for (id, booking) in &self.facts.bookings {
            if told.contains(id) {
                continue;
            }
            let place = unanswered.get_mut(&(booking.practitioner, booking.start));
            let asked = place.is_some_and(|left| {
                let asked = *left > 0;
                *left = left.saturating_sub(1);
                asked
            });
            self.expect(asked, || {
                format!("booking {id} is there, and no call accounts for it")
            });
        }
    }

    fn an_attempt_came_to_what_was_said(&mut self, attempt: &Attempt) {
        let Some(id) = attempt.id else { return };
        let Some(booking) = self.facts.bookings.get(&id) else {
            self.wrong
                .push(format!("booking {id} was acknowledged and is lost"));
            return;
        };
        let same = (booking.practitioner, booking.start) == (attempt.practitioner, attempt.start);
        self.expect(same, || {
            format!("booking {id} is at another time than was said")
        });
        for (action, fate) in [
            ("confirmInsert", attempt.confirmed),
            ("rejectInsert", attempt.rejected),
            ("cancel", attempt.cancelled),
        ] {
            let times = self.audited(id, action);
            let right = match fate {
                Fate::Done => times == 1,
                Fate::Unknown => times <= 1,
                Fate::Refused | Fate::Untried => times == 0,
            };
            self.expect(right, || {
                format!("booking {id}: {action} was {fate:?}, and happened {times} times")
            });
        }
    }

    fn a_snapshot_is_the_last(&mut self, day: &str, versions: &[(i64, Fate)]) {
        let stored = self.facts.days.get(day);
        let last = versions.iter().rposition(|(_, fate)| *fate == Fate::Done);
        let later = versions.get(last.unwrap_or_default()..).unwrap_or_default();
        let may_be = |ranges: &String| {
            later.iter().any(|(version, fate)| {
                matches!(fate, Fate::Done | Fate::Unknown)
                    && ranges.starts_with(&format!("[[{version},"))
            })
        };
        let right = stored.map_or(last.is_none(), may_be);
        self.expect(right, || {
            format!("the snapshot of {day} is {stored:?}; sent were {later:?}")
        });
    }
}
