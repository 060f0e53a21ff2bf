//! `/docs`: the documents of all faces, and pages on which they can be read and called. Whatever a
//! page needs comes from here; it asks no other host for anything.

mod assets;
mod pages;

use crate::ApiState;
use crate::failure::Failure;
use crate::openapi::Face;
use crate::problem::Result;
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use bytes::Bytes;
use std::sync::LazyLock;

/// Only scripts and styles of ours, calls to this server alone, no frames. Images in the styles of
/// Swagger UI are `data:`.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// The documents as JSON, made once.
static DOCUMENTS: LazyLock<Vec<(&'static str, Bytes)>> = LazyLock::new(|| {
    let json = |document: crate::Document| {
        let json = serde_json::to_vec(&document.openapi).unwrap_or_default();
        (document.name, Bytes::from(json))
    };
    crate::documents().into_iter().map(json).collect()
});

/// The pages and documents; the sandbox's only in a sandbox.
#[expect(
    clippy::disallowed_methods,
    reason = "pages and documents are no operations"
)]
pub(crate) fn routes(sandbox: bool) -> Router<ApiState> {
    let faces: Vec<&'static Face> = Face::ALL
        .iter()
        .filter(|face| sandbox || face.name != Face::SANDBOX.name)
        .collect();
    let index = pages::index(&faces);
    let all = faces.clone();
    Router::new()
        .route("/docs", get(async move || html(index)))
        .route("/docs/", get(async || Redirect::permanent("/docs")))
        .route(
            "/docs/{name}",
            get(async move |Path(name): Path<String>| answer(&name, &all)),
        )
        .route(assets::PATH, get(assets::handler))
}

/// A face's page, or with `.json` its document.
fn answer(name: &str, faces: &[&Face]) -> Result<Response> {
    let (wanted, json) = match name.strip_suffix(".json") {
        Some(wanted) => (wanted, true),
        None => (name, false),
    };
    let face = faces.iter().find(|face| face.name == wanted);
    let face = face.ok_or_else(|| Failure::not_found("path"))?;
    if !json {
        return Ok(html(pages::face(face, faces)));
    }
    let document = DOCUMENTS.iter().find(|(name, _)| *name == face.name);
    let json = document.map(|(_, json)| json.clone()).unwrap_or_default();
    Ok((headers("application/json"), json).into_response())
}

fn html(page: String) -> Response {
    let policy = (header::CONTENT_SECURITY_POLICY, POLICY);
    (headers("text/html; charset=utf-8"), [policy], page).into_response()
}

/// What every page, and what belongs to it, says of itself.
pub(crate) fn headers(media_type: &'static str) -> HeaderMap {
    let all: [(HeaderName, &'static str); 5] = [
        (header::CONTENT_TYPE, media_type),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    let value = |(name, value)| (name, HeaderValue::from_static(value));
    all.into_iter().map(value).collect()
}
