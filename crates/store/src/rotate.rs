//! A new master key: whatever the one before wrapped or sealed is wrapped and sealed anew. First
//! what it wrapped itself ([`rewrap`]), then what the practices' sealing keys sealed, which it is a
//! part of ([`seal_anew`]).

use crate::seal::PracticeKey;
use crate::sql::{Sql, statements};
use crate::{
    Result, StoreError, Tx, args, audit, client_snapshots, consumers, messages, seal, settings,
    staff, staff_links,
};
use slotbridge_domain::date_type::DateType;
use slotbridge_domain::ids::{BookingId, ConsumerId, PracticeId, StaffId};

statements! {
    PRACTICE_KEYS = "SELECT practice_id, wrapped_key FROM practices
        WHERE practice_id > $1 AND wrapped_key IS NOT NULL ORDER BY practice_id LIMIT $2";
    // Not where it was erased or changed meanwhile: on PostgreSQL other nodes go on.
    SET_PRACTICE_KEY = "UPDATE practices SET wrapped_key = $2
        WHERE practice_id = $1 AND wrapped_key = $3";
    WEBHOOK_SECRETS = "SELECT consumer_id, webhook_secret FROM consumers
        WHERE consumer_id > $1 ORDER BY consumer_id LIMIT $2";
    SET_WEBHOOK_SECRET = "UPDATE consumers SET webhook_secret = $2
        WHERE consumer_id = $1 AND webhook_secret = $3";
    PREVIOUS_SECRETS = "SELECT consumer_id, previous_webhook_secret FROM consumers
        WHERE consumer_id > $1 AND previous_webhook_secret IS NOT NULL
        ORDER BY consumer_id LIMIT $2";
    SET_PREVIOUS_SECRET = "UPDATE consumers SET previous_webhook_secret = $2
        WHERE consumer_id = $1 AND previous_webhook_secret = $3";
    STAFF = "SELECT staff_id, person FROM staff WHERE staff_id > $1 ORDER BY staff_id LIMIT $2";
    SET_STAFF = "UPDATE staff SET person = $2 WHERE staff_id = $1 AND person = $3";
    SECOND_FACTORS = "SELECT staff_id, totp_secret FROM staff
        WHERE staff_id > $1 AND totp_secret IS NOT NULL ORDER BY staff_id LIMIT $2";
    SET_SECOND_FACTOR = "UPDATE staff SET totp_secret = $2
        WHERE staff_id = $1 AND totp_secret = $3";
    LINKS = "SELECT link_id, totp_secret FROM staff_links
        WHERE link_id > $1 AND totp_secret IS NOT NULL ORDER BY link_id LIMIT $2";
    SET_LINK = "UPDATE staff_links SET totp_secret = $2 WHERE link_id = $1 AND totp_secret = $3";
    DATA_KEYS = "SELECT booking_id, data_key FROM bookings
        WHERE practice_id = $1 AND data_key IS NOT NULL";
    SET_DATA_KEY = "UPDATE bookings SET data_key = $3
        WHERE practice_id = $1 AND booking_id = $2 AND data_key = $4";
    NOTES = "SELECT audit_id, note FROM audit WHERE practice_id = $1 AND note IS NOT NULL";
    SET_NOTE = "UPDATE audit SET note = $3
        WHERE practice_id = $1 AND audit_id = $2 AND note = $4";
    SET_MESSAGE = "UPDATE messages SET sealed = $4
        WHERE practice_id = $1 AND kind = $2 AND subject = $3 AND sealed = $5";
    SNAPSHOT_KEYS = "SELECT date, date_type, data_key FROM client_snapshots
        WHERE practice_id = $1";
    SET_SNAPSHOT_KEY = "UPDATE client_snapshots SET data_key = $4
        WHERE practice_id = $1 AND date = $2 AND date_type = $3 AND data_key = $5";
    CATALOGUES = "SELECT content FROM client_catalogues WHERE practice_id = $1";
    SET_CATALOGUE = "UPDATE client_catalogues SET content = $2
        WHERE practice_id = $1 AND content = $3";
}

/// How many rows are read at a time.
const PAGE: i64 = 500;
/// After how many rows a transaction of [`seal_anew`] ends.
const ENOUGH: u64 = 5000;

/// Wraps anew what only the previous master key opens, and says how many there were. Runs globally.
///
/// # Errors
/// The store's; [`StoreError::Corrupt`] for what neither key opens: nothing is changed then.
pub(crate) fn rewrap(tx: &mut Tx<'_>) -> Result<u64> {
    let mut changed = index_key(tx)?;
    for wrapped in WRAPPED {
        changed += wrapped.rewrap(tx)?;
    }
    Ok(changed)
}

/// A column that the master key itself sealed, in the rows that have a number.
struct Wrapped {
    /// A page of them: the numbers, and what is sealed.
    read: &'static Sql,
    /// Writes one anew, unless it has changed.
    write: &'static Sql,
    /// What the one of a number is sealed as.
    context: fn(i64) -> Option<String>,
}

const WRAPPED: [Wrapped; 6] = [
    Wrapped {
        read: &PRACTICE_KEYS,
        write: &SET_PRACTICE_KEY,
        context: |id| PracticeId::new(id).map(seal::practice_context),
    },
    Wrapped {
        read: &WEBHOOK_SECRETS,
        write: &SET_WEBHOOK_SECRET,
        context: |id| ConsumerId::new(id).map(consumers::webhook_secret_context),
    },
    Wrapped {
        read: &PREVIOUS_SECRETS,
        write: &SET_PREVIOUS_SECRET,
        context: |id| ConsumerId::new(id).map(consumers::webhook_secret_context),
    },
    Wrapped {
        read: &STAFF,
        write: &SET_STAFF,
        context: |id| StaffId::new(id).map(staff::person_context),
    },
    Wrapped {
        read: &SECOND_FACTORS,
        write: &SET_SECOND_FACTOR,
        context: |id| StaffId::new(id).map(staff::totp_context),
    },
    Wrapped {
        read: &LINKS,
        write: &SET_LINK,
        context: |id| Some(staff_links::totp_context(id)),
    },
];

impl Wrapped {
    /// Goes through all rows, a page at a time.
    fn rewrap(&self, tx: &mut Tx<'_>) -> Result<u64> {
        let (mut after, mut changed) = (0, 0);
        loop {
            let rows = tx.query(self.read, args![after, PAGE], |row| {
                Ok((row.int(0)?, row.blob(1)?))
            })?;
            let Some((last, _)) = rows.last() else {
                return Ok(changed);
            };
            after = *last;
            for (id, sealed) in &rows {
                let context =
                    (self.context)(*id).ok_or(StoreError::Corrupt("an id that cannot be one"))?;
                if let Some(anew) = tx.keyring().sealed_anew(&context, sealed)? {
                    tx.push(self.write, args![*id, &anew, sealed])?;
                    changed += 1;
                }
            }
        }
    }
}

/// The key of the blind index of staff's mails.
fn index_key(tx: &mut Tx<'_>) -> Result<u64> {
    let Some(sealed) = settings::get(tx, staff::INDEX_KEY)? else {
        return Ok(0);
    };
    let sealed = seal::unhex(&sealed).ok_or(StoreError::Corrupt("the staff's index key"))?;
    let Some(anew) = tx.keyring().sealed_anew(staff::INDEX_KEY, &sealed)? else {
        return Ok(0);
    };
    settings::set(tx, staff::INDEX_KEY, &seal::hex(&anew))?;
    Ok(1)
}

/// What came of sealing anew.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// What was sealed anew.
    pub(crate) written: u64,
    /// What no key opens.
    pub(crate) unreadable: u64,
}

impl Tally {
    /// What is to be written in place of something sealed, if anything.
    fn anew(&mut self, key: &PracticeKey, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        match key.sealed_anew(context, sealed) {
            Ok(anew) => {
                self.written += u64::from(anew.is_some());
                anew
            }
            Err(_) => {
                self.unreadable += 1;
                None
            }
        }
    }
}

/// Seals anew what the present sealing keys do not open, practice by practice from `after` on, until
/// that is enough for a transaction. Gives the last practice; none when there are no more. Runs
/// globally.
///
/// # Errors
/// The store's.
pub(crate) fn seal_anew(tx: &mut Tx<'_>, mut after: i64, tally: &mut Tally) -> Result<Option<i64>> {
    let before = tally.written;
    loop {
        let practices = tx.query(&PRACTICE_KEYS, args![after, PAGE], |row| {
            Ok((row.id(0, PracticeId::new)?, row.blob(1)?))
        })?;
        if practices.is_empty() {
            return Ok(None);
        }
        for (practice, wrapped) in practices {
            let key = tx.keyring().unwrap(practice, &wrapped)?;
            seal_anew_at(tx, practice, &key, tally)?;
            after = practice.get();
            if tally.written - before >= ENOUGH {
                return Ok(Some(after));
            }
        }
    }
}

/// All that a practice's sealing key seals.
fn seal_anew_at(
    tx: &mut Tx<'_>,
    practice: PracticeId,
    key: &PracticeKey,
    tally: &mut Tally,
) -> Result<()> {
    for (id, sealed) in tx.query(&DATA_KEYS, args![practice], |row| {
        Ok((row.id(0, BookingId::new)?, row.blob(1)?))
    })? {
        if let Some(anew) = tally.anew(key, &seal::data_key_context(id), &sealed) {
            tx.push(&SET_DATA_KEY, args![practice, id, &anew, &sealed])?;
        }
    }
    for (id, sealed) in tx.query(&NOTES, args![practice], |row| {
        Ok((row.int(0)?, row.blob(1)?))
    })? {
        if let Some(anew) = tally.anew(key, audit::NOTE, &sealed) {
            tx.push(&SET_NOTE, args![practice, id, &anew, &sealed])?;
        }
    }
    for message in tx.within(practice, messages::about_no_booking)? {
        let (kind, subject) = (&message.key.kind, &message.key.subject);
        if let Some(anew) = tally.anew(key, &messages::sealed_as(kind, subject), &message.sealed) {
            let args = args![practice, kind, subject, &anew, &message.sealed];
            tx.push(&SET_MESSAGE, args)?;
        }
    }
    for (date, date_type, sealed) in tx.query(&SNAPSHOT_KEYS, args![practice], |row| {
        Ok((
            row.text(0)?,
            row.named(1, |name| name.parse::<DateType>().ok())?,
            row.blob(2)?,
        ))
    })? {
        let context = seal::data_key_context_of(&client_snapshots::sealed_as(&date, date_type));
        if let Some(anew) = tally.anew(key, &context, &sealed) {
            let args = args![practice, &date, date_type.as_str(), &anew, &sealed];
            tx.push(&SET_SNAPSHOT_KEY, args)?;
        }
    }
    for sealed in tx.query(&CATALOGUES, args![practice], |row| row.blob(0))? {
        if let Some(anew) = tally.anew(key, client_snapshots::CATALOGUE_AS, &sealed) {
            tx.push(&SET_CATALOGUE, args![practice, &anew, &sealed])?;
        }
    }
    Ok(())
}
