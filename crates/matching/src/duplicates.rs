//! Patients who may be one person, and what a file without families says of them.
//!
//! Where families are, a shared home tells nothing of being one person and another first name says
//! that it is two: there the matcher judges each pair as it judges a booking. Where nobody lives
//! with anybody, as in FEBRL's sets, a shared home is evidence and another first name an error. How
//! likely that is, is then found in the file without any example: the method of Fellegi and Sunter
//! (1969), its chances estimated by expectation and maximisation.

use std::collections::HashMap;

use crate::compare::{
    BirthAgreement, CardAgreement, Comparison, ContactAgreement, FamilyAgreement, GivenAgreement,
    Household,
};
use crate::keys::{Key, duplicate_keys};
use crate::person::Person;
use crate::text::{consonants, is_slip, within};

/// How far a field agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Level {
    Same,
    Near,
    Different,
    Missing,
}

const FIELDS: usize = 9;
const LEVELS: usize = 4;
const STEPS: usize = 40;

/// A key that more records share than this makes more pairs than it is worth.
const MOST_OF_ONE_KEY: usize = 60;

/// First name, last name, date of birth; house, street, suburb, postcode, state; and phone, mail and
/// card together.
type Pattern = [Level; FIELDS];

/// How often each level of each field is seen.
type Chances = [[f64; LEVELS]; FIELDS];

/// A file in which relatives are fewer than this, for each pair of one person, is one without
/// families: first name and date of birth of one person may both be wrong. FEBRL's sets have at most
/// 0.014, a practice from 8 on.
const A_FEW: f64 = 0.05;

/// The pairs of relatives that a file is thought to have beside those that show: a practice has
/// families until many pairs say that it has none.
const RELATIVES_BEFORE: f64 = 5.0;

/// People of a file, those compared who have something in common.
pub(crate) struct Compared {
    /// Their places in the file, the second being the greater, and how they agree.
    pairs: Vec<(usize, usize, Pattern)>,
    /// How often each pattern is seen.
    counts: HashMap<Pattern, f64>,
}

impl Compared {
    pub(crate) fn of(people: &[&Person]) -> Self {
        let pairs: Vec<(usize, usize, Pattern)> = candidate_pairs(people)
            .into_iter()
            .filter_map(|(a, b)| Some((a, b, pattern(people.get(a)?, people.get(b)?))))
            .collect();
        let mut counts = HashMap::new();
        for (_, _, pattern) in &pairs {
            *counts.entry(*pattern).or_default() += 1.0;
        }
        Self { pairs, counts }
    }

    /// The places of all pairs.
    pub(crate) fn places(&self) -> impl Iterator<Item = (usize, usize)> {
        self.pairs
            .iter()
            .map(|(first, second, _)| (*first, *second))
    }

    /// Whether of those who share home and last name many are two people: both first name and date
    /// of birth are others.
    pub(crate) fn have_families(&self) -> bool {
        let (mut ones, mut relatives) = (0.0, RELATIVES_BEFORE);
        for (pattern, count) in &self.counts {
            let [given, family, birth, house, street, .., contact] = *pattern;
            let at_home = contact == Level::Same || [house, street] == [Level::Same; 2];
            if !at_home || family != Level::Same {
                continue;
            }
            match [given, birth] {
                [Level::Different, Level::Different] => relatives += count,
                [Level::Same | Level::Near, Level::Same | Level::Near] => ones += count,
                _ => {}
            }
        }
        relatives > A_FEW * ones
    }

    /// The pairs that are rather one person than two, each with the chance that it is one, as the
    /// file itself has it.
    pub(crate) fn estimated(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        let model = Model::estimate(&self.counts);
        let chances = self
            .pairs
            .iter()
            .map(move |(first, second, pattern)| (*first, *second, model.chance(pattern)));
        chances.filter(|(_, _, chance)| *chance >= 0.5)
    }
}

/// The pairs that share a key, each once, in order.
fn candidate_pairs(people: &[&Person]) -> Vec<(usize, usize)> {
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
        contact(&names.household),
    ]
}

/// Phone, mail and card, which are evidence once: who lives together shares them.
const fn contact(home: &Household) -> Level {
    match (home.phone, home.email, home.card) {
        (ContactAgreement::Same, _, _)
        | (_, ContactAgreement::Same | ContactAgreement::Slip, _)
        | (
            _,
            _,
            CardAgreement::SamePerson | CardAgreement::SameCard | CardAgreement::OtherPerson,
        ) => Level::Same,
        (ContactAgreement::Slip, _, _) | (_, _, CardAgreement::Slip) => Level::Near,
        (ContactAgreement::Missing, ContactAgreement::Missing, CardAgreement::Missing) => {
            Level::Missing
        }
        _ => Level::Different,
    }
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
