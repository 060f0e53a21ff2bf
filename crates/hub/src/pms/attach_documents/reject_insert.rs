//! `POST /attachDocuments/{requestId}/rejectInsert` (ATT-2): the PMS does not take the document.

use crate::attachments;
use crate::auth::Consented;
use crate::{Context, Result};
use slotbridge_domain::document::AttachmentState;
use slotbridge_domain::ids::RequestId;
use slotbridge_store::Tx;

/// Takes note that it is not attached. `days` is how long such a request lasts.
///
/// # Errors
/// No such request, or the feature is off; it was resolved or has expired.
pub fn reject_insert(
    tx: &mut Tx<'_>,
    caller: &Consented,
    context: &Context,
    id: RequestId,
    days: i64,
    reason: Option<&str>,
) -> Result<()> {
    let asked = super::asked(tx, caller, id, days)?;
    attachments::close(tx, context, &asked, AttachmentState::Rejected, None, reason)
}
