//! Many writers of one practice (REQ-2).

use crate::support::{ALL, Fixture, target};
use slotbridge_domain::ids::PracticeId;
use slotbridge_domain::request::RequestType;
use slotbridge_store::{Result, Store, StoreError, Tx, numbers, requests};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

const TASKS: i64 = 64;
const EACH: i64 = 20;

/// What everybody must see: the numbers 1 to n without a gap.
fn has_no_gap(tx: &mut Tx<'_>) -> Result<i64> {
    let practice = tx.practice()?;
    let seen = requests::list_all(tx, ALL)?;
    let numbers = seen
        .entries
        .iter()
        .map(|request| request.request_id.get() - practice.get() * 100_000_000);
    assert!(
        numbers.eq(1..=seen.total),
        "a larger number was seen before a smaller one"
    );
    Ok(seen.total)
}

/// One task: its numbers lie after all that were answered before it asked.
async fn write_some(store: Arc<Store>, practice: PracticeId, task: i64, answered: Arc<AtomicI64>) {
    for n in 0..EACH {
        let floor = answered.load(Ordering::SeqCst);
        // Every now and then somebody takes a number and fails.
        if n % 5 == 4 {
            let failed = store.begin(practice).write(|tx| {
                numbers::plain(tx)?;
                Err::<(), _>(StoreError::Corrupt("on purpose"))
            });
            assert!(failed.await.is_err());
        }
        let target = target(practice, task * EACH + n + 1);
        let written = store.begin(practice).write(move |tx| {
            let (id, new) = requests::raise(tx, RequestType::Bookings, &target)?;
            assert!(new);
            has_no_gap(tx)?;
            Ok::<_, StoreError>(id.get())
        });
        let id = written.await.unwrap();
        assert!(id > floor, "{id} was committed after {floor} was answered");
        answered.fetch_max(id, Ordering::SeqCst);
    }
}

#[test]
fn numbers_grow_without_gaps_in_the_order_of_commits_req_2() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let finished = AtomicBool::new(false);
    let reads = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let (mut last, mut partial) = (0, 0);
            while !finished.load(Ordering::SeqCst) {
                let seen = fixture.read(practice, has_no_gap).unwrap();
                assert!(seen >= last, "{seen} after {last}: what was seen went away");
                last = seen;
                partial += i32::from(seen > 0 && seen < TASKS * EACH);
            }
            partial
        });
        let answered = Arc::new(AtomicI64::new(0));
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let (store, answered) = (Arc::clone(&fixture.store), Arc::clone(&answered));
                fixture
                    .runtime
                    .spawn(write_some(store, practice, task, answered))
            })
            .collect();
        let outcomes: Vec<_> = tasks
            .into_iter()
            .map(|task| fixture.runtime.block_on(task))
            .collect();
        finished.store(true, Ordering::SeqCst);
        outcomes.into_iter().for_each(|outcome| outcome.unwrap());
        reader.join().unwrap()
    });
    assert!(reads > 0, "the reader never met the writers at work");
    assert_eq!(fixture.read(practice, has_no_gap).unwrap(), TASKS * EACH);
}

#[test]
fn practices_count_side_by_side_req_2() {
    let fixture = Fixture::new();
    let practices: Vec<_> = (0..4).map(|_| fixture.practice()).collect();
    let queued: Vec<_> = (0..40)
        .flat_map(|_| practices.clone())
        .map(|practice| fixture.queue(practice, numbers::plain))
        .collect();
    for (n, call) in queued.into_iter().enumerate() {
        let number = call.wait(&fixture).unwrap();
        assert!(number <= 40, "the {n}th call");
    }
    for practice in practices {
        assert_eq!(fixture.write(practice, numbers::plain).unwrap(), 41);
    }
}
