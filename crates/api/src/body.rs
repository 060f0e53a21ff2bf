//! Reading bodies: bounded, unpacked if gzip, never more than the limit in memory (WIRE-3).

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use http_body_util::BodyExt;
use std::io::{self, Write};

/// What is wrong with a body before anything in it is read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyFault {
    #[error("the body is larger than {0} bytes, as sent or unpacked: send less at once")]
    TooLarge(usize),
    #[error("Content-Encoding {0} is not known: send the body as it is, or as gzip")]
    Encoding(String),
    #[error("Content-Type {0} is not read here: send application/json")]
    Type(String),
    #[error("the body is not the gzip that Content-Encoding says it is")]
    Gzip,
    #[error("the body ended before its announced length")]
    Cut,
}

impl BodyFault {
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Encoding(_) | Self::Type(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Gzip | Self::Cut => StatusCode::BAD_REQUEST,
        }
    }
}

/// A header's text, shortened for an error.
fn shown(value: &header::HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes())
        .chars()
        .take(40)
        .collect()
}

/// Whether the body is packed. More than one encoding, in one header or several, is none that is
/// known.
fn is_gzip(headers: &HeaderMap) -> Result<bool, BodyFault> {
    let mut gzip = false;
    for value in headers.get_all(header::CONTENT_ENCODING) {
        let name = value.to_str().ok().map(|name| name.trim().to_lowercase());
        match name.as_deref() {
            Some("" | "identity") => {}
            Some("gzip" | "x-gzip") if !gzip => gzip = true,
            _ => return Err(BodyFault::Encoding(shown(value))),
        }
    }
    Ok(gzip)
}

/// Checks that a body, if it says what it is, is JSON.
pub(crate) fn check_type(headers: &HeaderMap, body: &[u8]) -> Result<(), BodyFault> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let text = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
    if text.is_empty() || text.contains("json") || body.trim_ascii().is_empty() {
        return Ok(());
    }
    Err(BodyFault::Type(shown(value)))
}

/// Where a body is gathered, up to its limit.
struct Gathered {
    bytes: Vec<u8>,
    limit: usize,
    over: bool,
}

impl Write for Gathered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.limit {
            self.over = true;
            return Err(io::Error::other("over the limit"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads a body of at most `limit` bytes, as sent and unpacked.
pub(crate) async fn read(
    headers: &HeaderMap,
    mut body: Body,
    limit: usize,
) -> Result<Bytes, BodyFault> {
    let gzip = is_gzip(headers)?;
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(BodyFault::TooLarge(limit));
    }
    let gathered = Gathered {
        bytes: Vec::new(),
        limit,
        over: false,
    };
    let mut unpacker = gzip.then(|| {
        MultiGzDecoder::new(Gathered {
            bytes: Vec::new(),
            limit,
            over: false,
        })
    });
    let mut plain = gathered;
    let mut sent = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| BodyFault::Cut)?.into_data() else {
            continue;
        };
        sent += data.len();
        if sent > limit {
            return Err(BodyFault::TooLarge(limit));
        }
        match &mut unpacker {
            Some(unpacker) => unpack(unpacker, &data, limit)?,
            None => plain.bytes.extend_from_slice(&data),
        }
    }
    let Some(mut unpacker) = unpacker else {
        return Ok(plain.bytes.into());
    };
    if sent == 0 {
        return Ok(Bytes::new());
    }
    let finished = unpacker.try_finish();
    if unpacker.get_ref().over {
        return Err(BodyFault::TooLarge(limit));
    }
    finished.map_err(|_| BodyFault::Gzip)?;
    unpacker
        .finish()
        .map(|gathered| gathered.bytes.into())
        .map_err(|_| BodyFault::Gzip)
}

fn unpack(
    unpacker: &mut MultiGzDecoder<Gathered>,
    data: &[u8],
    limit: usize,
) -> Result<(), BodyFault> {
    let written = unpacker.write_all(data);
    if unpacker.get_ref().over {
        return Err(BodyFault::TooLarge(limit));
    }
    written.map_err(|_| BodyFault::Gzip)
}
