//! The messages to people, as operators read them: above all those that this hub keeps, since it
//! has no way to send them.

use crate::admin::practice;
use crate::auth::Manages;
use crate::outgoing::Message;
use crate::{Result, notify};
use slotbridge_domain::ids::PracticeId;
use slotbridge_domain::staff::Right;
use slotbridge_store::messages::{self, Stored};
use slotbridge_store::{Listed, Tx, Window};

/// A message as operators see it.
#[derive(Clone, Debug)]
pub struct MessageView {
    /// Where it stands.
    pub stored: Stored,
    /// To whom, and what it says; `None` once its patient is erased.
    pub message: Option<Message>,
}

/// A practice's messages, newest first.
///
/// # Errors
/// No such practice.
pub fn list(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    id: PracticeId,
    window: Window,
) -> Result<Listed<MessageView>> {
    practice(tx, who, Right::Settings, id)?;
    let page = messages::list(tx, window)?;
    let entries = page
        .entries
        .into_iter()
        .map(|stored| {
            let message = notify::open(tx, &stored)?;
            Ok(MessageView { stored, message })
        })
        .collect::<Result<_>>()?;
    Ok(Listed {
        entries,
        total: page.total,
    })
}
