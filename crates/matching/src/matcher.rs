//! Which of the practice's patients somebody is.

use crate::compare::{Comparison, GivenAgreement};
use crate::decide::{Score, Verdict, is_another_person, judge};
use crate::duplicates::Compared;
use crate::evidence::{NameRarity, factors};
use crate::explain::explanation;
use crate::index::Index;
use crate::nicknames::{are_spellings, is_listed, listed, one_person_may_go_by};
use crate::person::Person;
use crate::text::{edits, within};
use crate::weights::Factor;

/// From so many patients on who bear it, a word is a first name and no slip.
const A_NAME_FROM: u32 = 3;

/// How many edits may be one slip.
const MOST_SLIPS: usize = 2;

/// A practice's patients, ready to be asked.
#[derive(Clone, Default)]
pub struct Matcher {
    index: Index,
}

/// A patient with the id.
type Patient<'a> = (&'a str, &'a Person);

/// A patient who may be the person asked for.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// The patient's id.
    pub patient: &'a str,
    /// In what the two agree.
    pub comparison: Comparison,
    /// How rare the name is in this practice.
    pub rarity: NameRarity,
    /// What it comes to.
    pub score: Score,
}

/// The answer to who somebody is.
#[derive(Clone, Debug)]
pub struct Decision<'a> {
    /// The outcome.
    pub verdict: Verdict,
    /// The patient; of [`Verdict::New`], the one who came nearest.
    pub best: Option<Candidate<'a>>,
    /// Why, for a receptionist to read.
    pub explanation: String,
}

/// Two patients who are one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicate<'a> {
    /// The id of the one who came first.
    pub first: &'a str,
    /// The id of the other.
    pub second: &'a str,
    /// How likely it is, from one half to one. It puts pairs into an order; no error is thought to
    /// come with another, so it is no share of right ones.
    pub chance: f64,
    /// Why, for a receptionist to read.
    pub explanation: String,
}

impl<'a> Duplicate<'a> {
    fn of(first: Patient<'a>, second: Patient<'a>, comparison: &Comparison, chance: f64) -> Self {
        Self {
            first: first.0,
            second: second.0,
            chance,
            explanation: explanation(first.1, second.1, comparison, Verdict::Same, None),
        }
    }
}

impl<'a> Decision<'a> {
    /// The id of the patient whom it is, or may be.
    #[must_use]
    pub fn patient(&self) -> Option<&'a str> {
        let best = self.best.as_ref().filter(|_| self.verdict != Verdict::New);
        best.map(|best| best.patient)
    }

    /// The score of the likeliest patient; 0 if there is none.
    #[must_use]
    pub fn score(&self) -> i32 {
        self.best.as_ref().map_or(0, |best| best.score.points)
    }
}

impl Matcher {
    /// Without patients.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Without patients, with room for so many: to put in a whole practice without moving.
    #[must_use]
    pub fn with_capacity(patients: usize) -> Self {
        Self {
            index: Index::with_capacity(patients),
        }
    }

    /// How many patients there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a patient, or changes the one of this id.
    pub fn put(&mut self, id: &str, person: Person) {
        self.index.put(id, person);
    }

    /// Removes a patient. Says whether there was one.
    pub fn remove(&mut self, id: &str) -> bool {
        self.index.remove(id)
    }

    /// The patients worth comparing with `person`, the likeliest first.
    #[must_use]
    pub fn candidates(&self, person: &Person) -> Vec<Candidate<'_>> {
        let mut candidates: Vec<Candidate<'_>> = self
            .index
            .candidates(person)
            .map(|(id, patient)| self.candidate(id, person, patient))
            .collect();
        // By id where scores are equal: the order in which patients came must not matter.
        candidates
            .sort_unstable_by(|a, b| (b.score.points, a.patient).cmp(&(a.score.points, b.patient)));
        candidates
    }

    /// Which patient `person` is.
    #[must_use]
    pub fn decide(&self, person: &Person) -> Decision<'_> {
        let candidates = self.candidates(person);
        // Whoever is certainly another person stands in nobody's way.
        let mut open = candidates
            .iter()
            .filter(|found| !is_another_person(&found.comparison));
        let best = open.next().or(candidates.first()).cloned();
        let next = open.next().map(|candidate| candidate.score);
        let Some((mut best, patient)) = best.and_then(|best| {
            let patient = self.index.get(best.patient)?;
            Some((best, patient))
        }) else {
            return Decision {
                verdict: Verdict::New,
                best: None,
                explanation: "No patient is like this.".to_owned(),
            };
        };
        // Only now, since it looks through all names.
        self.look_closer(&mut best.comparison, person, patient);
        let (verdict, reason) = judge(&best.comparison, best.score, next);
        Decision {
            verdict,
            explanation: explanation(person, patient, &best.comparison, verdict, reason),
            best: Some(best),
        }
    }

    /// The pairs of patients who are one person held twice, the likeliest first.
    ///
    /// Where families are among the patients, each pair is judged as [`Matcher::decide`] judges, and
    /// only those are named that are the same. Where nobody lives with anybody, the chances are
    /// estimated from the patients themselves. Pairs are not closed to groups: if the first is the
    /// second and the second the third, the first need not be named with the third.
    #[must_use]
    pub fn duplicates(&self) -> Vec<Duplicate<'_>> {
        let (ids, people): (Vec<&str>, Vec<&Person>) = self.index.patients().unzip();
        let patient = |place: usize| Some((*ids.get(place)?, *people.get(place)?));
        let compared = Compared::of(&people);
        let mut found: Vec<Duplicate<'_>> = if compared.have_families() {
            let pairs = compared.places();
            let same = pairs.filter_map(|(a, b)| self.same(patient(a)?, patient(b)?));
            same.collect()
        } else {
            let pairs = compared.estimated();
            let likely = pairs.filter_map(|(a, b, chance)| {
                let (first, second) = (patient(a)?, patient(b)?);
                let comparison = self.candidate(second.0, first.1, second.1).comparison;
                Some(Duplicate::of(first, second, &comparison, chance))
            });
            likely.collect()
        };
        // Stable: equal ones stay in the order in which their patients came.
        found.sort_by(|a, b| b.chance.total_cmp(&a.chance));
        found
    }

    /// Two patients, if each would be the other by all that is asked of a booking: neither is known to
    /// have first and last name in their places.
    fn same<'a>(&self, first: Patient<'a>, second: Patient<'a>) -> Option<Duplicate<'a>> {
        let there = self.certainly(first.1, second)?;
        let back = self.certainly(second.1, first)?;
        let chance = there.score.min(back.score).chance();
        Some(Duplicate::of(first, second, &there.comparison, chance))
    }

    /// A patient who is the same as a person if no other is.
    fn certainly<'a>(&self, person: &Person, (id, patient): Patient<'a>) -> Option<Candidate<'a>> {
        let is_same = |found: &Candidate<'_>| {
            let (verdict, _) = judge(&found.comparison, found.score, None);
            verdict == Verdict::Same
        };
        // Judged before the closer look, too, since that goes through all names.
        let mut found = Some(self.candidate(id, person, patient)).filter(is_same)?;
        self.look_closer(&mut found.comparison, person, patient);
        Some(found).filter(is_same)
    }

    fn candidate<'a>(&self, id: &'a str, person: &Person, patient: &Person) -> Candidate<'a> {
        let comparison = Comparison::of(person, patient, &|word| self.is_known(word));
        let rarity = self.rarity(patient);
        let points = factors(&comparison, rarity).map(Factor::points).sum();
        Candidate {
            patient: id,
            comparison,
            rarity,
            score: Score { points },
        }
    }

    /// Tells a slip in a first name that may be of two names from others.
    fn look_closer(&self, comparison: &mut Comparison, person: &Person, patient: &Person) {
        if comparison.given.is_slip() && self.may_be_another_name(person, patient, comparison) {
            comparison.given = GivenAgreement::SlipOfTwo;
        }
    }

    /// Whether the first name of which another is a slip is not the only one.
    fn may_be_another_name(
        &self,
        person: &Person,
        patient: &Person,
        comparison: &Comparison,
    ) -> bool {
        let asked = if comparison.swapped {
            &person.family
        } else {
            &person.given
        };
        let nearest = asked
            .telling()
            .flat_map(|a| patient.given.telling().map(move |b| (a, b)))
            .filter_map(|(a, b)| Some((edits(a, b, MOST_SLIPS)?, a, b)))
            .min();
        let Some((distance, a, b)) = nearest else {
            return false;
        };
        let (slip, name) = if self.is_known(a) { (b, a) } else { (a, b) };
        let names = listed().chain(self.index.given_names(A_NAME_FROM));
        names.filter(|other| *other != name).any(|other| {
            within(slip, other, distance)
                && !one_person_may_go_by(name, other)
                && !are_spellings(name, other)
        })
    }

    fn is_known(&self, word: &str) -> bool {
        is_listed(word) || self.index.given_count(word) >= A_NAME_FROM
    }

    /// How many other patients would bear this name if first and last names met by chance.
    fn rarity(&self, patient: &Person) -> NameRarity {
        let others = |counts: &mut dyn Iterator<Item = u32>| {
            f64::from(counts.min().unwrap_or_default().saturating_sub(1))
        };
        let mut given = patient
            .given
            .telling()
            .map(|word| self.index.given_count(word));
        let mut family = patient
            .family
            .telling()
            .map(|word| self.index.family_count(word));
        let patients = f64::from(u32::try_from(self.len()).unwrap_or(u32::MAX)).max(1.0);
        match others(&mut given) * others(&mut family) / patients {
            expected if expected < 0.05 => NameRarity::Rare,
            expected if expected < 0.5 => NameRarity::Uncommon,
            _ => NameRarity::Common,
        }
    }
}
