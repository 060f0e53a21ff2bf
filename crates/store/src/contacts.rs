//! When an integration was last heard of, and with what `User-Agent` (AUTH-5, REQ-3).

use crate::sql::{Arg, statements};
use crate::{Result, Tx, args};
use jiff::Timestamp;
use slotbridge_domain::ids::{ConsumerId, PracticeId};

/// So many are written by one statement.
const SOME: usize = 16;

/// Of several nodes each writes what it has heard, in whatever order.
macro_rules! upsert {
    ($rows:literal) => {
        concat!(
            "INSERT INTO contacts (practice_id, consumer_id, last_contact_at, user_agent)
        VALUES ",
            $rows,
            "
        ON CONFLICT (practice_id, consumer_id) DO UPDATE
        SET last_contact_at = CASE
                WHEN contacts.last_contact_at > excluded.last_contact_at
                THEN contacts.last_contact_at ELSE excluded.last_contact_at END,
            user_agent = COALESCE(excluded.user_agent, contacts.user_agent)"
        )
    };
}

statements! {
    UPSERT = upsert!("($1, $2, $3, $4)");
    UPSERT_SOME = upsert!(
        "($1, $2, $3, $4), ($5, $6, $7, $8), ($9, $10, $11, $12), ($13, $14, $15, $16),
            ($17, $18, $19, $20), ($21, $22, $23, $24), ($25, $26, $27, $28), ($29, $30, $31, $32),
            ($33, $34, $35, $36), ($37, $38, $39, $40), ($41, $42, $43, $44), ($45, $46, $47, $48),
            ($49, $50, $51, $52), ($53, $54, $55, $56), ($57, $58, $59, $60), ($61, $62, $63, $64)"
    );
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

/// Writes contacts down, one of each practice and consumer, where no later one is; without a `User-Agent`
/// the one that is known stays. Runs globally.
///
/// # Errors
/// The store's.
pub fn upsert(tx: &mut Tx<'_>, contacts: &[(PracticeId, Contact)]) -> Result<()> {
    let (some, rest) = contacts.as_chunks::<SOME>();
    for some in some {
        tx.push(&UPSERT_SOME, &args_of(some))?;
    }
    for one in rest {
        tx.push(&UPSERT, &args_of(std::slice::from_ref(one)))?;
    }
    Ok(())
}

fn args_of(contacts: &[(PracticeId, Contact)]) -> Vec<Arg<'_>> {
    let args = contacts.iter().flat_map(|(practice, contact)| {
        [
            Arg::from(*practice),
            Arg::from(contact.consumer_id),
            Arg::from(contact.last_contact_at),
            Arg::from(contact.user_agent.as_ref()),
        ]
    });
    args.collect()
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
