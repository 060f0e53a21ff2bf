//! Due work is taken once, at its time.

use crate::support::{Fixture, gate, now, queue};
use jiff::SignedDuration;
use slotbridge_store::due::{self, DueKind, Until};
use slotbridge_store::{StoreError, Tx};
use slotbridge_testkit::database::meddle;
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
                    .read(move |tx| due::next(tx, Until::any(now), 1000))
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
            .read_global(move |tx| due::next(tx, Until::any(now), 10))
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

/// Of one of the version before, it is not known who planned it.
#[test]
fn what_another_node_has_planned_is_left_to_it_for_a_while() {
    let fixture = Fixture::new();
    let (practice, at) = (fixture.practice(), now(&fixture));
    let second = SignedDuration::from_secs(1);
    let plan = |target: &'static str| {
        let set = fixture.write(practice, move |tx| {
            due::set(tx, DueKind::HoldExpires, target, at)
        });
        set.unwrap();
    };
    for target in ["a", "b", "c"] {
        plan(target);
    }
    let location = fixture.database.location();
    let other = "UPDATE due SET node = node + 1 WHERE target = 'b'";
    let unknown = "UPDATE due SET node = NULL WHERE target = 'c'";
    meddle(&location, &format!("{other}; {unknown}"));
    let next = |own, any| {
        let next = move |tx: &mut Tx<'_>| due::next(tx, Until { own, any }, 10);
        let rows = fixture.read_global(next).unwrap();
        rows.into_iter().map(|row| row.target).collect::<String>()
    };
    assert_eq!(next(at, at), "abc");
    assert_eq!(next(at, at - second), "a");
    assert_eq!(next(at - second, at - second), "");
    meddle(
        &location,
        "UPDATE due SET node = node + 1 WHERE target = 'a'",
    );
    assert_eq!(next(at + second, at - second), "");
    // Whoever plans it again has it.
    plan("b");
    assert_eq!(next(at, at - second), "b");
}

#[test]
fn the_turns_of_many_practices_are_those_for_which_nobody_writes_avail_4() {
    let fixture = Fixture::new();
    let [busy, free, other] = [(); 3].map(|()| fixture.practice());
    // On the embedded store there is one writer, who has all turns.
    let held = (!fixture.is_sqlite()).then(|| fixture.hold(busy));
    let (has_them, mut pass) = gate();
    let store = Arc::clone(&fixture.store);
    let clock = Arc::clone(&fixture.clock);
    let taking = fixture.runtime.spawn(async move {
        let take = move |tx: &mut Tx<'_>| {
            clock.advance(5);
            let before = tx.now();
            let turns = tx.take_turns(&[busy, free])?;
            assert_eq!(tx.now(), before + SignedDuration::from_secs(5));
            pass();
            Ok::<_, StoreError>(turns)
        };
        store.begin_global().keep_books(take).await
    });
    has_them.reached();
    let mut waits = queue(&fixture.store, free, |_| Ok(()));
    let goes_on = fixture.is_sqlite() || fixture.write(other, |_| Ok(())).is_ok();
    assert!(goes_on, "its turn was not taken");
    assert!(!waits.is_answered(), "somebody has its turn");
    has_them.open();
    let turns = fixture.runtime.block_on(taking).unwrap().unwrap();
    waits.wait(&fixture).unwrap();
    match held {
        None => assert_eq!(turns.into_iter().collect::<Vec<_>>(), [busy, free]),
        Some((gate, held)) => {
            assert_eq!(turns.into_iter().collect::<Vec<_>>(), [free]);
            gate.open();
            held.wait(&fixture).unwrap();
        }
    }
}
