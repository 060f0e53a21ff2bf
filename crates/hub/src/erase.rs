//! Destroying what is personal. The rows stay, with their times and statuses; the keys of what is
//! sealed are gone, and what was sealed with them.

use crate::client_snapshots::{content::Patient, kept};
use crate::person::{person_of, pms_record_of};
use crate::{Result, content, notify};
use slotbridge_domain::ids::BookingId;
use slotbridge_domain::patient;
use slotbridge_store::bookings::Booking;
use slotbridge_store::{
    Tx, attachments, audit, bookings, client_snapshots, documents, manage_links, messages,
    requests, waitlist,
};
use std::collections::HashSet;

/// Destroys a booking's person and all that hangs on it. Nothing is asked about it any more.
pub(crate) fn booking(tx: &mut Tx<'_>, id: BookingId) -> Result<()> {
    manage_links::forget(tx, Some(id))?;
    waitlist::forget(tx, Some(id))?;
    bookings::erase(tx, id)?;
    documents(tx, Some(id))?;
    audit::forget_notes(tx, Some(id))?;
    messages::forget(tx, Some(id))?;
    requests::close(tx, Some(id))?;
    Ok(())
}

/// Destroys all that is personal at the practice; says of how many bookings.
pub(crate) fn practice(tx: &mut Tx<'_>) -> Result<u64> {
    manage_links::forget(tx, None)?;
    waitlist::forget(tx, None)?;
    let count = bookings::erase_all(tx)?;
    documents(tx, None)?;
    audit::forget_notes(tx, None)?;
    messages::forget(tx, None)?;
    client_snapshots::forget(tx)?;
    requests::close(tx, None)?;
    Ok(count)
}

/// Forgets the documents of a booking or of all, and lets their content go.
fn documents(tx: &mut Tx<'_>, booking: Option<BookingId>) -> Result<()> {
    let mut objects = documents::erase(tx, booking)?;
    objects.extend(attachments::erase(tx, booking)?);
    for object in objects {
        content::drop_object(tx, &object)?;
    }
    Ok(())
}

/// By what a patient who is erased is known to what hangs on no booking: client snapshots, and the
/// messages that were made of them.
#[derive(Default)]
pub(crate) struct Known {
    /// Everybody with one of these phones is meant.
    phones: HashSet<String>,
    pms_patient_ids: HashSet<String>,
    /// Names and phones.
    named: HashSet<(String, String, String)>,
    /// Where messages to them go.
    addresses: HashSet<String>,
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

impl Known {
    /// Whoever has a phone, in normal form.
    pub(crate) fn by_phone(phone: &str) -> Self {
        Self {
            phones: HashSet::from([phone.to_owned()]),
            addresses: HashSet::from([phone.to_owned()]),
            ..Self::default()
        }
    }

    /// Adds what a booking says of its patient.
    pub(crate) fn add(&mut self, tx: &mut Tx<'_>, booking: &Booking) -> Result<()> {
        if let Some(person) = person_of(tx, booking)? {
            let name = (folded(&person.firstname), folded(&person.lastname));
            self.named.insert((name.0, name.1, person.phone.clone()));
            self.addresses.extend([person.phone, person.email]);
        }
        let record = pms_record_of(tx, booking)?;
        self.pms_patient_ids
            .extend(record.and_then(|record| record.pms_patient_id));
        Ok(())
    }

    fn is(&self, who: &Patient) -> bool {
        let name = (folded(&who.firstname), folded(&who.lastname));
        self.pms_patient_ids.contains(&who.id)
            || phones(who).any(|phone| {
                self.phones.contains(&phone)
                    || self
                        .named
                        .contains(&(name.0.clone(), name.1.clone(), phone))
            })
    }
}

/// A patient's phones, in normal form.
fn phones(who: &Patient) -> impl Iterator<Item = String> {
    [&who.mobile, &who.home, &who.work]
        .into_iter()
        .flatten()
        .filter_map(|phone| patient::phone(phone).ok())
}

/// Takes a patient out of the client snapshots, and deletes the messages to them that are about no
/// booking. Says from how many snapshots.
pub(crate) fn elsewhere(tx: &mut Tx<'_>, mut known: Known) -> Result<u64> {
    let mut changed = 0;
    for (date, date_type) in client_snapshots::dates(tx)? {
        let Some(snapshot) = client_snapshots::get(tx, &date, date_type)? else {
            continue;
        };
        let content = kept::content(tx, &snapshot)?;
        let mut gone = HashSet::new();
        for who in &content.patients {
            if known.is(who) {
                gone.insert(who.id.clone());
                known.addresses.extend(phones(who));
                known.addresses.extend(who.email().map(Into::into));
            }
        }
        if !gone.is_empty() {
            kept::put_without(tx, &snapshot, content, &gone)?;
            changed += 1;
        }
    }
    for message in messages::about_no_booking(tx)? {
        let to = notify::open(tx, &message)?.map(|message| message.to);
        if to.is_some_and(|to| known.addresses.contains(&to)) {
            messages::delete(tx, &message.key)?;
        }
    }
    Ok(changed)
}
