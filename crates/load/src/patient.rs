//! Invented patients. Their phones are numbers that the Australian authority keeps for fiction, their
//! mail addresses lead nowhere.

use serde_json::{Value, json};

const FIRST: [&str; 8] = [
    "Anna", "Ben", "Chloe", "Daniel", "Ella", "Farid", "Grace", "Huy",
];
const LAST: [&str; 8] = [
    "Nguyen",
    "Smith",
    "Papadopoulos",
    "Singh",
    "O'Brien",
    "Kowalski",
    "Chen",
    "Haddad",
];
const PHONES: [&str; 4] = [
    "0491 570 006",
    "0491 570 156",
    "0491 570 157",
    "0491 570 158",
];

fn one_of<'t>(all: &[&'t str], chance: u64) -> &'t str {
    let at = usize::try_from(chance % 64).unwrap_or_default() % all.len().max(1);
    all.get(at).copied().unwrap_or_default()
}

/// One of the patients.
pub(crate) fn patient(chance: u64) -> Value {
    let (first, last) = (one_of(&FIRST, chance), one_of(&LAST, chance >> 8));
    json!({
        "firstname": first, "lastname": last,
        "dob": format!("{}-{:02}-{:02}", 1940 + chance % 70, chance % 12 + 1, chance % 28 + 1),
        "phone": one_of(&PHONES, chance >> 16), "email": "patient@example.com",
        "address": "1 High Street", "suburb": "Newtown", "state": "NSW", "postcode": "2042",
    })
}
