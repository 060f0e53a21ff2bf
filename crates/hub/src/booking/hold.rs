//! Holding a time while the form is filled in.

use crate::booking::active_practice;
use crate::picture::{Own, Picture};
use crate::{Error, Hub, Once, Result, auth, zone};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use slotbridge_domain::ids::{AppointmentTypeId, PracticeId, PractitionerId};
use slotbridge_domain::keys::KeyKind;
use slotbridge_store::Tx;
use slotbridge_store::due::{self, DueKind};
use slotbridge_store::holds::{self, Hold};

/// The time that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Where.
    pub practice_id: PracticeId,
    /// Whom it is with.
    pub practitioner_id: PractitionerId,
    /// What for.
    pub appointment_type_id: AppointmentTypeId,
    /// From when.
    pub start: Timestamp,
}

/// A hold that was made.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its id; a secret of the patient's.
    pub hold_id: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Holds a time. The answer, as `once` renders it.
///
/// # Errors
/// No such practice; the time is not available.
pub async fn create(hub: &Hub, wanted: Wanted, once: Once<Held>) -> Result<Value> {
    let hold_id = hub.new_key(KeyKind::Hold);
    let hash = auth::hash(&hold_id);
    let seconds = hub.settings().hold_seconds;
    hub.write(wanted.practice_id, move |tx| {
        once.run(tx, |tx| {
            Ok(Held {
                expires_at: write(tx, &wanted, &hash, seconds)?,
                hold_id: hold_id.clone(),
            })
        })
    })
    .await
}

/// A hold, while it is in force.
///
/// # Errors
/// The store's.
pub fn find(tx: &mut Tx<'_>, hold_id: &str) -> Result<Option<Hold>> {
    let now = tx.now();
    let hold = holds::find(tx, &auth::hash(hold_id))?;
    Ok(hold.filter(|hold| hold.expires_at > now))
}

/// Lets a time go that is not wanted any more. One that nobody holds is no mistake.
///
/// # Errors
/// The store's.
pub fn release(tx: &mut Tx<'_>, hold_id: &str) -> Result<()> {
    Ok(holds::delete(tx, &auth::hash(hold_id))?)
}

fn write(tx: &mut Tx<'_>, wanted: &Wanted, hash: &[u8; 32], seconds: i64) -> Result<Timestamp> {
    let (practice, zone) = active_practice(tx, wanted.practice_id)?;
    let day = zone::day(&zone, wanted.start);
    let picture = Picture::load(tx, &practice, &zone, day, day, Own::default())?;
    let found = picture
        .book(
            tx.now(),
            wanted.practitioner_id,
            wanted.appointment_type_id,
            wanted.start,
        )
        .map_err(Error::NotBookable)?;
    let expires_at = tx
        .now()
        .saturating_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX);
    let hold = Hold {
        hold_hash: hash.to_vec(),
        practitioner_id: wanted.practitioner_id,
        appointment_type_id: wanted.appointment_type_id,
        pms_resource_id: found.offer.pms_resource_id.clone(),
        start: found.slot.start,
        end: found.slot.end,
        expires_at,
    };
    holds::insert(tx, &hold)?;
    // Only tidying up: whether a hold is in force, the clock decides.
    due::set(
        tx,
        DueKind::HoldExpires,
        &expires_at.as_microsecond().to_string(),
        expires_at,
    )?;
    Ok(expires_at)
}
