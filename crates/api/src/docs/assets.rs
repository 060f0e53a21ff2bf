//! What the pages load: Swagger UI (vendored, packed) and a little of ours.

use super::headers;
use crate::failure::Failure;
use crate::problem::Result;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::read::GzDecoder;
use std::io::Read;

/// The version of the vendored Swagger UI. It is part of the URLs, so that browsers may keep them.
pub(super) const SWAGGER_UI: &str = "5.35.0";
pub(super) const PATH: &str = "/docs/assets/{version}/{file}";

const JS: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

/// A file: its name, its type, its bytes, and whether they are packed.
const FILES: [(&str, &str, &[u8], bool); 4] = [
    (
        "swagger-ui-bundle.js",
        JS,
        include_bytes!("swagger-ui/swagger-ui-bundle.js.gz"),
        true,
    ),
    (
        "swagger-ui.css",
        CSS,
        include_bytes!("swagger-ui/swagger-ui.css.gz"),
        true,
    ),
    ("page.js", JS, include_bytes!("page.js"), false),
    ("page.css", CSS, include_bytes!("page.css"), false),
];

/// Where a file is loaded from: ours by our version, the vendored ones by theirs.
pub(super) fn url(file: &str) -> String {
    let vendored = file.starts_with("swagger-ui");
    let version = if vendored {
        SWAGGER_UI
    } else {
        env!("CARGO_PKG_VERSION")
    };
    format!("/docs/assets/{version}/{file}")
}

pub(super) async fn handler(
    Path((version, name)): Path<(String, String)>,
    asked: HeaderMap,
) -> Result<Response> {
    let file = FILES.iter().find(|(known, ..)| *known == name);
    let (name, media_type, bytes, packed) = *file.ok_or_else(|| Failure::not_found("path"))?;
    if url(name) != format!("/docs/assets/{version}/{name}") {
        return Err(Failure::not_found("path").into());
    }
    let mut headers = headers(media_type);
    let keep = if packed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    if !packed {
        return Ok((headers, bytes).into_response());
    }
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let takes_gzip = asked
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|encoding| encoding.trim() == "gzip");
    if takes_gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        return Ok((headers, bytes).into_response());
    }
    let mut plain = Vec::new();
    // Our own bytes: they unpack, as a test holds.
    let _ = GzDecoder::new(bytes).read_to_end(&mut plain);
    Ok((headers, Bytes::from(plain)).into_response())
}
