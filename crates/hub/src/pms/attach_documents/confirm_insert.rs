//! `POST /attachDocuments/{requestId}/confirmInsert` (ATT-2): the document is in the PMS.

use crate::attachments;
use crate::auth::Consented;
use crate::{Context, Result};
use slotbridge_domain::document::AttachmentState;
use slotbridge_domain::ids::RequestId;
use slotbridge_store::Tx;

/// Takes note that it is attached. `days` is how long such a request lasts.
///
/// # Errors
/// No such request, or the feature is off; it was resolved or has expired.
pub fn confirm_insert(
    tx: &mut Tx<'_>,
    caller: &Consented,
    context: &Context,
    id: RequestId,
    days: i64,
    pms_document_id: Option<&str>,
) -> Result<()> {
    let asked = super::asked(tx, caller, id, days)?;
    let pms_document_id = pms_document_id.map(str::to_owned);
    let state = AttachmentState::Attached;
    attachments::close(tx, context, &asked, state, pms_document_id, None)
}
