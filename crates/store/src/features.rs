//! The extra features that are on, per practice and consumer (CONF-4).

use crate::sql::statements;
use crate::{Asked, Result, Tx, args};
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::ConsumerId;

statements! {
    LIST = "SELECT feature FROM features WHERE practice_id = $1 AND consumer_id = $2";
    OF_KEY = "SELECT f.feature FROM consumer_keys k JOIN features f
            ON f.practice_id = $2 AND f.consumer_id = k.consumer_id
        WHERE k.key_hash = $1";
    ENABLE = "INSERT INTO features (practice_id, consumer_id, feature, enabled_at)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (practice_id, consumer_id, feature) DO NOTHING";
    DISABLE = "DELETE FROM features WHERE practice_id = $1 AND consumer_id = $2 AND feature = $3";
}

/// The features that a consumer has enabled.
///
/// # Errors
/// The store's.
pub fn enabled(tx: &mut Tx<'_>, consumer: ConsumerId) -> Result<Vec<Feature>> {
    let practice = tx.practice()?;
    tx.query(&LIST, args![practice, consumer], |row| {
        row.named(0, |name| name.parse().ok())
    })
}

/// Asks for the features that the consumer with a key has enabled.
///
/// # Errors
/// The store's.
pub fn ask_of_key(tx: &mut Tx<'_>, key_hash: &[u8; 32]) -> Result<Asked<Feature>> {
    let practice = tx.practice()?;
    tx.ask(&OF_KEY, args![key_hash, practice], |row| {
        row.named(0, |name| name.parse().ok())
    })
}

/// Enables a feature; `false` if it was enabled before.
///
/// # Errors
/// The store's.
pub fn enable(tx: &mut Tx<'_>, consumer: ConsumerId, feature: Feature) -> Result<bool> {
    let (practice, now) = (tx.practice()?, tx.now());
    let args = args![practice, consumer, feature.as_str(), now];
    Ok(tx.execute(&ENABLE, args)? > 0)
}

/// Disables a feature; `false` if it was not enabled.
///
/// # Errors
/// The store's.
pub fn disable(tx: &mut Tx<'_>, consumer: ConsumerId, feature: Feature) -> Result<bool> {
    let practice = tx.practice()?;
    let args = args![practice, consumer, feature.as_str()];
    Ok(tx.execute(&DISABLE, args)? > 0)
}
