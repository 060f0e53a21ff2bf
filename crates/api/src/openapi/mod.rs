//! The OpenAPI documents of the faces. An operation is described where it is written, by
//! `#[utoipa::path]` above its handler and `ToSchema` on what it reads and writes; its route and
//! its description come from the same `routes!`. What holds for all operations of a face (who may
//! call, path ids, common failures) is added here, by [`complete`](mod@complete).

mod complete;
mod face;
mod failures;
pub(crate) mod values;

pub(crate) use face::Face;

use utoipa::openapi::OpenApi;

/// A face's document.
#[derive(Clone)]
pub struct Document {
    /// The face: `pms-api`, `booking-api`, `admin-api`, `sandbox-api` or `service`.
    pub name: &'static str,
    /// Where its paths begin, e.g. `/pms-api/v1`.
    pub base: &'static str,
    /// Its description.
    pub openapi: OpenApi,
}

/// The documents of all faces, the sandbox's included.
#[must_use]
pub fn documents() -> Vec<Document> {
    Face::ALL.iter().map(Face::document).collect()
}
