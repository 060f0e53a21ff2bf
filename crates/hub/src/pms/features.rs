//! `/features` (CONF-4): what an integration supports beyond the basics, per practice.

use crate::auth::Consented;
use crate::client_snapshots::daily;
use crate::{Context, Result};
use serde_json::json;
use slotbridge_domain::feature::Feature;
use slotbridge_store::{Tx, features};

/// All features, and whether the caller has enabled each.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, caller: &Consented) -> Result<[(Feature, bool); 3]> {
    let enabled = features::enabled(tx, caller.consumer_id())?;
    Ok(Feature::ALL.map(|feature| (feature, enabled.contains(&feature))))
}

/// Enables a feature, or disables it: its requests are hidden and kept. What it is already is not
/// written again.
///
/// # Errors
/// The store's.
pub fn set(
    tx: &mut Tx<'_>,
    caller: &Consented,
    context: &Context,
    feature: Feature,
    enabled: bool,
) -> Result<()> {
    let consumer = caller.consumer_id();
    let (changed, action) = if enabled {
        (features::enable(tx, consumer, feature)?, "enableFeature")
    } else {
        (features::disable(tx, consumer, feature)?, "disableFeature")
    };
    if !changed {
        return Ok(());
    }
    let detail = json!({"feature": feature.as_str()});
    context.record(tx, action, None, &detail, None)?;
    // What it was asked for while it was enabled before may be long over (SNAP-1).
    daily::begin(tx)
}
