//! `confirmUpdate` and `rejectUpdate` (BOOK-8): the PMS has taken note of a cancellation, or
//! refuses to.

use crate::auth::Consented;
use crate::life::{self, Event};
use crate::{Context, Error, Result, health};
use slotbridge_domain::ids::{BookingId, RequestId};
use slotbridge_domain::request::RequestType;
use slotbridge_store::Tx;
use slotbridge_store::requests::{self, Target};

/// The PMS's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `confirmUpdate`.
    Confirmed,
    /// `rejectUpdate`.
    Rejected,
}

impl Answer {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmUpdate",
            Self::Rejected => "rejectUpdate",
        }
    }
}

/// Resolves an update. The same answer again changes nothing.
///
/// # Errors
/// No such update of that booking; it was answered otherwise before.
pub fn answer_update(
    tx: &mut Tx<'_>,
    caller: &Consented,
    context: &Context,
    id: BookingId,
    request_id: RequestId,
    answer: (Answer, Option<&str>),
) -> Result<()> {
    let (answer, reason) = answer;
    let mut booking = life::load(tx, id)?;
    let request = requests::get(tx, request_id)?
        .filter(|request| request.kind == RequestType::BookingUpdates)
        .filter(|request| request.target == Target::Booking(id))
        .ok_or(Error::NotFound("update of this booking"))?;
    match request.answer.as_deref() {
        None => {}
        Some(before) if before == answer.as_str() || before == "closed" => return Ok(()),
        Some(before) => {
            let before = if before == "confirmed" {
                "confirmed"
            } else {
                "rejected"
            };
            let message = format!("this update was {before} before");
            return Err(Error::field("requestId", message));
        }
    }
    requests::resolve_id(tx, request_id, answer.as_str())?;
    health::ease(tx)?;
    let change = booking.life.answer_update(answer == Answer::Confirmed);
    let event = Event {
        context,
        action: answer.action(),
        note: reason,
        more: true,
    };
    life::apply(tx, caller.zone(), &mut booking, &change, &event)
}
