//! Double records in a practice with families: a labelled set's patients and bookings in one file.
//!
//! Each booking of a patient is a second record of that person. The other bookings are left out, or
//! are people of their own: twins, spouses, children and namesakes of patients.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;

use crate::data::{Labelled, Request};
use crate::speed::timed;
use crate::wilson::Share;

pub(crate) fn report(folders: &[PathBuf]) -> Result<(), Box<dyn Error>> {
    for folder in folders {
        let set = Labelled::read(folder)?;
        println!("{}", folder.display());
        println!("patients, and bookings of patients as second records of them");
        count(&set, |booking| booking.truth.is_some());
        println!("the same with the bookings of others, who are one person each");
        count(&set, |_| true);
        println!("patients alone, each of whom is held once");
        count(&set, |_| false);
    }
    Ok(())
}

fn count(set: &Labelled, takes: impl Fn(&&Request) -> bool) {
    let mut matcher = set.matcher.clone();
    let bookings: BTreeMap<&str, &Request> = set
        .requests
        .iter()
        .filter(takes)
        .map(|request| (request.id.as_str(), request))
        .collect();
    for (id, booking) in &bookings {
        matcher.put(id, booking.person.clone());
    }
    let (found, time) = timed(|| matcher.duplicates());
    println!("  {} records in {time:.2?}", matcher.len());
    // The patient who a record is; the record itself if it is nobody else's.
    let person = |id| {
        let booking = bookings.get(id);
        booking.map_or(id, |booking| booking.truth.as_deref().unwrap_or(id))
    };
    let mut wrong: BTreeMap<&str, usize> = BTreeMap::new();
    for pair in &found {
        if person(pair.first) == person(pair.second) {
            continue;
        }
        let booking = bookings.get(pair.second).or(bookings.get(pair.first));
        let note = booking.map_or("patients", |booking| booking.note.as_str());
        *wrong
            .entry(note.split(' ').next().unwrap_or_default())
            .or_default() += 1;
        println!("  WRONG {:.4} {note}: {}", pair.chance, pair.explanation);
        for id in [pair.first, pair.second] {
            let booked = bookings.get(id).map(|booking| &booking.columns);
            let columns = booked
                .or(set.patients.get(id))
                .map(|columns| columns.join("|"));
            println!("      {id} {}", columns.unwrap_or_default());
        }
    }
    println!("  wrong pairs by the note of the booking: {wrong:?}");
    // No patient has two bookings in these sets.
    let doubles = bookings.values().filter(|booking| booking.truth.is_some());
    let (doubles, named) = (doubles.count(), found.len());
    let hits = named - wrong.values().sum::<usize>();
    if doubles > 0 {
        println!(
            "  pairs: precision  {}",
            Share { of: named, hits }.against(0.999)
        );
        println!("  pairs: recall     {}", Share { of: doubles, hits });
    }
}
