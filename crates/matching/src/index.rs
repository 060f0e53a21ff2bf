//! The practice's patients, found by their keys.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use crate::keys::{Fnv, keys_to_hold, keys_to_look_up};
use crate::names::Name;
use crate::person::Person;
use crate::postings::{Place, Postings};

/// A key that more patients share than this tells too little to be worth following: the clinic's
/// own phone number, 1 January of a year in which many came without papers.
const MOST_OF_ONE_KEY: usize = 400;

type ByText<V> = HashMap<Box<str>, V, BuildHasherDefault<Fnv>>;

/// Patients by id and by key. What it finds does not depend on the order in which they came.
#[derive(Clone, Default)]
pub(crate) struct Index {
    patients: Vec<Option<(Box<str>, Person)>>,
    free: Vec<Place>,
    places: ByText<Place>,
    postings: Postings,
    /// How many patients bear a first or a last name.
    given_names: ByText<u32>,
    family_names: ByText<u32>,
}

impl Index {
    /// Without patients, with room for so many.
    pub(crate) fn with_capacity(patients: usize) -> Self {
        Self {
            patients: Vec::with_capacity(patients),
            places: HashMap::with_capacity_and_hasher(patients, BuildHasherDefault::default()),
            ..Self::default()
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Adds a patient, or changes the one of this id.
    pub(crate) fn put(&mut self, id: &str, person: Person) {
        self.remove(id);
        let place = self.free.pop().unwrap_or_else(|| {
            self.patients.push(None);
            // Four thousand million patients do not fit into memory.
            Place::try_from(self.patients.len() - 1).unwrap_or(Place::MAX)
        });
        for key in keys_to_hold(&person) {
            self.postings.add(key, place);
        }
        count(&mut self.given_names, &person.given);
        count(&mut self.family_names, &person.family);
        self.places.insert(id.into(), place);
        if let Some(patient) = self.patients.get_mut(place as usize) {
            *patient = Some((id.into(), person));
        }
    }

    /// Removes a patient. Says whether there was one.
    pub(crate) fn remove(&mut self, id: &str) -> bool {
        let Some(place) = self.places.remove(id) else {
            return false;
        };
        let patient = self.patients.get_mut(place as usize).and_then(Option::take);
        self.free.push(place);
        let Some((_, person)) = patient else {
            return false;
        };
        for key in keys_to_hold(&person) {
            self.postings.remove(key, place);
        }
        uncount(&mut self.given_names, &person.given);
        uncount(&mut self.family_names, &person.family);
        true
    }

    /// The patients who share a key with `person`, each once.
    pub(crate) fn candidates(&self, person: &Person) -> impl Iterator<Item = (&str, &Person)> {
        let mut places: Vec<Place> = Vec::new();
        for key in keys_to_look_up(person) {
            let others = places.len();
            places.extend(self.postings.places(key).take(MOST_OF_ONE_KEY + 1));
            if places.len() - others > MOST_OF_ONE_KEY {
                places.truncate(others);
            }
        }
        places.sort_unstable();
        places.dedup();
        places.into_iter().filter_map(|place| {
            let patient = self.patients.get(place as usize)?.as_ref();
            patient.map(|(id, person)| (id.as_ref(), person))
        })
    }

    /// All patients with their ids, in the order in which they came as long as none was removed.
    pub(crate) fn patients(&self) -> impl Iterator<Item = (&str, &Person)> {
        let patients = self.patients.iter().flatten();
        patients.map(|(id, person)| (id.as_ref(), person))
    }

    /// The patient of this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Person> {
        let patient = self.patients.get(*self.places.get(id)? as usize)?.as_ref();
        patient.map(|(_, person)| person)
    }

    /// How many patients are called by this word.
    pub(crate) fn given_count(&self, word: &str) -> u32 {
        self.given_names.get(word).copied().unwrap_or_default()
    }

    /// The words by which at least `least` patients are called.
    pub(crate) fn given_names(&self, least: u32) -> impl Iterator<Item = &str> {
        let often = self
            .given_names
            .iter()
            .filter(move |(_, count)| **count >= least);
        often.map(|(word, _)| word.as_ref())
    }

    /// How many patients bear this last name.
    pub(crate) fn family_count(&self, word: &str) -> u32 {
        self.family_names.get(word).copied().unwrap_or_default()
    }
}

fn count(counts: &mut ByText<u32>, name: &Name) {
    for word in name.telling() {
        match counts.get_mut(word) {
            Some(count) => *count += 1,
            None => {
                counts.insert(word.into(), 1);
            }
        }
    }
}

fn uncount(counts: &mut ByText<u32>, name: &Name) {
    for word in name.telling() {
        if let Some(count) = counts.get_mut(word) {
            *count -= 1;
            if *count == 0 {
                counts.remove(word);
            }
        }
    }
}
