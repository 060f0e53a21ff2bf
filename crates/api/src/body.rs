//! Reading bodies: bounded, unpacked if gzip, and all of them together within a bounded memory
//! (WIRE-3, WIRE-5).
//!
//! A small body takes what it takes. A larger one needs room ([`room`]) before more of it is
//! taken from the connection, and must then come within a time, so that room is never held for
//! long while its sender is waited for. What is packed is kept packed until it is whole: how much
//! comes out of it then depends on nobody.

pub(crate) mod answer;
mod room;
mod rooms;
mod unpack;

pub(crate) use room::{Reserved, Room};
pub(crate) use rooms::{Rooms, attachment_limit};

use crate::ApiState;
use aws_lc_rs::digest;
use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use http_body::Frame;
use http_body_util::BodyExt;
use room::SMALL;
use std::pin::pin;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use unpack::unpack;

/// In how many seconds a body that is not small has to come, from when there is room for it.
const SECONDS: u64 = 50;
/// The same while others wait for room.
const WANTED_SECONDS: u64 = 20;
/// How often one that does not come is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// The largest body of those faces that anybody can call.
const PUBLIC: usize = 128 * 1024;

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
    #[error("the body did not come within {SECONDS} seconds: send it as gzip, or less at once")]
    Slow,
    #[error("too many large bodies are being read: try again shortly, or send less at once")]
    Busy,
}

impl BodyFault {
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Encoding(_) | Self::Type(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Gzip | Self::Cut => StatusCode::BAD_REQUEST,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
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
pub(crate) fn check_type(headers: &HeaderMap, body: &Received) -> Result<(), BodyFault> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let text = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
    if text.is_empty() || text.contains("json") || body.bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    Err(BodyFault::Type(shown(value)))
}

/// Marks the faces that anybody can call: nobody needs a large body there.
#[derive(Clone, Copy)]
pub(crate) struct Public;

/// A whole body, unpacked. It is gone once it has been read into its type, and its room with it.
pub(crate) struct Received {
    bytes: Vec<u8>,
    reserved: Option<Reserved>,
}

impl Received {
    /// Reads the body into what it is. A large one is read beside the threads that serve, one at
    /// a time, so that its values are the only ones in memory.
    pub(crate) async fn read<T: Send + 'static>(
        self,
        read: impl FnOnce(&[u8]) -> T + Send + 'static,
    ) -> T {
        if self.reserved.is_none() {
            return read(&self.bytes);
        }
        let done = tokio::task::spawn_blocking(move || {
            let value = read(&self.bytes);
            drop(self);
            value
        });
        match done.await {
            Ok(value) => value,
            Err(ended) => std::panic::resume_unwind(ended.into_panic()),
        }
    }

    /// Gives the whole body to a reader that takes it apart, and keeps its room for what comes out
    /// of it.
    pub(crate) async fn take_apart<T: Send + 'static>(
        self,
        read: impl FnOnce(Vec<u8>) -> T + Send + 'static,
    ) -> (T, Option<Reserved>) {
        let Self { bytes, reserved } = self;
        let Some(mut reserved) = reserved else {
            return (read(bytes), None);
        };
        let done = tokio::task::spawn_blocking(move || {
            let value = read(bytes);
            reserved.is_read();
            (value, reserved)
        });
        match done.await {
            Ok((value, reserved)) => (value, Some(reserved)),
            Err(ended) => std::panic::resume_unwind(ended.into_panic()),
        }
    }
}

/// A whole body as it was sent, packed or not.
pub(crate) struct Sent {
    bytes: Vec<u8>,
    gzip: bool,
    limit: usize,
    reserved: Option<Reserved>,
}

/// Reads a body up to the limit, as sent and unpacked.
pub(crate) async fn read(
    state: &ApiState,
    parts: &Parts,
    body: Body,
) -> Result<Received, BodyFault> {
    let sent = take(state, parts, body).await?;
    sent.unpack(&state.rooms.bodies, &parts.headers).await
}

/// The same, with a room and a limit of its own.
pub(crate) async fn read_within(
    room: &Room,
    limit: usize,
    parts: &Parts,
    body: Body,
) -> Result<Received, BodyFault> {
    let sent = take_within(room, limit, parts, body).await?;
    sent.unpack(room, &parts.headers).await
}

/// Takes a body up to the limit, as it is sent.
pub(crate) async fn take(state: &ApiState, parts: &Parts, body: Body) -> Result<Sent, BodyFault> {
    let is_public = parts.extensions.get::<Public>().is_some();
    let limit = state.limits.body_bytes;
    let limit = if is_public { limit.min(PUBLIC) } else { limit };
    take_within(&state.rooms.bodies, limit, parts, body).await
}

async fn take_within(
    room: &Room,
    limit: usize,
    parts: &Parts,
    body: Body,
) -> Result<Sent, BodyFault> {
    let gzip = is_gzip(&parts.headers)?;
    let (bytes, reserved) = gather(room, &parts.headers, body, limit, gzip).await?;
    Ok(Sent {
        bytes,
        gzip,
        limit,
        reserved,
    })
}

impl Sent {
    /// The digest of all that the body is read from: the same for no two that are read in another
    /// way.
    pub(crate) fn digest(&self, headers: &HeaderMap) -> [u8; 32] {
        let media_type = headers.get(header::CONTENT_TYPE);
        let media_type = media_type.map_or(&[][..], header::HeaderValue::as_bytes);
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(&[u8::from(self.gzip)]);
        context.update(&media_type.len().to_be_bytes());
        context.update(media_type);
        context.update(&self.bytes);
        let mut digest = [0; 32];
        digest.copy_from_slice(context.finish().as_ref());
        digest
    }

    /// Unpacks it.
    pub(crate) async fn unpack(
        self,
        room: &Room,
        headers: &HeaderMap,
    ) -> Result<Received, BodyFault> {
        let Self {
            mut bytes,
            gzip,
            limit,
            mut reserved,
        } = self;
        if gzip {
            let unpacked = match unpack(&bytes, limit.min(SMALL)) {
                Err(BodyFault::TooLarge(_)) if limit > SMALL => {
                    if reserved.is_none() {
                        let room = room.reserve(headers, limit).await;
                        reserved = Some(room.ok_or(BodyFault::Busy)?);
                    }
                    unpack(&bytes, limit)
                }
                unpacked => unpacked,
            };
            bytes = unpacked?;
        }
        if let Some(reserved) = &mut reserved {
            room.complete(reserved, bytes.len()).await;
        }
        Ok(Received { bytes, reserved })
    }
}

/// Takes a body as it is sent.
async fn gather(
    room: &Room,
    headers: &HeaderMap,
    mut body: Body,
    limit: usize,
    gzip: bool,
) -> Result<(Vec<u8>, Option<Reserved>), BodyFault> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(BodyFault::TooLarge(limit));
    }
    let mut bytes = Vec::new();
    let mut pace = None;
    let mut reserved: Option<Reserved> = None;
    while let Some(frame) =
        next(&mut body, pace.as_ref().zip(reserved.as_ref()), bytes.len()).await?
    {
        let Ok(data) = frame.into_data() else {
            continue;
        };
        let sent = bytes.len() + data.len();
        if sent > limit {
            return Err(BodyFault::TooLarge(limit));
        }
        if sent.max(announced.unwrap_or(0)) > SMALL && reserved.is_none() {
            let whole = announced.map_or(limit, |length| length.max(sent));
            let unpacked = if gzip { limit } else { 0 };
            let got = room.reserve(headers, whole + unpacked).await;
            reserved = Some(got.ok_or(BodyFault::Busy)?);
            pace = Some(Instant::now());
            bytes.reserve_exact(whole - bytes.len());
        }
        bytes.extend_from_slice(&data);
    }
    Ok((bytes, reserved))
}

/// The next part of a body; one that has room since a while must come fast enough.
async fn next(
    body: &mut Body,
    has_room: Option<(&Instant, &Reserved)>,
    got: usize,
) -> Result<Option<Frame<Bytes>>, BodyFault> {
    let mut frame = pin!(body.frame());
    let Some((since, room)) = has_room else {
        return frame.await.transpose().map_err(|_| BodyFault::Cut);
    };
    let frame = loop {
        let came = timeout(LOOK, frame.as_mut()).await;
        let seconds = since.elapsed().as_secs();
        let is_late = seconds >= WANTED_SECONDS && room.is_wanted();
        if seconds >= SECONDS || is_late || room.makes_way(seconds, got) {
            return Err(BodyFault::Slow);
        }
        if let Ok(frame) = came {
            break frame;
        }
    };
    frame.transpose().map_err(|_| BodyFault::Cut)
}

#[cfg(test)]
mod tests;
