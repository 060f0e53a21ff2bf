//! Links that go to whom they are for by mail; where mail does not go out, whoever asked for one
//! hands it over.

use super::accounts::{self, Added};
use super::links::{self, Draft, NewLink};
use super::{Person, account, person_of};
use crate::admin::practices;
use crate::auth::Manages;
use crate::notify::{self, About};
use crate::outgoing::{Channel, Message};
use crate::{Context, Hub, Result};
use slotbridge_domain::ids::{PracticeId, StaffId};
use slotbridge_domain::staff::{LinkKind, Role};
use slotbridge_store::Tx;

/// Where the pages are, if links to them can be mailed.
#[derive(Clone, Debug)]
pub struct Mailing(Option<String>);

impl Hub {
    /// How links to set up accounts are given.
    #[must_use]
    pub fn staff_mailing(&self) -> Mailing {
        let mails = self.outgoing().messages.sends(Channel::Mail);
        Mailing(self.settings().public_url.clone().filter(|_| mails))
    }
}

/// Mails a link to its owner; gives it back if that is not possible.
fn mail(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    (practice_id, id): (PracticeId, StaffId),
    link: NewLink,
    Mailing(public_url): &Mailing,
) -> Result<Option<NewLink>> {
    let Some(public_url) = public_url else {
        return Ok(Some(link));
    };
    let practice = practices::get(tx, who, practice_id)?.name;
    let account = account(tx, id)?;
    let person = person_of(tx, &account)?;
    let what = match link.kind {
        LinkKind::SetUp => "set up your account: choose a password, and have your phone at hand",
        LinkKind::Password => "choose a new password",
    };
    let base = public_url.trim_end_matches('/');
    let token = &link.token;
    let message = Message {
        channel: Channel::Mail,
        to: person.email,
        subject: format!("Your account at {practice}"),
        text: format!(
            "{name}, with this link you {what}.\n\n{base}/portal/open?token={token}\n\nIt can be \
             used once, within three days; links that you got before open nothing any more. Give \
             it to nobody: whoever has it can become you. If you don't know {practice}, leave it \
             alone.\n",
            name = person.name,
        ),
    };
    let about = About {
        kind: "staffLink",
        subject: format!("{id} {}", link.expires_at.as_microsecond()),
        booking_id: None,
        links: Vec::new(),
    };
    notify::queue_until(tx, &about, &message, link.expires_at)?;
    Ok(None)
}

/// Takes somebody on with a new account, whose link they get by mail; it is given if it cannot be
/// mailed.
///
/// # Errors
/// As taking them on has them.
pub fn take_on(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    practice_id: PracticeId,
    (person, role): (&Person, Role),
    draft: &Draft,
    mailing: &Mailing,
) -> Result<Option<NewLink>> {
    let Added { staff_id, link } =
        accounts::add(tx, who, context, practice_id, person, role, draft)?;
    match link {
        Some(link) => mail(tx, who, (practice_id, staff_id), link, mailing),
        None => Ok(None),
    }
}

/// Sends somebody on the staff a new link.
///
/// # Errors
/// As making a link has them.
pub fn send(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    (practice_id, id): (PracticeId, StaffId),
    draft: &Draft,
    mailing: &Mailing,
) -> Result<Option<NewLink>> {
    let link = links::make(tx, who, context, practice_id, id, draft)?;
    mail(tx, who, (practice_id, id), link, mailing)
}
