//! The liveness contract (CONF-3), replaced whole.

use crate::{Context, Result, health};
use serde::{Deserialize, Serialize};
use serde_json::json;
use slotbridge_domain::liveness::{Hours, LivenessContract};
use slotbridge_store::{StoreError, Tx, liveness_contracts};

/// How a contract is stored: start and end of each range in minutes since midnight.
#[derive(Serialize, Deserialize)]
struct Stored {
    weekdays: [Option<Vec<(u16, u16)>>; 7],
    public_holidays: Option<Vec<(u16, u16)>>,
}

fn to_pairs(hours: &Option<Vec<Hours>>) -> Option<Vec<(u16, u16)>> {
    hours
        .as_ref()
        .map(|hours| hours.iter().map(|h| (h.start, h.end)).collect())
}

fn from_pairs(pairs: Option<Vec<(u16, u16)>>) -> Option<Vec<Hours>> {
    pairs.map(|pairs| {
        pairs
            .into_iter()
            .map(|(start, end)| Hours { start, end })
            .collect()
    })
}

/// The contract in force; live always if none was set.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>) -> Result<LivenessContract> {
    let Some(text) = liveness_contracts::get(tx)? else {
        return Ok(LivenessContract::always());
    };
    let stored: Stored = serde_json::from_str(&text)
        .map_err(|_| StoreError::Corrupt("a liveness contract that is not in its form"))?;
    Ok(LivenessContract {
        weekdays: stored.weekdays.map(from_pairs),
        public_holidays: from_pairs(stored.public_holidays),
    })
}

/// Replaces the contract. One that says what is in force writes nothing.
///
/// # Errors
/// The store's.
pub fn replace(tx: &mut Tx<'_>, context: &Context, contract: &LivenessContract) -> Result<()> {
    if get(tx)? == *contract {
        return Ok(());
    }
    let stored = Stored {
        weekdays: contract.weekdays.each_ref().map(to_pairs),
        public_holidays: to_pairs(&contract.public_holidays),
    };
    liveness_contracts::put(tx, &json!(stored).to_string())?;
    health::soon(tx)?;
    context.record(tx, "livenessContract", None, &json!({}), None)
}
