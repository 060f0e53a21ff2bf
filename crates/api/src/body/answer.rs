//! Large answers: what they are made of, and what of them is not sent yet, within a bounded memory.
//!
//! A large answer asks for room before its content is read. It holds as much as it is long until it
//! has been taken, part by part, and while others wait it must be taken at a pace. Whoever does not
//! take it loses it: the connection ends in its midst.

use super::LOOK;
use super::room::{Reserved, Room, SMALL};
use crate::failure::{Failure, RETRY_SECONDS};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use http_body::{Frame, SizeHint};
use parking_lot::Mutex;
use serde::Serialize;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::task::AbortHandle;
use tokio::time::{Instant, interval};

/// In how many seconds an answer has to be taken, even if nobody waits.
const SECONDS: u64 = 600;
/// How much of it the connection has at a time.
const PART: usize = 64 * 1024;
/// How many times its size content takes for a moment: sealed and opened, or opened and in base64.
pub(super) const TIMES: usize = 3;

/// Room for an answer, if it needs any.
pub(crate) struct Prepared(Option<Reserved>);

/// Takes room to make an answer with content of so many bytes.
pub(crate) async fn prepare(
    room: &Room,
    headers: &HeaderMap,
    bytes: usize,
) -> Result<Prepared, Failure> {
    if bytes <= SMALL {
        return Ok(Prepared(None));
    }
    let reserved = room.reserve(headers, bytes.saturating_mul(TIMES)).await;
    let reserved = reserved.ok_or_else(|| Failure {
        retry_after: Some(RETRY_SECONDS),
        ..Failure::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "too many documents are being fetched: try again shortly",
        )
    })?;
    Ok(Prepared(Some(reserved)))
}

impl Prepared {
    /// An answer of JSON of about so many bytes.
    pub(crate) fn send_json<T: Serialize>(
        self,
        value: T,
        bytes: usize,
    ) -> Result<Response, Failure> {
        // At once as long as it will be: while it grows, it is there twice.
        let mut json = Vec::with_capacity(bytes + PART);
        serde_json::to_writer(&mut json, &value).map_err(|error| {
            tracing::error!(%error, "an answer cannot be written");
            Failure::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the service made a mistake",
            )
        })?;
        drop(value);
        let mut response = Response::new(self.send(json));
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        Ok(response)
    }

    /// The answer's body.
    pub(crate) fn send(self, bytes: Vec<u8>) -> Body {
        let Some(mut reserved) = self.0 else {
            return Body::from(bytes);
        };
        reserved.shrink(bytes.len());
        let rest = Rest {
            bytes: bytes.into(),
            reserved,
        };
        let rest = Arc::new(Mutex::new(Some(rest)));
        let watch = tokio::spawn(watch(Arc::clone(&rest)));
        Body::new(Sending {
            rest,
            is_whole: false,
            watch: watch.abort_handle(),
        })
    }
}

/// What is not sent yet.
struct Rest {
    bytes: Bytes,
    reserved: Reserved,
}

/// A body that is being sent.
struct Sending {
    /// `None` when all of it is sent, or when it was not taken.
    rest: Arc<Mutex<Option<Rest>>>,
    is_whole: bool,
    watch: AbortHandle,
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

impl http_body::Body for Sending {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let mut rest = self.rest.lock();
        let Some(left) = rest.as_mut() else {
            drop(rest);
            let late = || io::Error::new(io::ErrorKind::TimedOut, "the answer was not taken");
            return Poll::Ready((!self.is_whole).then(|| Err(late())));
        };
        let part = left.bytes.split_to(left.bytes.len().min(PART));
        // A copy: what the connection has must not keep the whole.
        let part = Bytes::copy_from_slice(&part);
        let is_whole = left.bytes.is_empty();
        if is_whole {
            *rest = None;
        }
        drop(rest);
        self.is_whole = is_whole;
        Poll::Ready(Some(Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.is_whole
    }

    fn size_hint(&self) -> SizeHint {
        let left = self.rest.lock().as_ref().map_or(0, |rest| rest.bytes.len());
        SizeHint::with_exact(left as u64)
    }
}

/// Takes the rest away from whoever does not take it.
async fn watch(rest: Arc<Mutex<Option<Rest>>>) {
    let since = Instant::now();
    let all = rest.lock().as_ref().map_or(0, |rest| rest.bytes.len());
    let mut look = interval(LOOK);
    loop {
        look.tick().await;
        let mut rest = rest.lock();
        let Some(left) = rest.as_ref() else { return };
        let (taken, seconds) = (all - left.bytes.len(), since.elapsed().as_secs());
        if seconds >= SECONDS || left.reserved.makes_way(seconds, taken) {
            *rest = None;
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use std::time::Duration;
    use tokio::time::timeout;

    const MIB: usize = 1024 * 1024;

    fn of(practice: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("practice-id", practice.parse().unwrap());
        headers
    }

    async fn answer(room: &Room, practice: &str, bytes: usize) -> Result<Body, Failure> {
        let prepared = prepare(room, &of(practice), bytes).await?;
        Ok(prepared.send(vec![7; bytes]))
    }

    /// Nothing at hand waits for time but the clock of the test.
    async fn pause(duration: Duration) {
        let _ = timeout(duration, std::future::pending::<()>()).await;
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_comes_whole_and_says_its_length() {
        let room = Room::new(10 * MIB);
        for bytes in [0, 1, SMALL, SMALL + 1, 3 * MIB] {
            let body = answer(&room, "1", bytes).await.unwrap();
            let said = http_body::Body::size_hint(&body).exact();
            assert_eq!(said, Some(bytes as u64));
            let came = body.collect().await.unwrap().to_bytes();
            assert_eq!(came.len(), bytes);
            assert!(came.iter().all(|byte| *byte == 7));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_an_answer_took_to_be_made_is_free_again_and_what_it_is_long_is_not() {
        let room = Room::new(9 * MIB);
        let begun = Instant::now();
        let held = answer(&room, "1", 3 * MIB).await.unwrap();
        let beside = answer(&room, "2", 2 * MIB).await.unwrap();
        assert!(begun.elapsed() < LOOK);
        // There is room for 11 MiB, and 9 are wanted.
        let next = timeout(LOOK, answer(&room, "3", 3 * MIB)).await;
        assert!(next.is_err());
        drop((held, beside));
        drop(answer(&room, "3", 3 * MIB).await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn who_finds_no_room_is_told_to_come_again() {
        let room = Room::new(9 * MIB);
        let all = room.reserve(&of("1"), 11 * MIB).await.unwrap();
        let busy = answer(&room, "2", MIB).await.unwrap_err();
        assert_eq!(busy.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(busy.retry_after.is_some());
        // What is small needs none.
        drop(answer(&room, "2", SMALL).await.unwrap());
        drop(all);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_takes_nothing_makes_way_when_others_wait() {
        let room = Room::new(9 * MIB);
        let mut slow = answer(&room, "1", 3 * MIB).await.unwrap();
        let first = slow.frame().await.unwrap();
        assert!(first.is_ok());
        // Nobody waits: it is kept.
        pause(Duration::from_secs(30)).await;
        assert!(slow.frame().await.unwrap().is_ok());
        let begun = Instant::now();
        let next = answer(&room, "2", 3 * MIB).await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert!(
            slow.frame().await.unwrap().is_err(),
            "it must not look whole"
        );
        drop(next);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_kept_for_ever() {
        let room = Room::new(9 * MIB);
        let mut slow = answer(&room, "1", 3 * MIB).await.unwrap();
        pause(Duration::from_secs(SECONDS + 2)).await;
        assert!(slow.frame().await.unwrap().is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_it_at_a_pace_gets_it_while_others_wait() {
        let room = Room::new(9 * MIB);
        let mut first = answer(&room, "1", 3 * MIB).await.unwrap();
        let taking = async {
            let mut came = 0;
            while let Some(frame) = first.frame().await {
                came += frame.unwrap().into_data().unwrap().len();
                pause(Duration::from_millis(400)).await;
            }
            came
        };
        let (came, next) = tokio::join!(taking, answer(&room, "2", 3 * MIB));
        assert_eq!(came, 3 * MIB);
        assert!(next.is_ok());
    }
}
