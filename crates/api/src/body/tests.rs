//! Who waits for whom, with time under control.

use super::*;
use axum::body::Bytes;
use futures_util::{StreamExt, stream};
use std::convert::Infallible;
use std::sync::Arc;

const MIB: usize = 1024 * 1024;
const LIMIT: usize = 10 * MIB;

fn headers(practice: &str, length: Option<usize>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("practice-id", practice.parse().unwrap());
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, length.into());
    }
    headers
}

/// A body of which so much comes every second.
fn slowly(piece: usize, pieces: usize) -> Body {
    let pieces = stream::iter(0..pieces).then(move |_| async move {
        // Nothing at hand waits for time but the clock of the test.
        let _ = timeout(Duration::from_secs(1), std::future::pending::<()>()).await;
        Ok::<_, Infallible>(Bytes::from(vec![b' '; piece]))
    });
    Body::from_stream(pieces)
}

fn whole(length: usize) -> Body {
    Body::from(vec![b' '; length])
}

async fn plain(room: &Room, practice: &str, length: usize, body: Body) -> Result<usize, BodyFault> {
    let headers = headers(practice, Some(length));
    let got = gather(room, &headers, body, LIMIT, false).await;
    got.map(|(bytes, _)| bytes.len())
}

#[tokio::test(start_paused = true)]
async fn a_large_body_that_does_not_come_is_given_up_wire_5() {
    let room = Room::new(LIMIT);
    let begun = Instant::now();
    let body = whole(MIB).into_data_stream();
    let endless = Body::from_stream(body.chain(stream::pending()));
    let got = plain(&room, "1", 2 * MIB, endless).await;
    assert_eq!(got, Err(BodyFault::Slow));
    assert!(begun.elapsed() <= Duration::from_secs(SECONDS + 1));
    // A drop now and then does not help.
    let got = plain(&room, "1", 2 * MIB, slowly(100, 20_000)).await;
    assert_eq!(got, Err(BodyFault::Slow));
    // A small one has the time of its call.
    assert_eq!(plain(&room, "1", 3_000, slowly(100, 30)).await, Ok(3_000));
}

#[tokio::test(start_paused = true)]
async fn a_slow_body_makes_way_when_others_wait_wire_5() {
    let room = Arc::new(Room::new(LIMIT));
    // Nobody waits: a slow line may take its time.
    let length = 45 * 20_000;
    assert_eq!(
        plain(&room, "1", length, slowly(20_000, 45)).await,
        Ok(length)
    );
    let begun = Instant::now();
    let slow = plain(&room, "1", LIMIT, slowly(20_000, 1_000));
    let fast = plain(&room, "2", LIMIT, whole(LIMIT));
    let (slow, fast) = tokio::join!(slow, async {
        tokio::task::yield_now().await;
        let _ = timeout(Duration::from_millis(1500), std::future::pending::<()>()).await;
        fast.await
    });
    assert_eq!((slow, fast), (Err(BodyFault::Slow), Ok(LIMIT)));
    assert!(
        begun.elapsed() < Duration::from_secs(6),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_body_that_comes_at_the_pace_makes_way_all_the_same_in_the_end_wire_5() {
    let room = Arc::new(Room::new(LIMIT));
    let begun = Instant::now();
    let steady = plain(&room, "1", LIMIT, slowly(100_000, 100));
    let fast = plain(&room, "2", LIMIT, whole(LIMIT));
    let (steady, fast) = tokio::join!(steady, async {
        tokio::task::yield_now().await;
        let _ = timeout(Duration::from_millis(1500), std::future::pending::<()>()).await;
        fast.await
    });
    assert_eq!((steady, fast), (Err(BodyFault::Slow), Ok(LIMIT)));
    let took = begun.elapsed();
    assert!(took <= Duration::from_secs(WANTED_SECONDS + 2), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn who_waits_holds_nothing_and_is_told_after_a_while_wire_5() {
    let room = Arc::new(Room::new(LIMIT));
    let held = room.reserve(&headers("1", None), LIMIT).await.unwrap();
    // The same caller waits for its turn, another one for room.
    for practice in ["1", "2"] {
        let got = plain(&room, practice, 3 * MIB, whole(3 * MIB)).await;
        assert_eq!(got, Err(BodyFault::Busy));
    }
    assert_eq!(
        plain(&room, "2", MIB, whole(MIB)).await,
        Ok(MIB),
        "beside it"
    );
    drop(held);
    assert_eq!(
        plain(&room, "1", 3 * MIB, whole(3 * MIB)).await,
        Ok(3 * MIB)
    );
}

#[tokio::test(start_paused = true)]
async fn many_who_want_all_of_it_get_it_one_after_the_other_wire_5() {
    let room = Arc::new(Room::new(LIMIT));
    let mut running = tokio::task::JoinSet::new();
    for n in 0..50 {
        let room = Arc::clone(&room);
        running.spawn(async move {
            // Packed, and hardly smaller for it.
            let headers = headers(&(n % 10).to_string(), Some(LIMIT));
            let got = gather(&room, &headers, whole(LIMIT), LIMIT, true).await;
            got.map(|(bytes, _)| bytes.len())
        });
    }
    let done = running.join_all().await;
    assert!(done.iter().all(|got| *got == Ok(LIMIT)), "{done:?}");
}
