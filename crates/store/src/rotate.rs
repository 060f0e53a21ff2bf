//! A new master key: whatever the one before wrapped or sealed is wrapped and sealed anew.

use crate::sql::statements;
use crate::{Result, StoreError, Tx, args, consumers, seal};
use slotbridge_domain::ids::{ConsumerId, PracticeId};

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
}

/// How many rows are read at a time.
const PAGE: i64 = 500;

/// Wraps anew what only the previous master key opens, and says how many there were. Runs globally.
///
/// # Errors
/// The store's; [`StoreError::Corrupt`] for what neither key opens: nothing is changed then.
pub(crate) fn rewrap(tx: &mut Tx<'_>) -> Result<u64> {
    let keys = each(
        tx,
        |tx, after| {
            tx.query(&PRACTICE_KEYS, args![after, PAGE], |row| {
                Ok((row.int(0)?, row.blob(1)?))
            })
        },
        |tx, id, sealed, anew| {
            let args = args![id, anew, sealed];
            tx.push(&SET_PRACTICE_KEY, args)
        },
        |id| PracticeId::new(id).map(seal::practice_context),
    )?;
    let secrets = each(
        tx,
        |tx, after| {
            tx.query(&WEBHOOK_SECRETS, args![after, PAGE], |row| {
                Ok((row.int(0)?, row.blob(1)?))
            })
        },
        |tx, id, sealed, anew| {
            let args = args![id, anew, sealed];
            tx.push(&SET_WEBHOOK_SECRET, args)
        },
        |id| ConsumerId::new(id).map(consumers::webhook_secret_context),
    )?;
    let previous = each(
        tx,
        |tx, after| {
            tx.query(&PREVIOUS_SECRETS, args![after, PAGE], |row| {
                Ok((row.int(0)?, row.blob(1)?))
            })
        },
        |tx, id, sealed, anew| {
            let args = args![id, anew, sealed];
            tx.push(&SET_PREVIOUS_SECRET, args)
        },
        |id| ConsumerId::new(id).map(consumers::webhook_secret_context),
    )?;
    Ok(keys + secrets + previous)
}

type Blobs = Vec<(i64, Vec<u8>)>;

/// Goes through all rows of a kind, a page at a time.
fn each(
    tx: &mut Tx<'_>,
    read: impl Fn(&mut Tx<'_>, i64) -> Result<Blobs>,
    write: impl Fn(&mut Tx<'_>, i64, &[u8], &[u8]) -> Result<()>,
    context: impl Fn(i64) -> Option<String>,
) -> Result<u64> {
    let (mut after, mut changed) = (0, 0);
    loop {
        let rows = read(tx, after)?;
        let Some((last, _)) = rows.last() else {
            return Ok(changed);
        };
        after = *last;
        for (id, sealed) in &rows {
            let context = context(*id).ok_or(StoreError::Corrupt("an id that cannot be one"))?;
            if let Some(anew) = tx.keyring().sealed_anew(&context, sealed)? {
                write(tx, *id, sealed, &anew)?;
                changed += 1;
            }
        }
    }
}
