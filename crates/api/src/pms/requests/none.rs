//! The lists of requests that no part of the hub raises: an empty page.

use crate::params::{PageParams, Params};
use crate::pms::{Caller, Result};
use axum::Json;
use serde::Serialize;
use slotbridge_wire::page::Paginated;
use utoipa::ToSchema;

/// A page of a list that has no items.
#[derive(Serialize, ToSchema)]
pub(super) struct EmptyPage {
    /// Always empty.
    #[schema(value_type = Vec<Object>, max_items = 0)]
    data: [(); 0],
    /// Where in the list this page is.
    page: Paginated,
}

fn empty(params: &Params) -> Result<Json<EmptyPage>> {
    let page = params.page()?.paginated(0);
    Ok(Json(EmptyPage { data: [], page }))
}

macro_rules! empty_lists {
    ($($(#[$doc:meta])* $name:ident = $path:literal, $id:literal;)+) => {$(
        $(#[$doc])*
        #[utoipa::path(
            get,
            path = $path,
            operation_id = $id,
            tag = "requests",
            params(PageParams),
            responses((status = 200, description = "An empty page.", body = EmptyPage)),
        )]
        pub(super) async fn $name(_: Caller, params: Params) -> Result<Json<EmptyPage>> {
            empty(&params)
        }
    )+};
}

empty_lists! {
    /// The bookings whose documents are wanted
    ///
    /// Nothing raises such requests yet: always empty.
    available_documents = "/requests/availableDocuments", "availableDocumentsRequests";
    /// The documents that are wanted
    ///
    /// Nothing raises such requests yet: always empty.
    upload_documents = "/requests/uploadDocuments", "uploadDocumentsRequests";
    /// The documents to attach to patients
    ///
    /// Nothing raises such requests yet: always empty.
    attach_documents = "/requests/attachDocuments", "attachDocumentRequests";
}
