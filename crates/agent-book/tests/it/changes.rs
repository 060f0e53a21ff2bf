//! What changed since a mark.

use crate::support::{DAY, Practice, at, booking, entry};
use slotbridge_agent::adapter::{Fate, Trouble};

#[test]
fn only_what_changed_since_the_mark_is_told() {
    let practice = Practice::new();
    let nothing = practice.since(None);
    assert!(nothing.days.is_empty() && nothing.bookings.is_empty() && !nothing.configuration);
    let ids = practice
        .insert(&booking(7, at(9, 0)))
        .unwrap()
        .appointment_ids;
    let first = practice.since(Some(&nothing.mark));
    assert_eq!(first.days, [("1".to_owned(), DAY)]);
    assert_eq!(first.bookings, [(7, Fate::Stands)]);
    let again = practice.since(Some(&first.mark));
    assert!(again.days.is_empty() && again.bookings.is_empty());
    assert_eq!(again.mark, first.mark);
    let later = DAY.tomorrow().unwrap().at(9, 0, 0, 0);
    practice.book.enter(&entry(later)).unwrap();
    let entered = practice.since(Some(&first.mark));
    assert_eq!(entered.days, [("1".to_owned(), later.date())]);
    assert!(entered.bookings.is_empty());
    practice.book.did_not_attend(ids.first().unwrap()).unwrap();
    let absent = practice.since(Some(&entered.mark));
    assert_eq!(absent.bookings, [(7, Fate::DidNotAttend)]);
}

#[test]
fn what_is_not_there_cannot_be_changed() {
    let practice = Practice::new();
    let id = practice.book.enter(&entry(at(9, 0))).unwrap();
    practice.book.strike(&id).unwrap();
    for id in [id.as_str(), "A99"] {
        assert!(matches!(practice.book.strike(id), Err(Trouble::Refused(_))));
        assert!(practice.book.move_to(id, at(10, 0)).is_err());
        assert!(practice.book.did_not_attend(id).is_err());
    }
}
