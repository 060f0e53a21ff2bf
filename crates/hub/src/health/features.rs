//! Extra features whose requests are not answered within a day (HEALTH-4).

use super::facts::Judged;
use super::tell;
use crate::Result;
use jiff::Timestamp;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::health;
use slotbridge_store::practices::Practice;
use slotbridge_store::{Tx, features, health as store};

/// Whether a feature of the practice's integration is late: what needs it pauses.
///
/// # Errors
/// The store's.
pub fn feature_late(tx: &mut Tx<'_>, feature: Feature) -> Result<bool> {
    let late = store::late_features(tx)?;
    Ok(late.iter().any(|(one, _)| *one == feature))
}

/// What the features come to now.
pub(super) struct Features {
    /// Those that turn late, or in time again, each with whether it is late.
    pub(super) changed: Vec<(Feature, bool)>,
    /// When the next one can be late, if nothing happens before.
    pub(super) again: Option<Timestamp>,
}

/// Judges the features of the practice's integration.
pub(super) fn judge(tx: &mut Tx<'_>, judged: &Judged) -> Result<Features> {
    let enabled = features::enabled(tx, judged.consumer_id)?;
    let waiting = if enabled.is_empty() {
        Vec::new()
    } else {
        store::extra(tx)?
    };
    let (late, now) = (store::late_features(tx)?, tx.now());
    let mut found = Features {
        changed: Vec::new(),
        again: None,
    };
    for feature in Feature::ALL {
        let of_feature = waiting
            .iter()
            .filter(|(kind, ..)| kind.feature() == Some(feature));
        let oldest = of_feature.map(|(_, _, oldest)| *oldest).min();
        let oldest = oldest.filter(|_| enabled.contains(&feature));
        let is_late = match oldest.map(|oldest| health::feature_late(oldest, now)) {
            Some(Ok(())) => true,
            Some(Err(then)) => {
                found.again = Some(found.again.map_or(then, |again| again.min(then)));
                false
            }
            None => false,
        };
        if is_late != late.iter().any(|(one, _)| *one == feature) {
            found.changed.push((feature, is_late));
        }
    }
    Ok(found)
}

/// Writes what has changed, and tells the practice.
pub(super) fn write(tx: &mut Tx<'_>, practice: &Practice, found: &Features) -> Result<()> {
    for (feature, late) in &found.changed {
        store::set_late(tx, *feature, *late)?;
        tell::feature(tx, practice, *feature, *late)?;
    }
    Ok(())
}
