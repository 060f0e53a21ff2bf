//! Blocking keys: two records that share none of them are not compared.

use std::hash::{Hash, Hasher};

use crate::person::Person;
use crate::text::skeleton;

/// A hashed key. Two different keys may have one hash; that costs one comparison more.
pub(crate) type Key = u64;

/// The keys under which a patient is held: those by which they are looked up, and the one that is
/// followed only for people without a date of birth.
pub(crate) fn keys_to_hold(person: &Person) -> Vec<Key> {
    let mut keys = keys(person);
    keys.extend(initial_key(person));
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The keys by which a person is looked up.
pub(crate) fn keys_to_look_up(person: &Person) -> Vec<Key> {
    if person.birth.is_some() {
        // They are found by it, and this key brings many.
        keys(person)
    } else {
        keys_to_hold(person)
    }
}

/// Last name and initial.
fn initial_key(person: &Person) -> Option<Key> {
    let initial = person.given.telling().next()?.chars().next()?;
    let mut hasher = Fnv::new();
    (10_u8, skeleton(&person.family.joined), initial).hash(&mut hasher);
    Some(hasher.finish())
}

/// The keys of a person. Each kind survives other faults: whoever mistypes the first name still
/// has a date of birth, and who leaves that out still has a phone.
fn keys(person: &Person) -> Vec<Key> {
    let mut keys = Vec::with_capacity(24);
    let mut key = |kind: u8, parts: &[&dyn HashPart]| {
        let mut hasher = Fnv::new();
        kind.hash(&mut hasher);
        for part in parts {
            part.put(&mut hasher);
        }
        keys.push(hasher.finish());
    };
    if let Some(phone) = &person.phone {
        key(1, &[phone]);
    }
    if let Some(email) = &person.email {
        key(2, &[email]);
    }
    if let Some(card) = &person.card {
        key(3, &[&card.number]);
    }
    if person.address.has_house() {
        let place = person
            .address
            .street
            .get(..3)
            .unwrap_or(&person.address.street)
            .to_owned();
        key(
            4,
            &[
                &place,
                &person.address.numbers.concat(),
                &person.address.postcode,
            ],
        );
    }
    let sounds =
        |words: &mut dyn Iterator<Item = &str>| -> Vec<String> { words.map(skeleton).collect() };
    let given = sounds(&mut person.given.telling());
    let family = sounds(&mut person.family.telling());
    if let Some(birth) = person.birth {
        // Day and month in either order.
        let (low, high) = (birth.day.min(birth.month), birth.day.max(birth.month));
        key(5, &[&birth.year, &low, &high]);
        // A slip in one part of the date leaves the others, and a name beside them.
        for name in given.iter().chain(&family) {
            key(6, &[name, &birth.year, &birth.month]);
            key(7, &[name, &birth.year, &birth.day]);
            key(8, &[name, &birth.month, &birth.day]);
        }
    }
    for given in &given {
        for family in &family {
            // The two may stand in each other's place.
            key(9, &[given.min(family), given.max(family)]);
        }
    }
    let joined = (
        skeleton(&person.given.joined),
        skeleton(&person.family.joined),
    );
    key(9, &[(&joined.0).min(&joined.1), (&joined.0).max(&joined.1)]);
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The keys for finding one person's records in a file, where any field may have been replaced.
pub(crate) fn duplicate_keys(person: &Person) -> Vec<Key> {
    let mut all = keys(person);
    let address = &person.address;
    let street = skeleton(&address.street);
    let suburb = skeleton(&address.suburb);
    let mut key = |kind: u8, parts: [&str; 2]| {
        if parts.iter().all(|part| !part.is_empty()) {
            let mut hasher = Fnv::new();
            (kind, parts).hash(&mut hasher);
            all.push(hasher.finish());
        }
    };
    key(20, [&street, address.house()]);
    key(21, [&street, &suburb]);
    key(22, [&street, &address.postcode]);
    key(23, [address.house(), &address.postcode]);
    key(24, [address.house(), &suburb]);
    for name in [&person.given, &person.family] {
        let name = skeleton(&name.joined);
        key(25, [&name, &address.postcode]);
        key(25, [&name, &suburb]);
        key(25, [&name, &street]);
        key(25, [&name, address.house()]);
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// The hash of Fowler, Noll and Vo (FNV-1a): keys are short, and nobody gains by making two equal.
struct Fnv(u64);

impl Fnv {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        // The table of keys looks at the first bits and the last, which FNV leaves alike.
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// What a key may be made of.
trait HashPart {
    fn put(&self, hasher: &mut Fnv);
}

impl<T: Hash> HashPart for T {
    fn put(&self, hasher: &mut Fnv) {
        self.hash(hasher);
    }
}
