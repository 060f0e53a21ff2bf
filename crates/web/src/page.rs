//! A page on its way: rendered from its template, and packed for those who take it packed.

use crate::failure::Failure;
use askama::Template;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::BodyExt;
use std::io::Write;

const HTML: &str = "text/html; charset=utf-8";

/// A page that nobody keeps: it shows something of a person.
pub(crate) fn personal(page: &impl Template) -> Result<Response, Failure> {
    with_status(StatusCode::OK, page)
}

/// A page that a browser may show again if it is still so.
pub(crate) fn public(page: &impl Template) -> Result<Response, Failure> {
    let mut response = with_status(StatusCode::OK, page)?;
    // It holds the browser's own form token.
    let keep = HeaderValue::from_static("private, no-cache");
    response.headers_mut().insert(header::CACHE_CONTROL, keep);
    Ok(response)
}

/// A page that says that something is not as wanted.
pub(crate) fn with_status(status: StatusCode, page: &impl Template) -> Result<Response, Failure> {
    let html = page.render().map_err(|error| {
        tracing::error!(%error, "a page could not be rendered");
        Failure::new(StatusCode::INTERNAL_SERVER_ERROR)
    })?;
    Ok((status, [(header::CONTENT_TYPE, HTML)], html).into_response())
}

/// The same response with another page in it.
pub(crate) fn instead(mut response: Response, page: &impl Template) -> Response {
    if let Ok(html) = page.render() {
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = Body::from(html);
    }
    response
}

/// To another page, fetched anew.
pub(crate) fn see_other(path: &str) -> Response {
    let Ok(path) = HeaderValue::try_from(path) else {
        return Failure::no_page().into_response();
    };
    (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response()
}

/// The id that a part of a path is; whatever is none is as if there were no page.
pub(crate) fn id_in_path<T>(text: &str, new: fn(i64) -> Option<T>) -> Result<T, Failure> {
    let id = text.parse().ok().and_then(new);
    id.ok_or_else(Failure::no_page)
}

/// Packs pages. What is secret in them is new for each browser, and no other site can make a
/// browser fetch them with its cookies: their length tells nothing.
pub(crate) async fn pack(request: Request, next: Next) -> Response {
    let packs = takes_gzip(request.headers());
    let response = next.run(request).await;
    let of_type = response.headers().get(header::CONTENT_TYPE);
    if !packs || of_type.is_none_or(|of_type| of_type != HTML) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = body.collect().await else {
        return Failure::new(StatusCode::INTERNAL_SERVER_ERROR).into_response();
    };
    let packed = gzip(&body.to_bytes(), Compression::fast());
    let headers = &mut parts.headers;
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    Response::from_parts(parts, Body::from(packed))
}

pub(crate) fn gzip(plain: &[u8], level: Compression) -> Bytes {
    let mut packer = GzEncoder::new(Vec::with_capacity(plain.len() / 3), level);
    // Into memory: it cannot fail.
    let _ = packer.write_all(plain);
    Bytes::from(packer.finish().unwrap_or_default())
}

pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|encoding| encoding.trim() == "gzip")
}
