//! What the pages load: a style sheet, an icon and small scripts, in the binary. Their URLs name
//! their content, so that browsers may keep them for good.

use crate::failure::Failure;
use crate::page::{gzip, takes_gzip};
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use slotbridge_hub::auth::hash;
use std::fmt::Write;
use std::sync::LazyLock;

pub(crate) const PATH: &str = "/assets/{name}";

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// The files: name, ending, type, content.
const FILES: [(&str, &str, &str, &[u8]); 4] = [
    ("site", "css", CSS, include_bytes!("../assets/site.css")),
    (
        "console",
        "css",
        CSS,
        include_bytes!("../assets/console.css"),
    ),
    ("site", "js", JS, include_bytes!("../assets/site.js")),
    ("icon", "svg", SVG, include_bytes!("../assets/icon.svg")),
];

struct Asset {
    file: String,
    url: String,
    media_type: &'static str,
    plain: Bytes,
    packed: Bytes,
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| FILES.into_iter().map(prepare).collect());

fn prepare(
    (name, ending, media_type, content): (&str, &str, &'static str, &'static [u8]),
) -> Asset {
    let mut named = String::new();
    for byte in hash(content).iter().take(8) {
        let _ = write!(named, "{byte:02x}");
    }
    let url = format!("/assets/{name}-{named}.{ending}");
    Asset {
        file: format!("{name}.{ending}"),
        url,
        media_type,
        plain: Bytes::from_static(content),
        packed: gzip(content, flate2::Compression::best()),
    }
}

/// Where a file is loaded from.
pub(crate) fn url(file: &str) -> &'static str {
    let asset = ASSETS.iter().find(|asset| asset.file == file);
    asset.map_or("", |asset| asset.url.as_str())
}

pub(crate) async fn handler(
    Path(name): Path<String>,
    asked: HeaderMap,
) -> Result<Response, Failure> {
    let url = format!("/assets/{name}");
    let asset = ASSETS.iter().find(|asset| asset.url == url);
    let asset = asset.ok_or_else(Failure::no_page)?;
    let headers = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "accept-encoding"),
    ];
    if !takes_gzip(&asked) {
        return Ok((headers, asset.plain.clone()).into_response());
    }
    let mut response = (headers, asset.packed.clone()).into_response();
    let gzip = HeaderValue::from_static("gzip");
    response
        .headers_mut()
        .insert(header::CONTENT_ENCODING, gzip);
    Ok(response)
}
