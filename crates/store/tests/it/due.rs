//! Due work is taken once, at its time.

use crate::support::{Fixture, now};
use jiff::SignedDuration;
use slotbridge_store::StoreError;
use slotbridge_store::due::{self, DueKind};
use std::collections::BTreeMap;
use std::sync::Arc;

#[test]
fn a_row_is_taken_once_among_eight_takers_book_3() {
    const ROWS: i64 = 100;
    let fixture = Fixture::new();
    let practices = [fixture.practice(), fixture.practice()];
    for practice in practices {
        fixture
            .write(practice, move |tx| {
                let now = tx.now();
                (0..ROWS)
                    .try_for_each(|n| due::set(tx, DueKind::BookingStands, &n.to_string(), now))
            })
            .unwrap();
    }

    let takers: Vec<_> = (0..8)
        .map(|_| {
            let store = Arc::clone(&fixture.store);
            let now = now(&fixture);
            fixture.runtime.spawn(async move {
                let mut taken = Vec::new();
                let rows = store
                    .begin_global()
                    .read(move |tx| due::next(tx, now, 1000))
                    .await?;
                for row in rows {
                    let (practice, target) = (row.practice_id, row.target.clone());
                    let mine = store
                        .begin(practice)
                        .write(move |tx| due::take(tx, row.kind, &row.target))
                        .await?;
                    if mine {
                        taken.push((practice, target));
                    }
                }
                Ok::<_, StoreError>(taken)
            })
        })
        .collect();
    let mut times_taken = BTreeMap::new();
    for taker in takers {
        for row in fixture.runtime.block_on(taker).unwrap().unwrap() {
            *times_taken.entry(row).or_insert(0) += 1;
        }
    }
    assert_eq!(times_taken.len(), 200);
    assert!(times_taken.values().all(|times| *times == 1));
    assert_eq!(fixture.read_global(due::earliest).unwrap(), None);
}

#[test]
fn what_was_taken_and_not_done_is_still_due() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let at = now(&fixture);
    fixture
        .write(practice, move |tx| {
            due::set(tx, DueKind::HoldExpires, "x", at)
        })
        .unwrap();
    let failed = fixture.write(practice, |tx| {
        assert!(due::take(tx, DueKind::HoldExpires, "x")?);
        Err::<(), _>(StoreError::Corrupt("the work failed"))
    });
    assert!(failed.is_err());
    assert_eq!(fixture.read_global(due::earliest).unwrap(), Some(at));
    let taken = fixture.write(practice, |tx| due::take(tx, DueKind::HoldExpires, "x"));
    assert!(taken.unwrap());
}

#[test]
fn nothing_is_taken_before_its_time_and_all_of_it_in_order() {
    let fixture = Fixture::new();
    let (one, two) = (fixture.practice(), fixture.practice());
    let start = now(&fixture);
    let after = move |seconds| start + SignedDuration::from_secs(seconds);
    for (practice, target, seconds) in [(two, "b", 20), (one, "c", 30), (one, "a", 10)] {
        fixture
            .write(practice, move |tx| {
                due::set(tx, DueKind::BookingStands, target, after(seconds))
            })
            .unwrap();
    }
    let next = |fixture: &Fixture| {
        let now = now(fixture);
        let rows = fixture
            .read_global(move |tx| due::next(tx, now, 10))
            .unwrap();
        rows.into_iter().map(|row| row.target).collect::<String>()
    };
    let take = |fixture: &Fixture| {
        fixture
            .write(one, |tx| due::take(tx, DueKind::BookingStands, "a"))
            .unwrap()
    };
    assert_eq!(fixture.read_global(due::earliest).unwrap(), Some(after(10)));
    assert_eq!(next(&fixture), "");
    assert!(!take(&fixture), "ten seconds early");
    fixture.clock.advance(25);
    assert_eq!(next(&fixture), "ab");
    fixture.clock.advance(5);
    assert_eq!(next(&fixture), "abc");
    assert!(take(&fixture));
    assert!(!take(&fixture), "it is gone");
    assert_eq!(next(&fixture), "bc");

    // Planning it again moves it; cancelling drops it.
    fixture
        .write(one, move |tx| {
            due::set(tx, DueKind::BookingStands, "c", after(60))?;
            due::set(tx, DueKind::RequestDayEnds, "d", after(5))?;
            due::cancel(tx, DueKind::RequestDayEnds, "d")
        })
        .unwrap();
    assert_eq!(next(&fixture), "b");
}
