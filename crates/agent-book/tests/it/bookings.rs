//! Bookings of the hub become appointments, once each.

use crate::support::{DAY, Practice, at, booking, entry, now};
use slotbridge_agent::adapter::{Adapter, Cancelled, Fate, Trouble};
use slotbridge_agent_book::Standing;

fn refusal(why: &str) -> Trouble {
    Trouble::Refused(why.to_owned())
}

#[test]
fn inserted_twice_it_is_one_appointment() {
    let practice = Practice::new();
    let first = practice.insert(&booking(7, at(9, 0))).unwrap();
    let again = practice.insert(&booking(7, at(9, 0))).unwrap();
    assert_eq!(first, again);
    assert_eq!(now(practice.book.find(7)).unwrap(), Some(first.clone()));
    let listed = practice.book.appointments(Some(DAY)).unwrap();
    let [one] = listed.as_slice() else {
        unreachable!("{listed:?}");
    };
    assert_eq!((one.booking_id, one.minutes), (Some(7), 15));
    assert_eq!(vec![one.id.clone()], first.appointment_ids);
    assert_eq!(practice.free(), [(555, 720), (780, 1020)]);
    let tomorrow = DAY.tomorrow().unwrap();
    assert!(
        practice
            .book
            .appointments(Some(tomorrow))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_taken_or_closed_time_is_refused() {
    let practice = Practice::new();
    practice.book.enter(&entry(at(9, 0))).unwrap();
    let taken = refusal("the time was given to somebody else");
    assert_eq!(practice.insert(&booking(1, at(9, 0))), Err(taken.clone()));
    assert_eq!(practice.insert(&booking(1, at(9, 10))), Err(taken));
    let closed = refusal("the practice is closed then");
    for (hour, minute) in [(8, 45), (11, 50), (12, 0), (17, 0)] {
        let refused = practice.insert(&booking(1, at(hour, minute)));
        assert_eq!(refused, Err(closed.clone()), "{hour}:{minute}");
    }
    let sunday = DAY.yesterday().unwrap().at(9, 0, 0, 0);
    assert_eq!(practice.insert(&booking(1, sunday)), Err(closed));
    let mut none = entry(at(10, 0));
    none.minutes = 0;
    assert!(matches!(
        practice.book.enter(&none),
        Err(Trouble::Refused(_))
    ));
    practice.insert(&booking(1, at(9, 15))).unwrap();
}

#[test]
fn a_moved_appointment_makes_the_booking_off_and_its_time_free() {
    let practice = Practice::new();
    let id = practice
        .insert(&booking(7, at(9, 0)))
        .unwrap()
        .appointment_ids;
    let mark = practice.since(None).mark;
    let moved = practice
        .book
        .move_to(id.first().unwrap(), at(14, 0))
        .unwrap();
    assert_eq!(now(practice.book.fate(7, &id)).unwrap(), Some(Fate::Off));
    assert_eq!(practice.since(Some(&mark)).bookings, [(7, Fate::Off)]);
    assert_eq!(practice.free(), [(540, 720), (780, 840), (855, 1020)]);
    let listed = practice.book.appointments(None).unwrap();
    let there = listed.iter().find(|one| one.id == moved).unwrap();
    assert_eq!((there.booking_id, there.standing), (None, Standing::Booked));
    // To a time that is taken nothing moves.
    let other = practice.book.enter(&entry(at(10, 0))).unwrap();
    assert!(practice.book.move_to(&other, at(14, 0)).is_err());
    assert_eq!(practice.free().len(), 4);
}

#[test]
fn cancelled_it_is_off_however_often_and_not_put_back() {
    let practice = Practice::new();
    let ids = practice
        .insert(&booking(7, at(9, 0)))
        .unwrap()
        .appointment_ids;
    for _ in 0..2 {
        let done = now(practice.book.cancel(7, &ids)).unwrap();
        assert_eq!(done, Cancelled::Done);
    }
    assert_eq!(now(practice.book.fate(7, &[])).unwrap(), Some(Fate::Off));
    let back = practice.insert(&booking(7, at(9, 0)));
    assert_eq!(back, Err(refusal("the practice has cancelled it")));
    let unknown = now(practice.book.cancel(8, &["A99".to_owned()])).unwrap();
    assert_eq!(unknown, Cancelled::Unknown);
    assert_eq!(now(practice.book.fate(8, &[])).unwrap(), None);
}
