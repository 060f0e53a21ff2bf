//! `GET /attachDocuments/{requestId}` (ATT-1): a patient's document with its content.

use crate::auth::Consented;
use crate::content::Content;
use crate::pms::requests::attach_documents::DocumentToAttach;
use crate::{Error, Result};
use slotbridge_domain::ids::RequestId;
use slotbridge_store::Tx;

/// The document and its content, to be read.
///
/// # Errors
/// No such request, or the feature is off; it was resolved or has expired.
pub fn get(
    tx: &mut Tx<'_>,
    caller: &Consented,
    id: RequestId,
    days: i64,
) -> Result<(DocumentToAttach, Content)> {
    let asked = super::asked(tx, caller, id, days)?;
    let gone = || Error::Gone("the content of this document is not kept any more".into());
    let name = asked.view.attachment.object_name.clone().ok_or_else(gone)?;
    let document = DocumentToAttach::of(tx, &asked)?;
    let content = Content::of(name, asked.key, document.details.size);
    Ok((document, content))
}
