//! Blocking keys: two records that share none of them are not compared.

use std::hash::{Hash, Hasher};

use crate::person::Person;
use crate::text::{consonants, skeleton};

/// A hashed key. Two different keys may have one hash; that costs one comparison more.
pub(crate) type Key = u64;

/// The keys under which a patient is held: those by which they are looked up, and the one that is
/// followed only for people without a date of birth.
pub(crate) fn keys_to_hold(person: &Person) -> Vec<Key> {
    let mut keys = keys(person);
    keys.extend(initial_key(person));
    each_once(keys)
}

/// The keys by which a person is looked up.
pub(crate) fn keys_to_look_up(person: &Person) -> Vec<Key> {
    if person.birth.is_some() {
        // They are found by it, and the initial brings many.
        each_once(keys(person))
    } else {
        keys_to_hold(person)
    }
}

fn each_once(mut keys: Vec<Key>) -> Vec<Key> {
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// A number that tells kinds of keys apart, and what the key is made of.
fn key(parts: impl Hash) -> Key {
    let mut hasher = Fnv::default();
    parts.hash(&mut hasher);
    hasher.finish()
}

/// The hash of how a name sounds, roughly.
fn sound(name: &str) -> u64 {
    let mut hasher = Fnv::default();
    consonants(name).for_each(|consonant| hasher.write_u8(consonant));
    hasher.finish()
}

/// Last name and initial.
fn initial_key(person: &Person) -> Option<Key> {
    let initial = person.given.telling().next()?.chars().next()?;
    Some(key((10_u8, sound(&person.family.joined), initial)))
}

/// The keys of a person. Each kind survives other faults: whoever mistypes the first name still
/// has a date of birth, and who leaves that out still has a phone.
fn keys(person: &Person) -> Vec<Key> {
    let mut keys = Vec::with_capacity(24);
    keys.extend(person.phone.as_ref().map(|phone| key((1_u8, phone))));
    keys.extend(person.email.as_ref().map(|email| key((2_u8, email))));
    keys.extend(person.card.as_ref().map(|card| key((3_u8, &card.number))));
    let address = &person.address;
    if address.has_house() {
        let street = address.street.get(..3).unwrap_or(&address.street);
        keys.push(key((4_u8, street, &address.numbers, &address.postcode)));
    }
    let given: Vec<u64> = person.given.telling().map(sound).collect();
    let family: Vec<u64> = person.family.telling().map(sound).collect();
    if let Some(birth) = person.birth {
        // Day and month in either order.
        let (low, high) = (birth.day.min(birth.month), birth.day.max(birth.month));
        keys.push(key((5_u8, birth.year, low, high)));
        // A slip in one part of the date leaves the others, and a name beside them.
        for name in given.iter().chain(&family) {
            keys.push(key((6_u8, name, birth.year, birth.month)));
            keys.push(key((7_u8, name, birth.year, birth.day)));
            keys.push(key((8_u8, name, birth.month, birth.day)));
        }
    }
    // The two may stand in each other's place.
    let both = |a: u64, b: u64| key((9_u8, a.min(b), a.max(b)));
    for given in &given {
        keys.extend(family.iter().map(|family| both(*given, *family)));
    }
    keys.push(both(
        sound(&person.given.joined),
        sound(&person.family.joined),
    ));
    keys
}

/// The keys for finding one person's records in a file, where any field may have been replaced.
pub(crate) fn duplicate_keys(person: &Person) -> Vec<Key> {
    let mut all = keys(person);
    let address = &person.address;
    let street = skeleton(&address.street);
    let suburb = skeleton(&address.suburb);
    let mut add = |kind: u8, parts: [&str; 2]| {
        if parts.iter().all(|part| !part.is_empty()) {
            all.push(key((kind, parts)));
        }
    };
    add(20, [&street, address.house()]);
    add(21, [&street, &suburb]);
    add(22, [&street, &address.postcode]);
    add(23, [address.house(), &address.postcode]);
    add(24, [address.house(), &suburb]);
    for name in [&person.given, &person.family] {
        let name = skeleton(&name.joined);
        add(25, [&name, &address.postcode]);
        add(25, [&name, &suburb]);
        add(25, [&name, &street]);
        add(25, [&name, address.house()]);
    }
    each_once(all)
}

/// The hash of Fowler, Noll and Vo (FNV-1a): what is hashed is short, and nobody gains by making
/// two hashes equal.
pub(crate) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        // Only half of it counts where memory is saved, and FNV mixes each half by itself too little.
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
