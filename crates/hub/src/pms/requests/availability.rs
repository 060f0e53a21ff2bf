//! `GET /requests/availability` (AVAIL-7): the days that the PMS is asked to send.

use crate::Result;
use slotbridge_domain::request::RequestType;
use slotbridge_store::requests::{self, Target};
use slotbridge_store::{Listed, Tx, Window};

/// A day that is asked for.
#[derive(Clone, Debug)]
pub struct DayRequest {
    /// The day at the practice, `YYYY-MM-DD`.
    pub day: String,
    /// The resource; `None`: all.
    pub pms_resource_id: Option<String>,
}

/// A page of the list.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, window: Window) -> Result<Listed<DayRequest>> {
    let page = requests::list(tx, RequestType::Availability, window)?;
    let day = |request: requests::Request| match request.target {
        Target::Day {
            day,
            pms_resource_id,
        } => Some(DayRequest {
            day,
            pms_resource_id,
        }),
        _ => None,
    };
    let entries = page.entries.into_iter().filter_map(day).collect();
    Ok(Listed {
        entries,
        total: page.total,
    })
}
