//! `POST /clientSnapshot` (SNAP-2): the appointment book of a date, and all that follows from it.

use crate::auth::Consented;
use crate::client_snapshots::content::Content;
use crate::client_snapshots::kept::Sealed;
use crate::client_snapshots::{catalogue, disagreement};
use crate::{Error, Hub, Result, raise};
use jiff::civil::Date;
use slotbridge_domain::date_type::DateType;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::request::RequestType;
use slotbridge_store::due::{self, DueKind};
use slotbridge_store::requests::{self, Target};
use slotbridge_store::{Tx, features};

/// Keeps a snapshot in place of the one before of its date and type, and resolves the request for
/// it.
///
/// # Errors
/// The feature is not enabled.
pub async fn send(
    hub: &Hub,
    caller: &Consented,
    date: Date,
    date_type: DateType,
    content: Content,
) -> Result<()> {
    let sealed = Sealed::new(date, date_type, &content, hub.random().clone())?;
    let (caller, practice) = (caller.clone(), caller.practice_id());
    hub.write(practice, move |tx| {
        let enabled = features::enabled(tx, caller.consumer_id())?;
        if !enabled.contains(&Feature::ClientSnapshots) {
            return Err(Error::Forbidden(
                "the feature clientSnapshots is not enabled for this practice: enable it with \
                 POST /features/clientSnapshots/enable"
                    .into(),
            ));
        }
        sealed.put(tx)?;
        catalogue::take_in(tx, &content)?;
        resolve(tx, date, date_type)?;
        disagreement::ask(tx, caller.zone(), date, date_type, &content)?;
        if date_type == DateType::Appointment {
            due::set(tx, DueKind::Reminders, &date.to_string(), tx.now())?;
        }
        Ok(())
    })
    .await
}

fn resolve(tx: &mut Tx<'_>, date: Date, date_type: DateType) -> Result<()> {
    let target = Target::ClientSnapshot {
        date: date.to_string(),
        date_type: date_type.as_str().to_owned(),
    };
    let kind = RequestType::ClientSnapshots;
    match requests::find_outstanding(tx, kind, &target)? {
        Some(id) => raise::resolve_day(tx, id, "confirmed"),
        None => Ok(()),
    }
}
