//! The desk and the agent have the same book open.

use crate::support::{DAY, Practice, at, booking, entry};
use slotbridge_agent_book::Book;
use std::collections::BTreeSet;
use std::sync::Barrier;

#[test]
fn what_one_writes_the_other_sees() {
    let practice = Practice::new();
    let desk = Book::open(&practice.path()).unwrap();
    let ids = practice
        .insert(&booking(7, at(9, 0)))
        .unwrap()
        .appointment_ids;
    assert!(desk.enter(&entry(at(9, 0))).is_err());
    desk.strike(ids.first().unwrap()).unwrap();
    assert_eq!(practice.free(), [(540, 720), (780, 1020)]);
}

#[test]
fn of_many_who_want_a_time_at_once_one_gets_it_and_no_write_is_lost() {
    let practice = Practice::new();
    let path = practice.path();
    let start = Barrier::new(4);
    let desk = || {
        let book = Book::open(&path).unwrap();
        start.wait();
        let times = (0..12).map(|n| at(9, 0) + jiff::ToSpan::minutes(n * 15));
        let entered = times.filter_map(|time| book.enter(&entry(time)).ok());
        entered.collect::<Vec<_>>()
    };
    let entered: Vec<String> = std::thread::scope(|scope| {
        let desks: Vec<_> = (0..4).map(|_| scope.spawn(desk)).collect();
        let desks = desks.into_iter();
        desks.flat_map(|desk| desk.join().unwrap()).collect()
    });
    assert_eq!(entered.len(), 12, "{entered:?}");
    assert_eq!(entered.iter().collect::<BTreeSet<_>>().len(), 12);
    assert_eq!(practice.book.appointments(Some(DAY)).unwrap().len(), 12);
    assert_eq!(practice.free(), [(780, 1020)]);
}

#[cfg(unix)]
#[test]
fn its_owner_alone_can_read_it_and_one_that_has_gone_is_not_made_again() {
    use slotbridge_agent::adapter::{Adapter, Trouble};
    use std::os::unix::fs::PermissionsExt;
    let practice = Practice::new();
    let mode = std::fs::metadata(practice.path()).unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    std::fs::remove_file(practice.path()).unwrap();
    let asked = crate::support::now(practice.book.changed_since(None));
    assert!(matches!(asked, Err(Trouble::Later(_))));
    assert!(!practice.path().exists());
}
