//! The practice's patients, found by their keys.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use smallvec::SmallVec;

use crate::keys::{Key, keys_to_hold, keys_to_look_up};
use crate::names::Name;
use crate::person::Person;

/// A key that more patients share than this tells too little to be worth following: the clinic's
/// own phone number, 1 January of a year in which many came without papers.
const MOST_OF_ONE_KEY: usize = 400;

/// How many keys a patient has that hardly anybody shares, roughly.
const KEYS_OF_ONE: usize = 12;

/// Where a patient lies in [`Index::patients`].
type Place = u32;

/// Keys are hashes already.
#[derive(Clone, Copy, Default)]
struct KeyItself(u64);

impl Hasher for KeyItself {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

type ByKey<V> = HashMap<Key, V, BuildHasherDefault<KeyItself>>;

/// Patients by id and by key. What it finds does not depend on the order in which they came.
#[derive(Clone, Default)]
pub(crate) struct Index {
    patients: Vec<Option<(Box<str>, Person)>>,
    free: Vec<Place>,
    places: HashMap<Box<str>, Place>,
    by_key: ByKey<SmallVec<[Place; 4]>>,
    /// How many patients bear a first or a last name.
    given_names: HashMap<Box<str>, u32>,
    family_names: HashMap<Box<str>, u32>,
}

impl Index {
    /// Without patients, with room for so many.
    pub(crate) fn with_capacity(patients: usize) -> Self {
        Self {
            patients: Vec::with_capacity(patients),
            places: HashMap::with_capacity(patients),
            by_key: ByKey::with_capacity_and_hasher(
                patients.saturating_mul(KEYS_OF_ONE),
                BuildHasherDefault::default(),
            ),
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
            self.by_key.entry(key).or_default().push(place);
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
            if let Some(places) = self.by_key.get_mut(&key) {
                places.retain(|other| *other != place);
                if places.is_empty() {
                    self.by_key.remove(&key);
                }
            }
        }
        uncount(&mut self.given_names, &person.given);
        uncount(&mut self.family_names, &person.family);
        true
    }

    /// The patients who share a key with `person`, each once.
    pub(crate) fn candidates(&self, person: &Person) -> impl Iterator<Item = (&str, &Person)> {
        let mut places: Vec<Place> = keys_to_look_up(person)
            .iter()
            .filter_map(|key| self.by_key.get(key))
            .filter(|places| places.len() <= MOST_OF_ONE_KEY)
            .flatten()
            .copied()
            .collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().filter_map(|place| {
            let patient = self.patients.get(place as usize)?.as_ref();
            patient.map(|(id, person)| (id.as_ref(), person))
        })
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

fn count(counts: &mut HashMap<Box<str>, u32>, name: &Name) {
    for word in name.telling() {
        match counts.get_mut(word) {
            Some(count) => *count += 1,
            None => {
                counts.insert(word.into(), 1);
            }
        }
    }
}

fn uncount(counts: &mut HashMap<Box<str>, u32>, name: &Name) {
    for word in name.telling() {
        if let Some(count) = counts.get_mut(word) {
            *count -= 1;
            if *count == 0 {
                counts.remove(word);
            }
        }
    }
}
