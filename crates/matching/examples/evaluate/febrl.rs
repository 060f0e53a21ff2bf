//! FEBRL's sets: each record against all others of its file, without the social security number.
//!
//! A pair of records is right if both come from one original. Pairs are taken as they are found,
//! without closing them to groups.

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use slotbridge_matching::{Duplicate, Matcher, Person, Record};

use crate::data::{Labelled, Request};
use crate::labelled::count;
use crate::wilson::Share;

pub(crate) fn report(files: &[PathBuf]) -> Result<(), Box<dyn Error>> {
    for file in files {
        println!("{}", file.display());
        let (ids, people) = read(file)?;
        let mut records: HashMap<&str, usize> = HashMap::new();
        for id in &ids {
            *records.entry(original(id)).or_default() += 1;
        }
        let pairs: usize = records
            .values()
            .map(|records| records * (records - 1) / 2)
            .sum();
        let mut matcher = Matcher::with_capacity(people.len());
        for (id, person) in ids.iter().zip(&people) {
            matcher.put(id, person.clone());
        }
        let found = matcher.duplicates();
        let is_right = |pair: &&Duplicate<'_>| original(pair.first) == original(pair.second);
        let right = found.iter().filter(is_right).count();
        println!(
            "  pairs: precision  {}",
            Share {
                of: found.len(),
                hits: right
            }
            .against(0.999)
        );
        println!(
            "  pairs: recall     {}",
            Share {
                of: pairs,
                hits: right
            }
            .against(0.993)
        );
        println!(
            "doubles looked up among the originals, as bookings are, against the aims of those"
        );
        count(&lookups(&ids, &people), false).print();
    }
    Ok(())
}

/// The originals as a practice's patients, the doubles as bookings.
fn lookups(ids: &[String], people: &[Person]) -> Labelled {
    let mut matcher = Matcher::new();
    let mut requests = Vec::new();
    for (id, person) in ids.iter().zip(people) {
        if id.ends_with("-org") {
            matcher.put(original(id), person.clone());
        } else {
            requests.push(Request {
                id: id.clone(),
                person: person.clone(),
                columns: Vec::new(),
                truth: Some(original(id).to_owned()),
                note: String::new(),
            });
        }
    }
    Labelled {
        matcher,
        patients: HashMap::new(),
        requests,
    }
}

/// `rec-12-dup-3` comes from `rec-12`.
fn original(id: &str) -> &str {
    id.match_indices('-')
        .nth(1)
        .map_or(id, |(end, _)| id.split_at(end).0)
}

fn read(file: &Path) -> Result<(Vec<String>, Vec<Person>), Box<dyn Error>> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(file)?;
    let headers = reader.headers()?.clone();
    let (mut ids, mut people) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record?;
        let column = |name: &str| {
            let place = headers.iter().position(|header| header == name);
            place
                .and_then(|place| record.get(place))
                .unwrap_or_default()
        };
        let street = format!("{} {}", column("street_number"), column("address_1"));
        let person = Person::read(&Record {
            firstname: column("given_name"),
            lastname: column("surname"),
            dob: column("date_of_birth"),
            address: &street,
            suburb: column("suburb"),
            state: column("state"),
            postcode: column("postcode"),
            ..Record::default()
        });
        ids.push(column("rec_id").to_owned());
        people.push(person);
    }
    Ok((ids, people))
}
