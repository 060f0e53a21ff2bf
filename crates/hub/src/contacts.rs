//! When each integration was last heard of. Kept in memory and written now and then, so that a
//! poll writes nothing (REQ-3).

use crate::{Hub, Result};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use slotbridge_domain::ids::{ConsumerId, PracticeId};
use slotbridge_store::contacts::{self, Contact};
use std::collections::HashMap;

/// How many characters of a `User-Agent` are kept.
const USER_AGENT: usize = 200;
/// How many contacts are written at a time: nobody waits for more.
const AT_A_TIME: usize = 256;

/// The beginning of a `User-Agent`, which may be any text.
fn beginning(text: &str) -> &str {
    match text.char_indices().nth(USER_AGENT) {
        Some((end, _)) => text.get(..end).unwrap_or(text),
        None => text,
    }
}

/// A contact, with the `User-Agent` that was written down if it has not said one since the start.
fn with_agent(mut contact: Contact, written: &[Contact]) -> Contact {
    let before = written
        .iter()
        .find(|old| old.consumer_id == contact.consumer_id);
    contact.user_agent = contact
        .user_agent
        .or_else(|| before.and_then(|old| old.user_agent.clone()));
    contact
}

struct Seen {
    at: Timestamp,
    user_agent: Option<String>,
    written: bool,
}

/// The last contacts since the start.
#[derive(Default)]
pub struct Contacts(Mutex<HashMap<(PracticeId, ConsumerId), Seen>>);

impl Contacts {
    /// Notes a call. One without a `User-Agent` leaves what is known.
    pub fn touch(
        &self,
        practice: PracticeId,
        consumer: ConsumerId,
        at: Timestamp,
        user_agent: Option<&str>,
    ) {
        let user_agent = user_agent.map(beginning);
        let mut seen = self.0.lock();
        let entry = seen.entry((practice, consumer)).or_insert(Seen {
            at,
            user_agent: None,
            written: false,
        });
        entry.at = at;
        entry.written = false;
        if user_agent.is_some() && entry.user_agent.as_deref() != user_agent {
            entry.user_agent = user_agent.map(str::to_owned);
        }
    }

    /// How many practices were in contact within so many minutes each, as far as is known here.
    #[must_use]
    pub fn within<const N: usize>(&self, now: Timestamp, minutes: [i64; N]) -> [usize; N] {
        let mut last: HashMap<PracticeId, Timestamp> = HashMap::new();
        for ((practice, _), seen) in self.0.lock().iter() {
            let at = last.entry(*practice).or_insert(seen.at);
            *at = seen.at.max(*at);
        }
        minutes.map(|minutes| {
            let window = SignedDuration::from_mins(minutes);
            let recent = last
                .values()
                .filter(|at| now.duration_since(**at) <= window);
            recent.count()
        })
    }

    /// The last contact with a practice that is known here and not yet written.
    fn unwritten(&self) -> Vec<(PracticeId, Contact)> {
        let mut seen = self.0.lock();
        let fresh = seen.iter_mut().filter(|(_, seen)| !seen.written);
        fresh
            .map(|((practice, consumer), seen)| {
                seen.written = true;
                let contact = Contact {
                    consumer_id: *consumer,
                    last_contact_at: seen.at,
                    user_agent: seen.user_agent.clone(),
                };
                (*practice, contact)
            })
            .collect()
    }

    fn again(&self, practice: PracticeId, consumer: ConsumerId) {
        if let Some(seen) = self.0.lock().get_mut(&(practice, consumer)) {
            seen.written = false;
        }
    }

    /// When a consumer last called for a practice, as far as is known here.
    #[must_use]
    pub fn last(&self, practice: PracticeId, consumer: ConsumerId) -> Option<Timestamp> {
        let seen = self.0.lock();
        seen.get(&(practice, consumer)).map(|seen| seen.at)
    }

    /// The last contacts with a practice that are known here.
    fn of(&self, practice: PracticeId) -> Vec<Contact> {
        let seen = self.0.lock();
        let known = seen.iter().filter(|((id, _), _)| *id == practice);
        known
            .map(|((_, consumer), seen)| Contact {
                consumer_id: *consumer,
                last_contact_at: seen.at,
                user_agent: seen.user_agent.clone(),
            })
            .collect()
    }
}

impl Hub {
    /// Writes down what is new since the last time, many practices at once: nothing that is remembered
    /// goes by it. To be called every 30 s and at the end.
    ///
    /// # Errors
    /// The store's; what could not be written is tried again the next time.
    pub async fn flush_contacts(&self) -> Result<()> {
        let mut outcome = Ok(());
        let mut unwritten = self.contacts().unwritten();
        // Nodes that write the same ones do so in the same order, and do not wait for each other in a circle.
        unwritten.sort_unstable_by_key(|(practice, contact)| (*practice, contact.consumer_id));
        for batch in unwritten.chunks(AT_A_TIME) {
            let contacts = batch.to_vec();
            let written = self.keep_books(move |tx| Ok(contacts::upsert(tx, &contacts)?));
            let written = written.await;
            if written.is_err() {
                for (practice, contact) in batch {
                    self.contacts().again(*practice, contact.consumer_id);
                }
                outcome = written;
            }
        }
        outcome
    }

    /// The last contacts with a practice, the latest that is known of each.
    ///
    /// # Errors
    /// The store's.
    pub async fn contacts_of(&self, practice: PracticeId) -> Result<Vec<Contact>> {
        let mut written = self.read(practice, |tx| Ok(contacts::list(tx)?)).await?;
        let latest = self.contacts().of(practice).into_iter();
        let mut latest: Vec<Contact> = latest.map(|new| with_agent(new, &written)).collect();
        written.retain(|old| latest.iter().all(|new| new.consumer_id != old.consumer_id));
        latest.append(&mut written);
        latest.sort_unstable_by_key(|contact| contact.consumer_id);
        Ok(latest)
    }
}
