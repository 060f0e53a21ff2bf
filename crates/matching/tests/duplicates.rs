//! Patients who are one person held twice: found among families, and relatives never taken for one.

#![expect(
    clippy::indexing_slicing,
    reason = "a test that reaches beyond what it made fails"
)]

mod made_up;

use made_up::{Dice, Made, booking, patients};
use slotbridge_matching::{Duplicate, Matcher};

const HELD: usize = 2_000;

fn matcher<'a>(records: impl IntoIterator<Item = &'a Made>) -> Matcher {
    let mut matcher = Matcher::new();
    for (place, record) in records.into_iter().enumerate() {
        matcher.put(&place.to_string(), record.person());
    }
    matcher
}

/// The places of the pairs.
fn places(found: &[Duplicate<'_>]) -> Vec<(usize, usize)> {
    found
        .iter()
        .filter_map(|pair| Some((pair.first.parse().ok()?, pair.second.parse().ok()?)))
        .collect()
}

/// A practice of households, and beside each tenth patient another record that is made of it.
fn with_others(seed: u64, other: impl Fn(&Made, &mut Dice) -> Made) -> Vec<Made> {
    let dice = &mut Dice::new(seed + 100);
    let mut made = patients(HELD, seed);
    let others: Vec<Made> = made.iter().step_by(10).map(|of| other(of, dice)).collect();
    made.extend(others);
    made
}

/// The pairs of a record and the one made of it.
fn made_of_another(found: &[(usize, usize)]) -> usize {
    let is_made_of = |(first, second): &&(usize, usize)| *second == HELD + first / 10;
    found.iter().filter(is_made_of).count()
}

#[test]
fn second_records_are_found_among_families() {
    for seed in 1..=3 {
        let made = with_others(seed, booking);
        let matcher = matcher(&made);
        let found = places(&matcher.duplicates());
        let right = made_of_another(&found);
        assert_eq!(right, found.len(), "seed {seed}: {found:?}");
        assert!(right >= 120, "seed {seed}: only {right} of 200");
    }
}

#[test]
fn nobody_of_a_household_is_another_of_it() {
    let matcher = matcher(&patients(HELD, 4));
    assert_eq!(matcher.duplicates(), []);
}

#[test]
fn twins_are_two() {
    let names = ["Gwendoline", "Hamish"];
    let made = with_others(5, |of, dice| Made {
        firstname: names[usize::from(of.firstname == names[0])].to_owned(),
        medicare_number: if dice.below(2) == 0 {
            of.medicare_number.clone()
        } else {
            String::new()
        },
        medicare_irn: String::new(),
        ..of.clone()
    });
    assert_eq!(matcher(&made).duplicates(), []);
}

#[test]
fn twins_whose_names_are_a_letter_apart_are_two() {
    let made = with_others(6, |of, _| of.clone());
    let made: Vec<Made> = made
        .into_iter()
        .enumerate()
        .map(|(place, record)| match place {
            of if of < HELD && of % 10 == 0 => called("Jayden", record),
            of if of >= HELD => called("Hayden", record),
            _ => record,
        })
        .collect();
    assert_eq!(matcher(&made).duplicates(), []);
}

fn called(firstname: &str, record: Made) -> Made {
    Made {
        firstname: firstname.to_owned(),
        medicare_number: String::new(),
        medicare_irn: String::new(),
        ..record
    }
}

/// Where first and last name are exchanged, only one of the two records shows which is which: Tuyet
/// and Tuyet Thao, who is called Thao, are two.
#[test]
fn a_pair_holds_from_either_side() {
    let home = Made {
        dob: "20-06-1997".to_owned(),
        address: "121 Cedar Parade".to_owned(),
        suburb: "Runcorn".to_owned(),
        phone: "0459 347 773".to_owned(),
        ..Made::default()
    };
    let named = |firstname: &str, lastname: &str| Made {
        firstname: firstname.to_owned(),
        lastname: lastname.to_owned(),
        ..home.clone()
    };
    let (thao, tuyet) = (named("Tuyet Thao", "Pham"), named("Pham", "Tuyet"));
    assert_eq!(matcher([&thao, &tuyet]).duplicates(), []);
    assert_eq!(matcher([&tuyet, &thao]).duplicates(), []);
    let again = named("Pham", "Tuyet Thao");
    assert_eq!(places(&matcher([&thao, &again]).duplicates()), [(0, 1)]);
    assert_eq!(places(&matcher([&again, &thao]).duplicates()), [(0, 1)]);
}

#[test]
fn a_slip_that_may_be_of_two_names_is_left_to_a_person() {
    let of = &patients(1, 11)[0];
    let emily = called("Emily", of.clone());
    let names = |slip: &str| {
        let slip = called(slip, of.clone());
        matcher([&emily, &slip]).duplicates().len()
    };
    assert_eq!((names("Emiily"), names("Eily")), (1, 0));
}

#[test]
fn a_father_and_a_son_of_one_name_are_two() {
    let made = with_others(7, |of, _| {
        let (day, year) = of.dob.rsplit_once('-').unwrap();
        let year: usize = year.parse().unwrap();
        Made {
            dob: format!("{day}-{}", year - 30),
            medicare_irn: String::new(),
            ..of.clone()
        }
    });
    assert_eq!(matcher(&made).duplicates(), []);
}

#[test]
fn who_shares_a_card_under_another_number_is_another() {
    let made = with_others(8, |of, _| Made {
        medicare_irn: "9".to_owned(),
        ..of.clone()
    });
    assert_eq!(matcher(&made).duplicates(), []);
}

#[test]
fn a_file_of_two_has_no_proof_that_nobody_lives_with_anybody() {
    let one = &patients(1, 9)[0];
    let again = matcher([one, one]);
    assert_eq!(places(&again.duplicates()), [(0, 1)]);
    let twin = called("Zebedee", one.clone());
    assert_eq!(matcher([one, &twin]).duplicates(), []);
    assert_eq!(Matcher::new().duplicates(), []);
}

#[test]
fn the_likeliest_pair_comes_first_and_says_why() {
    let made = with_others(1, booking);
    let matcher = matcher(&made);
    let found = matcher.duplicates();
    assert!(found.is_sorted_by(|a, b| a.chance >= b.chance));
    for pair in &found {
        assert!((0.5..=1.0).contains(&pair.chance), "{pair:?}");
        assert!(pair.explanation.ends_with('.'), "{pair:?}");
    }
    assert!(
        found[0]
            .explanation
            .starts_with("Same first name; same last name;")
    );
}

/// As in FEBRL's sets: where nobody lives with anybody, another first name is an error.
#[test]
fn a_replaced_first_name_counts_for_little_where_no_families_are() {
    let dice = &mut Dice::new(10);
    // One of each household.
    let mut made = patients(3 * HELD, 10);
    made.dedup_by(|a, b| a.phone == b.phone);
    for single in &mut made {
        single.medicare_number.clear();
    }
    let doubles: Vec<Made> = made
        .iter()
        .step_by(4)
        .map(|of| match dice.below(10) {
            0 => called("Zebedee", of.clone()),
            _ => booking(of, dice),
        })
        .collect();
    let singles = made.len();
    made.extend(doubles);
    let matcher = matcher(&made);
    let renamed: Vec<usize> = (singles..made.len())
        .filter(|place| made[*place].firstname == "Zebedee")
        .collect();
    let found = places(&matcher.duplicates());
    let is_right = |(first, second): &(usize, usize)| *second == singles + first / 4;
    assert!(found.iter().all(is_right), "{found:?}");
    let are_found = renamed
        .iter()
        .filter(|place| found.iter().any(|(_, second)| second == *place))
        .count();
    assert!(renamed.len() > 20);
    assert_eq!(are_found, renamed.len());
}
