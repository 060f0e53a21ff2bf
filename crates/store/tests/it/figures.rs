//! What the store counts.

use crate::support::Fixture;
use slotbridge_domain::outcome::Outcome::{Created, Stood};
use slotbridge_store::{StoreError, numbers};

#[test]
fn an_outcome_counts_when_it_is_durable_and_not_when_it_is_undone() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let counted = |outcome| fixture.store.figures().counted(outcome);
    fixture
        .write(practice, |tx| {
            tx.count(Created);
            numbers::plain(tx).map(drop)
        })
        .unwrap();
    assert_eq!((counted(Created), counted(Stood)), (1, 0));
    let undone = fixture.write::<()>(practice, |tx| {
        tx.count(Created);
        Err(StoreError::Corrupt("a reason not to"))
    });
    assert!(undone.is_err());
    let panicked = fixture.write::<()>(practice, |tx| {
        tx.count(Created);
        panic!("as a mistake of ours would")
    });
    assert!(panicked.is_err());
    assert_eq!((counted(Created), counted(Stood)), (1, 0));
}
