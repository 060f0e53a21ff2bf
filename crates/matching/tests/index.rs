//! The index: what is added, changed and removed, and in which order it came.

#![expect(
    clippy::indexing_slicing,
    reason = "a test that reaches beyond what it made fails"
)]

mod made_up;

use made_up::{Dice, Made, booking, patients};
use proptest::prelude::*;
use slotbridge_matching::{COLUMNS, Matcher, Person, Record, Verdict};

fn matcher<'a>(made: impl IntoIterator<Item = (usize, &'a Made)>) -> Matcher {
    let mut matcher = Matcher::new();
    for (place, patient) in made {
        matcher.put(&place.to_string(), patient.person());
    }
    matcher
}

/// What the matcher says to a hundred bookings.
fn answers(matcher: &Matcher, made: &[Made]) -> Vec<String> {
    let dice = &mut Dice::new(7);
    (0..100)
        .map(|_| {
            let request = booking(&made[dice.below(made.len())], dice).person();
            let decision = matcher.decide(&request);
            format!(
                "{:?} {:?} {}",
                decision.verdict, decision.best, decision.explanation
            )
        })
        .collect()
}

#[test]
fn the_order_of_patients_does_not_matter() {
    let made = patients(2_000, 3);
    let straight = matcher(made.iter().enumerate());
    let backwards = matcher(made.iter().enumerate().rev());
    assert_eq!(answers(&straight, &made), answers(&backwards, &made));
}

#[test]
fn who_was_added_and_removed_leaves_no_trace() {
    let made = patients(2_000, 4);
    let (stay, go) = made.split_at(1_000);
    let mut busy = matcher(made.iter().enumerate());
    for place in 1_000..1_000 + go.len() {
        assert!(busy.remove(&place.to_string()));
        assert!(!busy.remove(&place.to_string()));
    }
    assert_eq!(busy.len(), stay.len());
    let quiet = matcher(stay.iter().enumerate());
    assert_eq!(answers(&busy, &made), answers(&quiet, &made));
}

#[test]
fn a_changed_patient_is_found_by_what_is_new_and_no_longer_by_what_was() {
    let made = patients(50, 5);
    let mut practice = matcher(made.iter().enumerate());
    let changed = Made {
        firstname: "Xanthippe".to_owned(),
        lastname: "Quillfeather".to_owned(),
        dob: "09-09-1931".to_owned(),
        ..Made::default()
    };
    practice.put("7", changed.person());
    assert_eq!(practice.len(), 50);
    assert_eq!(practice.decide(&changed.person()).patient(), Some("7"));
    assert_ne!(practice.decide(&made[7].person()).patient(), Some("7"));
}

#[test]
fn a_key_that_all_share_is_not_followed() {
    let clinic = |place: usize| Made {
        firstname: format!("Aa{place}"),
        lastname: format!("Bb{place}"),
        phone: "0398765432".to_owned(),
        ..Made::default()
    };
    let made: Vec<Made> = (0..1_000).map(clinic).collect();
    let practice = matcher(made.iter().enumerate());
    let stranger = Made {
        firstname: "Xanthippe".to_owned(),
        phone: "0398765432".to_owned(),
        ..Made::default()
    };
    assert!(practice.candidates(&stranger.person()).is_empty());
}

#[test]
fn bookings_with_faults_are_found_and_none_is_filed_wrongly() {
    let made = patients(5_000, 6);
    let practice = matcher(made.iter().enumerate());
    let dice = &mut Dice::new(8);
    let (mut same, mut among) = (0, 0);
    for _ in 0..1_000 {
        let place = dice.below(made.len());
        let request = booking(&made[place], dice).person();
        let id = place.to_string();
        among += usize::from(
            practice
                .candidates(&request)
                .iter()
                .any(|found| found.patient == id),
        );
        let decision = practice.decide(&request);
        if decision.verdict == Verdict::Same {
            assert_eq!(
                decision.patient(),
                Some(id.as_str()),
                "{}",
                decision.explanation
            );
            same += 1;
        }
    }
    assert!(among >= 995, "{among}");
    assert!(same >= 800, "{same}");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(columns in prop::array::uniform13(any::<String>()), other in any::<String>()) {
        let texts: [&str; COLUMNS.len()] = std::array::from_fn(|place| columns[place].as_str());
        let record = Record::from_columns(texts);
        let person = Person::read(&record);
        let _ = person.faults(&record);
        let mut practice = Matcher::new();
        practice.put("1", person.clone());
        practice.put("2", Person::read(&Record { firstname: &other, lastname: &other, ..record }));
        let _ = practice.decide(&person);
        practice.remove("1");
        practice.remove("2");
        prop_assert!(practice.is_empty());
    }
}
