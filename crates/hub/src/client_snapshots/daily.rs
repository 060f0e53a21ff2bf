//! Asking for client snapshots each day (SNAP-1): of the appointments of today and the next three
//! days, and of those that are made today. Days are the practice's.

use crate::{Result, raise, zone};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use slotbridge_domain::date_type::DateType;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::RequestId;
use slotbridge_domain::product::Product;
use slotbridge_domain::request::RequestType;
use slotbridge_store::due::{self, DueKind};
use slotbridge_store::practices::{self, Practice};
use slotbridge_store::requests::Target;
use slotbridge_store::{Tx, client_snapshots, consents, features};

/// How many days after today are asked for.
const AHEAD: i64 = 3;

/// Whether the practice uses a product (`None`: any) that needs snapshots, and its integration sends
/// them.
pub(crate) fn feeds(
    tx: &mut Tx<'_>,
    practice: &Practice,
    product: Option<Product>,
) -> Result<bool> {
    let uses = practice.products.iter().any(|name| {
        let used: Option<Product> = name.parse().ok();
        used.is_some_and(|used| {
            used.needs_client_snapshots() && product.is_none_or(|product| product == used)
        })
    });
    if !uses || practice.deactivated_at.is_some() {
        return Ok(false);
    }
    let Some(consent) = consents::live(tx)? else {
        return Ok(false);
    };
    Ok(features::enabled(tx, consent.consumer_id)?.contains(&Feature::ClientSnapshots))
}

/// Asks for what is wanted today and has not come yet, and plans the same for the next day. To be
/// called whenever a day begins, and when it may have become wanted.
pub(crate) fn ask(tx: &mut Tx<'_>, practice: &Practice) -> Result<()> {
    if !feeds(tx, practice, None)? {
        return Ok(due::cancel(tx, DueKind::ClientSnapshotDay, "")?);
    }
    let zone = zone::of(practice)?;
    let today = zone::day(&zone, tx.now());
    for ahead in 0..=AHEAD {
        if let Some(date) = zone::plus_days(today, ahead) {
            ask_for(tx, &zone, today, date, DateType::Appointment)?;
        }
    }
    ask_for(tx, &zone, today, today, DateType::Creation)?;
    let tomorrow = zone::day_end(&zone, today);
    Ok(due::set(tx, DueKind::ClientSnapshotDay, "", tomorrow)?)
}

/// The same for the transaction's practice: a day has begun there, today or while the hub was down.
pub(crate) fn begin(tx: &mut Tx<'_>) -> Result<()> {
    let id = tx.practice()?;
    match practices::get(tx, id)? {
        Some(practice) => ask(tx, &practice),
        None => Ok(()),
    }
}

fn ask_for(
    tx: &mut Tx<'_>,
    zone: &TimeZone,
    today: Date,
    date: Date,
    date_type: DateType,
) -> Result<()> {
    let came = client_snapshots::received_at(tx, &date.to_string(), date_type)?;
    if came.is_none_or(|at| zone::day(zone, at) < today) {
        raise(tx, zone, date, date_type)?;
    }
    Ok(())
}

/// Raises a request, which closes by itself when its date is over. `None`: it is over already.
pub(crate) fn raise(
    tx: &mut Tx<'_>,
    zone: &TimeZone,
    date: Date,
    date_type: DateType,
) -> Result<Option<RequestId>> {
    let end = zone::day_end(zone, date);
    if end <= tx.now() {
        return Ok(None);
    }
    let target = Target::ClientSnapshot {
        date: date.to_string(),
        date_type: date_type.as_str().to_owned(),
    };
    let (id, new) = raise::request(tx, RequestType::ClientSnapshots, &target)?;
    if new {
        due::set(tx, DueKind::RequestDayEnds, &id.to_string(), end)?;
    }
    Ok(Some(id))
}
