//! Records of one file that are one person, found without any example: the method of Fellegi and
//! Sunter (1969), its chances estimated from the file itself by expectation and maximisation.
//!
//! It takes each field as evidence of its own, so it suits files in which only one person's
//! records look alike, such as FEBRL's. Where families share a phone and a card, and twins a date
//! of birth as well, it takes them for one; that is what [`Matcher`](crate::Matcher) is for.

use std::collections::HashMap;

use crate::compare::{BirthAgreement, Comparison, FamilyAgreement, GivenAgreement};
use crate::keys::{Key, duplicate_keys};
use crate::person::Person;
use crate::text::{consonants, is_slip, within};

/// Two records that are one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The place of one in the file.
    pub first: usize,
    /// The place of the other, which is greater.
    pub second: usize,
    /// How likely it is that they are one person, from one half to one.
    pub chance: f64,
}

/// How far a field agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Level {
    Same,
    Near,
    Different,
    Missing,
}

const FIELDS: usize = 8;
const LEVELS: usize = 4;
const STEPS: usize = 40;

/// A key that more records share than this makes more pairs than it is worth.
const MOST_OF_ONE_KEY: usize = 60;

type Pattern = [Level; FIELDS];

/// How often each level of each field is seen.
type Chances = [[f64; LEVELS]; FIELDS];

/// The pairs of `people` that are rather one person than two. Pairs are not closed to groups: if
/// the first is the second and the second the third, the first need not be the third.
#[must_use]
pub fn duplicates(people: &[Person]) -> Vec<Pair> {
    let compared: Vec<(usize, usize, Pattern)> = candidate_pairs(people)
        .into_iter()
        .filter_map(|(a, b)| Some((a, b, pattern(people.get(a)?, people.get(b)?))))
        .collect();
    let mut counts: HashMap<Pattern, f64> = HashMap::new();
    for (_, _, pattern) in &compared {
        *counts.entry(*pattern).or_default() += 1.0;
    }
    let model = Model::estimate(&counts);
    compared
        .into_iter()
        .map(|(first, second, pattern)| Pair {
            first,
            second,
            chance: model.chance(&pattern),
        })
        .filter(|pair| pair.chance >= 0.5)
        .collect()
}

/// The pairs that share a key, each once, in order.
fn candidate_pairs(people: &[Person]) -> Vec<(usize, usize)> {
    let mut by_key: HashMap<Key, Vec<usize>> = HashMap::new();
    for (place, person) in people.iter().enumerate() {
        for key in duplicate_keys(person) {
            by_key.entry(key).or_default().push(place);
        }
    }
    let mut pairs = Vec::new();
    for places in by_key
        .values()
        .filter(|places| places.len() <= MOST_OF_ONE_KEY)
    {
        for (a, rest) in places.iter().zip(1..) {
            pairs.extend(places.iter().skip(rest).map(|b| (*a, *b)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

fn pattern(a: &Person, b: &Person) -> Pattern {
    let names = Comparison::of(a, b, &|_| false);
    [
        match names.given {
            GivenAgreement::Same | GivenAgreement::Nickname | GivenAgreement::Part => Level::Same,
            GivenAgreement::Missing => Level::Missing,
            GivenAgreement::Different | GivenAgreement::TwoNames => Level::Different,
            _ => Level::Near,
        },
        match names.family {
            FamilyAgreement::Same | FamilyAgreement::Part => Level::Same,
            FamilyAgreement::Missing => Level::Missing,
            FamilyAgreement::Different => Level::Different,
            _ => Level::Near,
        },
        match names.birth {
            BirthAgreement::Same => Level::Same,
            BirthAgreement::Missing => Level::Missing,
            BirthAgreement::Different | BirthAgreement::SameYear => Level::Different,
            _ => Level::Near,
        },
        text(a.address.house(), b.address.house()),
        text(&a.address.street, &b.address.street),
        text(&a.address.suburb, &b.address.suburb),
        text(&a.address.postcode, &b.address.postcode),
        text(
            a.address.state.unwrap_or_default(),
            b.address.state.unwrap_or_default(),
        ),
    ]
}

fn text(a: &str, b: &str) -> Level {
    if a.is_empty() || b.is_empty() {
        Level::Missing
    } else if a == b {
        Level::Same
    } else if is_slip(a, b)
        || within(a, b, a.len().max(b.len()) / 3)
        || consonants(a).eq(consonants(b))
    {
        Level::Near
    } else {
        Level::Different
    }
}

/// What is seen in pairs that are one person and in pairs that are two.
struct Model {
    one: Chances,
    two: Chances,
    /// The share of pairs that are one person.
    share: f64,
}

impl Model {
    /// Begins with a guess that only says which way each level points, and improves it until it
    /// explains how often the patterns are seen.
    fn estimate(counts: &HashMap<Pattern, f64>) -> Self {
        let mut model = Self {
            one: [[0.8, 0.1, 0.05, 0.05]; FIELDS],
            two: [[0.1, 0.1, 0.75, 0.05]; FIELDS],
            share: 0.1,
        };
        // In one order, or the sums differ in their last digits from run to run.
        let mut patterns: Vec<(&Pattern, f64)> = counts
            .iter()
            .map(|(pattern, count)| (pattern, *count))
            .collect();
        patterns.sort_unstable_by_key(|(pattern, _)| pattern.map(|level| level as u8));
        for _ in 0..STEPS {
            model = model.improved(&patterns);
        }
        model
    }

    fn improved(&self, patterns: &[(&Pattern, f64)]) -> Self {
        // A level that is never seen is not impossible.
        let mut one = [[0.5; LEVELS]; FIELDS];
        let mut two = [[0.5; LEVELS]; FIELDS];
        let (mut ones, mut all) = (0.0, 0.0);
        for (pattern, count) in patterns {
            let chance = self.chance(pattern);
            add(&mut one, pattern, count * chance);
            add(&mut two, pattern, count * (1.0 - chance));
            ones += count * chance;
            all += count;
        }
        Self {
            one: shares(one),
            two: shares(two),
            share: (ones + 0.5) / (all + 1.0),
        }
    }

    /// How likely it is that a pair of this pattern is one person.
    fn chance(&self, pattern: &Pattern) -> f64 {
        let one = self.share * product(&self.one, pattern);
        let two = (1.0 - self.share) * product(&self.two, pattern);
        one / (one + two)
    }
}

fn add(sums: &mut Chances, pattern: &Pattern, amount: f64) {
    for (field, level) in sums.iter_mut().zip(pattern) {
        if let Some(sum) = field.get_mut(*level as usize) {
            *sum += amount;
        }
    }
}

fn shares(mut sums: Chances) -> Chances {
    for field in &mut sums {
        let all: f64 = field.iter().sum();
        for level in field {
            *level /= all;
        }
    }
    sums
}

fn product(chances: &Chances, pattern: &Pattern) -> f64 {
    let seen = chances.iter().zip(pattern);
    seen.filter_map(|(field, level)| field.get(*level as usize))
        .product()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::Record;

    /// Two hundred people who differ in everything, every tenth with a second record with faults.
    fn file() -> Vec<Person> {
        let letters = ["ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru"];
        let name = |seed: usize| -> String {
            let part = |step: usize| letters.get(seed / step % 10).copied().unwrap_or_default();
            [part(1), part(10), part(3), part(7)].concat()
        };
        let person = |firstname: &str, seed: usize| {
            Person::read(&Record {
                firstname,
                lastname: &name(seed * 13 + 5),
                dob: &format!(
                    "{:02}-{:02}-{}",
                    seed % 28 + 1,
                    seed % 12 + 1,
                    1930 + seed % 80
                ),
                address: &format!("{} {} Street", seed % 90 + 1, name(seed * 17 + 3)),
                suburb: &name(seed * 29 + 1),
                postcode: &format!("{}", 3000 + seed * 7 % 900),
                ..Record::default()
            })
        };
        let originals = (0..200).map(|seed| person(&name(seed), seed));
        let again = (0..200).step_by(10).map(|seed| person("Xanthippe", seed));
        originals.chain(again).collect()
    }

    #[test]
    fn double_records_are_found_without_examples() {
        let people = file();
        let found: Vec<(usize, usize)> = duplicates(&people)
            .iter()
            .map(|pair| (pair.first, pair.second))
            .collect();
        let made: Vec<(usize, usize)> = (0..20).map(|place| (place * 10, 200 + place)).collect();
        assert_eq!(found, made);
    }

    #[test]
    fn a_file_without_pairs_has_none() {
        assert!(duplicates(&[]).is_empty());
        assert!(duplicates(&file().split_off(219)).is_empty());
    }
}
