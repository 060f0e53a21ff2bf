//! Our PMS API against the structure of the published one, both ways: what is theirs and not ours,
//! ours and not theirs, or different.

use super::differences::{DIFFERENCES, Known};
use super::shape::{self, Difference, Shape};
use serde_json::Value;

const CONTRACT: &str = include_str!("../../contract/pms-api-1.9.0.json");

/// Whether a pattern matches the whole of a text; `*` stands for any part of it.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            (0..=text.len()).any(|skipped| text.get(skipped..).is_some_and(|t| matches(rest, t)))
        }),
    }
}

fn explains(known: &Known, difference: &Difference) -> bool {
    matches(known.at, &difference.at)
        && matches(known.theirs, &difference.theirs)
        && matches(known.ours, &difference.ours)
}

#[test]
fn the_pms_api_is_the_published_one_but_for_what_is_listed_wire_10() {
    let theirs: Value = serde_json::from_str(CONTRACT).unwrap();
    let ours = super::document("pms-api");
    let found = Shape::differences(&shape::of(&theirs), &shape::of(&ours));
    let mut complaints: Vec<String> = found
        .iter()
        .filter(|difference| !DIFFERENCES.iter().any(|known| explains(known, difference)))
        .map(|d| format!("{}\n    theirs: {}\n    ours:   {}", d.at, d.theirs, d.ours))
        .collect();
    let stale = DIFFERENCES
        .iter()
        .filter(|known| !found.iter().any(|difference| explains(known, difference)));
    complaints
        .extend(stale.map(|known| format!("no longer differs: {} ({})", known.at, known.why)));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
