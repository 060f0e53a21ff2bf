//! What a transaction promises to its use case, and to the others beside it.

use crate::support::{ALL, Fixture, failed_statement, gate, insert_booking, target};
use futures_util::future::poll_immediate;
use slotbridge_domain::ids::{BookingId, PractitionerId, SubscriptionId};
use slotbridge_domain::request::RequestType;
use slotbridge_store::consumers::{self, Consumer};
use slotbridge_store::practitioners::{self, Practitioner};
use slotbridge_store::requests::{self, Target};
use slotbridge_store::subscriptions::{self, Subscription};
use slotbridge_store::{
    Result, StoreError, Tx, appointment_types, bookings, consents, deliveries, liveness_contracts,
    numbers,
};
use std::sync::Arc;

fn raise(tx: &mut Tx<'_>, n: i64) -> Result<()> {
    let target = target(tx.practice()?, n);
    requests::raise(tx, RequestType::Bookings, &target).map(drop)
}

/// Writes the same booking twice, and notices neither the one nor the other failure.
fn fail_and_look_away(tx: &mut Tx<'_>) -> Result<()> {
    let id = BookingId::of(tx.practice()?, 1);
    insert_booking(tx, id)?;
    let _ = insert_booking(tx, id);
    // On PostgreSQL what was pushed fails with the next question.
    let _ = bookings::get(tx, id);
    let _ = numbers::plain(tx);
    let _ = requests::count(tx, RequestType::Bookings);
    Ok(())
}

#[test]
fn a_failed_statement_undoes_the_whole_whatever_the_use_case_makes_of_it() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let written = fixture.write(practice, |tx| {
        raise(tx, 1)?;
        fail_and_look_away(tx)
    });
    assert_eq!(
        failed_statement(written),
        "slotbridge_store::bookings::INSERT",
        "the first failure is the cause"
    );
    assert!(fixture.requests(practice).is_empty());
    let number = fixture.write(practice, numbers::plain).unwrap();
    assert_eq!(number, 1, "no number was used up");
}

fn practitioner(tx: &Tx<'_>) -> Result<Practitioner> {
    let id = tx.practice()?.get() * 100_000_000 + 1;
    Ok(Practitioner {
        practitioner_id: PractitionerId::new(id).unwrap(),
        name: "Dr Lee".into(),
        title: None,
        firstname: None,
        lastname: None,
        follows_pms: false,
        active: true,
    })
}

#[test]
fn what_is_asked_for_is_as_it_was_then_in_whatever_order_it_is_read() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let seen = fixture.write(practice, |tx| {
        let before = practitioners::ask(tx)?;
        practitioners::insert(tx, &practitioner(tx)?)?;
        let after = practitioners::ask(tx)?;
        let types = appointment_types::ask(tx)?;
        let (after, before) = (after.all(tx)?, before.first(tx)?);
        Ok((before, after.len(), types.first(tx)?))
    });
    assert_eq!(seen.unwrap(), (None, 1, None));
    let left = fixture.read(practice, |tx| practitioners::ask(tx).map(drop));
    left.unwrap();
    let next = fixture.read(practice, |tx| appointment_types::ask(tx)?.all(tx));
    assert_eq!(next.unwrap().len(), 0, "what nobody read is gone");
}

#[test]
fn what_is_asked_for_after_a_failure_tells_of_the_failure() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let (later, report) = std::sync::mpsc::channel();
    let _ = fixture.write(practice, move |tx| {
        let before = practitioners::ask(tx)?;
        let id = BookingId::of(tx.practice()?, 1);
        insert_booking(tx, id)?;
        let _ = insert_booking(tx, id);
        let asked = practitioners::ask(tx).and_then(|asked| asked.all(tx));
        let _ = later.send([asked.map(drop), before.all(tx).map(drop)]);
        Ok(())
    });
    for told in report.recv().unwrap() {
        assert_eq!(failed_statement(told), "slotbridge_store::bookings::INSERT");
    }
}

#[test]
fn a_read_that_has_asked_for_all_asks_no_more() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let write = fixture.write(practice, |tx| {
        tx.ask_no_more();
        practitioners::insert(tx, &practitioner(tx)?)
    });
    write.unwrap();
    for _ in 0..3 {
        let one_more = fixture.read(practice, |tx| {
            let (all, again) = (practitioners::ask(tx)?, practitioners::ask(tx)?);
            tx.ask_no_more();
            let all = all.all(tx)?.len() + again.all(tx)?.len();
            let one_more = practitioners::ask(tx).map(drop);
            Ok((all, one_more))
        });
        assert!(
            matches!(one_more, Err(StoreError::Corrupt(_))),
            "{one_more:?}"
        );
        // What ends with its question, is refused, or asks for nothing leaves no trace.
        let ends = |tx: &mut Tx<'_>| {
            let all = practitioners::ask(tx)?;
            tx.ask_no_more();
            all.all(tx)
        };
        assert_eq!(fixture.read(practice, ends).unwrap().len(), 1);
        let refused = fixture.read(practice, move |tx| {
            ends(tx)?;
            Err::<(), _>(StoreError::Refused("no".into()))
        });
        assert!(matches!(refused, Err(StoreError::Refused(_))));
        let nothing = fixture.read(practice, |tx| {
            tx.ask_no_more();
            Ok(())
        });
        nothing.unwrap();
        let undone = fixture.write(practice, |tx| {
            numbers::plain(tx)?;
            tx.ask_no_more();
            Err::<(), _>(StoreError::Refused("no".into()))
        });
        assert!(matches!(undone, Err(StoreError::Refused(_))));
    }
    assert_eq!(fixture.write(practice, numbers::plain).unwrap(), 1);
}

/// Tells, when it goes, whether all went well so far.
struct Tell(std::sync::mpsc::Sender<bool>);

impl Drop for Tell {
    fn drop(&mut self) {
        let _ = self.0.send(!std::thread::panicking());
    }
}

#[test]
fn a_store_of_which_a_use_case_holds_the_last_closes_all_the_same() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let ((gate, mut pass), (tell, told)) = (gate(), std::sync::mpsc::channel());
    // The store goes first.
    let held = (Arc::clone(&fixture.store), Tell(tell));
    let queued = fixture.queue(practice, move |_| {
        let _held = &held;
        pass();
        Ok(())
    });
    gate.reached();
    drop(queued);
    let Fixture {
        store, database, ..
    } = fixture;
    drop(store);
    gate.open();
    assert!(told.recv().unwrap());
    drop(database);
}

#[test]
fn after_a_failure_no_statement_runs() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let (later, report) = std::sync::mpsc::channel();
    let _ = fixture.write(practice, move |tx| {
        fail_and_look_away(tx)?;
        let _ = later.send(requests::list_all(tx, ALL).map(|listed| listed.total));
        Ok(())
    });
    assert_eq!(
        failed_statement(report.recv().unwrap()),
        "slotbridge_store::bookings::INSERT"
    );
}

#[test]
fn a_failure_in_a_read_is_not_lost_either() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let swallowed = fixture.read(practice, |tx| {
        let _ = numbers::plain(tx);
        Ok(())
    });
    assert!(swallowed.is_err(), "a read must not write");
    let next = fixture.write(practice, numbers::plain).unwrap();
    assert_eq!(next, 1);
}

#[test]
fn a_failure_at_the_very_end_is_not_lost_either() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let written = fixture.write(practice, |tx| {
        raise(tx, 1)?;
        let id = BookingId::of(tx.practice()?, 1);
        insert_booking(tx, id)?;
        let _ = insert_booking(tx, id);
        Ok(())
    });
    assert_eq!(
        failed_statement(written),
        "slotbridge_store::bookings::INSERT"
    );
    assert!(fixture.requests(practice).is_empty());
    // The connection is as good as before.
    fixture.write(practice, |tx| raise(tx, 2)).unwrap();
    assert_eq!(fixture.requests(practice).len(), 1);
}

/// Queues a use case between neighbours, in one group where the engine has groups.
fn between_neighbours(
    fixture: &Fixture,
    use_case: impl FnMut(&mut Tx<'_>) -> Result<()> + Send + 'static,
) -> Result<()> {
    let practice = fixture.practice();
    let (gate, held) = fixture.hold(practice);
    let before = fixture.queue(practice, |tx| raise(tx, 1));
    let between = fixture.queue(practice, use_case);
    let after = fixture.queue(practice, |tx| raise(tx, 3));
    gate.open();
    held.wait(fixture).unwrap();
    before.wait(fixture).unwrap();
    after.wait(fixture).unwrap();
    let between = between.wait(fixture);
    let mut targets: Vec<_> = fixture
        .requests(practice)
        .into_iter()
        .map(|request| request.target)
        .collect();
    targets.sort_by_key(|target| format!("{target:?}"));
    assert_eq!(targets, [target(practice, 1), target(practice, 3)]);
    between
}

#[test]
fn a_panic_undoes_only_itself() {
    let fixture = Fixture::new();
    let outcome = between_neighbours(&fixture, |tx| {
        raise(tx, 2)?;
        panic!("on purpose")
    });
    assert!(matches!(outcome, Err(StoreError::Panicked)), "{outcome:?}");
}

#[test]
fn an_error_undoes_only_itself() {
    let fixture = Fixture::new();
    let outcome = between_neighbours(&fixture, |tx| {
        raise(tx, 2)?;
        Err(StoreError::Corrupt("on purpose"))
    });
    assert!(
        matches!(outcome, Err(StoreError::Corrupt("on purpose"))),
        "{outcome:?}"
    );
}

#[test]
fn a_failed_statement_undoes_only_its_own_transaction() {
    let fixture = Fixture::new();
    let outcome = between_neighbours(&fixture, |tx| {
        raise(tx, 2)?;
        fail_and_look_away(tx)
    });
    assert_eq!(
        failed_statement(outcome),
        "slotbridge_store::bookings::INSERT"
    );
}

#[test]
fn a_panic_in_a_read_harms_nobody() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    for _ in 0..40 {
        let outcome = fixture.read(practice, |tx| {
            numbers_seen(tx)?;
            if tx.practice().is_ok() {
                panic!("on purpose")
            }
            Ok(())
        });
        assert!(matches!(outcome, Err(StoreError::Panicked)), "{outcome:?}");
    }
    assert_eq!(fixture.read(practice, numbers_seen).unwrap(), 0);
}

fn numbers_seen(tx: &mut Tx<'_>) -> Result<i64> {
    requests::list_all(tx, ALL).map(|listed| listed.total)
}

#[test]
fn a_read_sees_one_picture() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let (gate, mut pass) = gate();
    std::thread::scope(|scope| {
        let seen = scope.spawn(|| {
            fixture.read(practice, move |tx| {
                let before = numbers_seen(tx)?;
                pass();
                Ok((before, numbers_seen(tx)?))
            })
        });
        gate.reached();
        fixture.write(practice, |tx| raise(tx, 1)).unwrap();
        gate.open();
        assert_eq!(seen.join().unwrap().unwrap(), (0, 0));
    });
    assert_eq!(fixture.read(practice, numbers_seen).unwrap(), 1);
}

#[test]
fn a_transaction_has_one_now_and_sees_what_it_wrote() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let clock = fixture.clock.clone();
    let raised_at = fixture
        .write(practice, move |tx| {
            let now = tx.now();
            clock.advance(60);
            raise(tx, 1)?;
            assert_eq!(tx.now(), now);
            let listed = requests::list_all(tx, ALL)?.entries;
            Ok((now, listed[0].created_at))
        })
        .unwrap();
    assert_eq!(raised_at.0, raised_at.1);
    let later = fixture.write(practice, |tx| Ok(tx.now())).unwrap();
    assert!(later > raised_at.0);
}

#[test]
fn what_is_pushed_runs_in_order_however_much_it_is() {
    const MANY: usize = 200;
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let seen = fixture
        .write(practice, |tx| {
            for n in 0..MANY {
                liveness_contracts::put(tx, &n.to_string())?;
            }
            let seen = liveness_contracts::get(tx)?;
            for n in 0..MANY {
                liveness_contracts::put(tx, &format!("again {n}"))?;
            }
            Ok(seen)
        })
        .unwrap();
    assert_eq!(seen.as_deref(), Some("199"));
    let stored = fixture.read(practice, liveness_contracts::get).unwrap();
    assert_eq!(stored.as_deref(), Some("again 199"));
}

#[test]
fn a_practice_that_does_not_exist_is_an_error_and_no_row() {
    let fixture = Fixture::new();
    let nobody = slotbridge_domain::ids::PracticeId::new(4711).unwrap();
    let numbered = fixture.write(nobody, numbers::plain);
    assert!(
        matches!(numbered, Err(StoreError::Corrupt(_))),
        "{numbered:?}"
    );
    let written = fixture.write(nobody, |tx| {
        liveness_contracts::put(tx, "{}")?;
        liveness_contracts::get(tx)
    });
    assert_eq!(
        failed_statement(written),
        "slotbridge_store::liveness_contracts::PUT"
    );
}

#[test]
fn a_practice_s_statement_needs_a_practice() {
    let fixture = Fixture::new();
    let refused = fixture.runtime.block_on(
        fixture
            .store
            .begin_global()
            .write(|tx| requests::raise(tx, RequestType::PmsResources, &Target::Practice)),
    );
    assert!(
        matches!(refused, Err(StoreError::Corrupt(_))),
        "{refused:?}"
    );
}

#[test]
fn what_a_caller_started_and_left_is_done() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let (gate, held) = fixture.hold(practice);
    drop(fixture.queue(practice, |tx| raise(tx, 1)));
    let last = fixture.queue(practice, |tx| raise(tx, 2));
    gate.open();
    held.wait(&fixture).unwrap();
    last.wait(&fixture).unwrap();
    assert!(fixture.read(practice, numbers_seen).unwrap() >= 1);
    let all = fixture.restart();
    assert_eq!(all.read(practice, numbers_seen).unwrap(), 2);
}

#[test]
fn a_practice_that_has_used_up_its_numbers_never_names_the_next_req_2() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    crate::support::Raw::open(&fixture.database).execute(&format!(
        "{}UPDATE practice_counters SET last_number = 99999998 WHERE practice_id = {practice}",
        if fixture.is_sqlite() {
            ""
        } else {
            "SET slotbridge.practice_id = '0'; "
        },
    ));
    let last = fixture.write(practice, numbers::request).unwrap();
    assert_eq!(
        (last.practice(), last.get() % 100_000_000),
        (practice, 99_999_999)
    );
    for _ in 0..2 {
        let refused = fixture.write(practice, |tx| {
            let _ = numbers::booking_and_request(tx);
            let _ = numbers::request(tx);
            Ok(())
        });
        assert!(
            matches!(refused, Err(StoreError::Corrupt(_))),
            "{refused:?}"
        );
    }
}

#[test]
fn keeping_books_leaves_what_nodes_remember() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let stamp = || {
        loop {
            // On PostgreSQL it takes a moment to know what others have written.
            if let Some(stamp) = fixture.store.stamp(practice) {
                return stamp;
            }
            std::thread::yield_now();
        }
    };
    let nothing = |_: &mut Tx<'_>| Ok::<_, StoreError>(());
    let before = stamp();
    let kept = fixture.store.begin_global().keep_books(nothing);
    fixture.runtime.block_on(kept).unwrap();
    assert_eq!(stamp(), before);
    let written = fixture.store.begin_global().write(nothing);
    fixture.runtime.block_on(written).unwrap();
    assert_ne!(stamp(), before);
}

#[test]
fn only_what_leaves_a_delivery_to_be_made_wakes() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let wakes = || {
        let woken = poll_immediate(fixture.store.woken());
        fixture.runtime.block_on(woken).is_some()
    };
    let raise = |n| {
        let raised = fixture.write(practice, move |tx| {
            let target = target(tx.practice()?, n);
            let (id, _) = requests::raise(tx, RequestType::Bookings, &target)?;
            deliveries::raise(tx, id, RequestType::Bookings)
        });
        raised.unwrap();
    };
    raise(1);
    assert!(!wakes(), "nobody has subscribed");
    let consumer = fixture.store.begin_global().write(|tx| {
        let consumer_id = consumers::next_id(tx)?;
        let consumer = Consumer {
            consumer_id,
            name: "vendor".into(),
            contact_email: "vendor@example.test".into(),
            test: false,
            wire_profile: "standard".into(),
            created_at: tx.now(),
            deactivated_at: None,
        };
        consumers::insert(tx, &consumer, b"sealed")?;
        Ok::<_, StoreError>(consumer_id)
    });
    let consumer_id = fixture.runtime.block_on(consumer).unwrap();
    let subscribed = fixture.write(practice, move |tx| {
        consents::insert(tx, consumer_id, &[0; 32])?;
        let subscription_id = SubscriptionId::of(tx.practice()?, 1);
        let subscription = Subscription {
            subscription_id,
            consumer_id,
            topic: "requests.bookings".parse().unwrap(),
            callback_url: "https://pms.example.test/".into(),
            lane: "pms.example.test".into(),
            client_id: None,
            start_at: tx.now(),
            expire_at: None,
        };
        subscriptions::insert(tx, &subscription)
    });
    subscribed.unwrap();
    assert!(!wakes(), "nothing was asked for since");
    raise(2);
    assert!(wakes(), "a delivery waits");
}
