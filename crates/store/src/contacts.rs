//! When an integration was last heard of, and with what `User-Agent` (AUTH-5, REQ-3).

use crate::sql::statements;
use crate::{Result, Tx, args};
use jiff::Timestamp;
use slotbridge_domain::ids::ConsumerId;

statements! {
    /// Of several nodes each writes what it has heard, in whatever order.
    UPSERT = "INSERT INTO contacts (practice_id, consumer_id, last_contact_at, user_agent)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (practice_id, consumer_id) DO UPDATE
        SET last_contact_at = CASE
                WHEN contacts.last_contact_at > excluded.last_contact_at
                THEN contacts.last_contact_at ELSE excluded.last_contact_at END,
            user_agent = COALESCE(excluded.user_agent, contacts.user_agent)";
    LIST = "SELECT consumer_id, last_contact_at, user_agent FROM contacts WHERE practice_id = $1
        ORDER BY consumer_id";
}

/// The last contact of a consumer with a practice.
#[derive(Clone, Debug)]
pub struct Contact {
    /// The consumer.
    pub consumer_id: ConsumerId,
    /// When it last called.
    pub last_contact_at: Timestamp,
    /// With what `User-Agent`.
    pub user_agent: Option<String>,
}

/// Writes a contact down, unless a later one is; without a `User-Agent` the one that is known stays.
///
/// # Errors
/// The store's.
pub fn upsert(tx: &mut Tx<'_>, contact: &Contact) -> Result<()> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        contact.consumer_id,
        contact.last_contact_at,
        contact.user_agent.as_ref()
    ];
    tx.push(&UPSERT, args)
}

/// All contacts of the practice.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Contact>> {
    let practice = tx.practice()?;
    tx.query(&LIST, args![practice], |row| {
        Ok(Contact {
            consumer_id: row.id(0, ConsumerId::new)?,
            last_contact_at: row.timestamp(1)?,
            user_agent: row.opt_text(2)?,
        })
    })
}
