//! When each integration was last heard of. Kept in memory and written now and then, so that a
//! poll writes nothing (REQ-3).

use crate::{Hub, Result};
use jiff::Timestamp;
use parking_lot::Mutex;
use slotbridge_domain::ids::{ConsumerId, PracticeId};
use slotbridge_store::contacts::{self, Contact};
use std::collections::HashMap;

/// How much of a `User-Agent` is kept.
const USER_AGENT: usize = 200;

struct Seen {
    at: Timestamp,
    user_agent: Option<String>,
    written: bool,
}

/// The last contacts since the start.
#[derive(Default)]
pub struct Contacts(Mutex<HashMap<(PracticeId, ConsumerId), Seen>>);

impl Contacts {
    /// Notes a call.
    pub fn touch(
        &self,
        practice: PracticeId,
        consumer: ConsumerId,
        at: Timestamp,
        user_agent: Option<&str>,
    ) {
        let user_agent = user_agent.map(|text| text.get(..USER_AGENT).unwrap_or(text));
        let mut seen = self.0.lock();
        let entry = seen.entry((practice, consumer)).or_insert(Seen {
            at,
            user_agent: None,
            written: false,
        });
        entry.at = at;
        entry.written = false;
        if entry.user_agent.as_deref() != user_agent {
            entry.user_agent = user_agent.map(str::to_owned);
        }
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

    fn get(&self, practice: PracticeId, consumer: ConsumerId) -> Option<Contact> {
        self.0
            .lock()
            .get(&(practice, consumer))
            .map(|seen| Contact {
                consumer_id: consumer,
                last_contact_at: seen.at,
                user_agent: seen.user_agent.clone(),
            })
    }
}

impl Hub {
    /// Writes down what is new since the last time. To be called every 30 s and at the end.
    ///
    /// # Errors
    /// The store's; what could not be written is tried again the next time.
    pub async fn flush_contacts(&self) -> Result<()> {
        let mut outcome = Ok(());
        for (practice, contact) in self.contacts().unwritten() {
            let consumer = contact.consumer_id;
            let result = self
                .write(practice, move |tx| Ok(contacts::upsert(tx, &contact)?))
                .await;
            if result.is_err() {
                self.contacts().again(practice, consumer);
                outcome = result;
            }
        }
        outcome
    }

    /// The last contacts with a practice, the latest that is known of each.
    ///
    /// # Errors
    /// The store's.
    pub async fn contacts_of(&self, practice: PracticeId) -> Result<Vec<Contact>> {
        let written = self.read(practice, |tx| Ok(contacts::list(tx)?)).await?;
        let live = self
            .read(practice, |tx| Ok(slotbridge_store::consents::live(tx)?))
            .await?;
        let mut consumers: Vec<ConsumerId> = written.iter().map(|c| c.consumer_id).collect();
        consumers.extend(live.map(|consent| consent.consumer_id));
        consumers.sort_unstable();
        consumers.dedup();
        let latest = consumers.into_iter().filter_map(|consumer| {
            self.contacts()
                .get(practice, consumer)
                .or_else(|| written.iter().find(|c| c.consumer_id == consumer).cloned())
        });
        Ok(latest.collect())
    }
}
