//! `GET /attachDocuments/{requestId}` (ATT-1): a patient's document with its content.

use crate::auth::Consented;
use crate::pms::requests::attach_documents::DocumentToAttach;
use crate::{Error, Hub, Result};
use slotbridge_domain::ids::RequestId;

/// The document and its content.
///
/// # Errors
/// No such request, or the feature is off; it was resolved or has expired.
pub async fn get(
    hub: &Hub,
    caller: &Consented,
    id: RequestId,
) -> Result<(DocumentToAttach, Vec<u8>)> {
    let (practice, days) = (caller.practice_id(), hub.settings().attach_days);
    let caller = caller.clone();
    let (document, object, key) = hub
        .read(practice, move |tx| {
            let asked = super::asked(tx, &caller, id, days)?;
            let object = asked.view.attachment.object_name.clone();
            let document = DocumentToAttach::of(tx, &asked)?;
            Ok((document, object, asked.key))
        })
        .await?;
    let gone = || Error::Gone("the content of this document is not kept any more".into());
    let content = hub.content(&object.ok_or_else(gone)?, &key).await?;
    Ok((document, content))
}
