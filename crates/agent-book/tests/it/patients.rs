//! Patients of the book.

use crate::support::{Practice, newcomer, now, person};
use slotbridge_agent::adapter::Adapter;

#[test]
fn created_twice_for_a_booking_it_is_one_patient() {
    let practice = Practice::new();
    let first = now(practice.book.create_patient(&newcomer(7))).unwrap();
    let again = now(practice.book.create_patient(&newcomer(7))).unwrap();
    assert_eq!(first, again);
    let other = now(practice.book.create_patient(&newcomer(8))).unwrap();
    assert_ne!(first, other);
    assert_eq!(practice.book.people().unwrap().len(), 2);
}

#[test]
fn the_feed_has_those_that_are_new_since_the_mark() {
    let practice = Practice::new();
    let nobody = now(practice.book.patients(None)).unwrap();
    assert!(nobody.changed.is_empty());
    let id = now(practice.book.create_patient(&newcomer(7))).unwrap();
    let one = now(practice.book.patients(Some(&nobody.mark))).unwrap();
    let found: Vec<_> = one.changed.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(found, [id.as_str()]);
    let theirs = one.changed.into_iter().next().unwrap().person.unwrap();
    assert!(theirs == person());
    let none = now(practice.book.patients(Some(&one.mark))).unwrap();
    assert!(none.changed.is_empty());
    // An appointment is no news of a patient.
    let all = now(practice.book.patients(None)).unwrap();
    assert_eq!(all.changed.len(), 1);
}
