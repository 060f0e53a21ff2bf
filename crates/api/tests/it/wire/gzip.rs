//! Packed bodies (WIRE-3).

use super::{resources, send};
use flate2::Compression;
use flate2::write::GzEncoder;
use slotbridge_api::Limits;
use slotbridge_testkit::Clinic;
use std::io::Write;

const SNAPSHOT: &str = "/config/pmsResources/snapshot";
const GZIP: [(&str, &str); 2] = [
    ("content-type", "application/json"),
    ("content-encoding", "gzip"),
];
const ONE: &str = r#"[{"pmsResourceId": "7", "pmsResourceName": "Seven"}]"#;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

async fn small() -> Clinic {
    let mut clinic = Clinic::new().await;
    clinic.app.limit(Limits {
        body_bytes: 2_000,
        ..Limits::default()
    });
    clinic
}

#[tokio::test]
async fn a_gzip_body_is_read_wire_3() {
    for name in ["gzip", "GZIP", "x-gzip", " gzip "] {
        let clinic = Clinic::new().await;
        let headers = [("content-encoding", name)];
        send(&clinic, "POST", SNAPSHOT, &headers, gzip(ONE.as_bytes()))
            .await
            .expect(200);
        assert_eq!(resources(&clinic).await, ["7"], "{name}");
    }
    let clinic = Clinic::new().await;
    for name in ["identity", ""] {
        send(
            &clinic,
            "POST",
            SNAPSHOT,
            &[("content-encoding", name)],
            ONE,
        )
        .await
        .expect(200);
    }
}

#[tokio::test]
async fn a_gzip_body_of_several_members_is_read_whole_wire_3() {
    let clinic = Clinic::new().await;
    let (first, second) = ONE.split_at(20);
    let mut body = gzip(first.as_bytes());
    body.extend(gzip(second.as_bytes()));
    send(&clinic, "POST", SNAPSHOT, &GZIP, body)
        .await
        .expect(200);
    assert_eq!(resources(&clinic).await, ["7"]);
}

#[tokio::test]
async fn a_gzip_body_in_any_pieces_is_read_wire_3() {
    let clinic = Clinic::new().await;
    let packed = gzip(ONE.as_bytes());
    let pieces = packed
        .chunks(1)
        .map(|piece| Ok::<_, std::io::Error>(piece.to_vec()));
    let pieces: Vec<_> = pieces.collect();
    let body = axum::body::Body::from_stream(stream(pieces));
    send(&clinic, "POST", SNAPSHOT, &GZIP, body)
        .await
        .expect(200);
    assert_eq!(resources(&clinic).await, ["7"]);
}

#[tokio::test]
async fn an_empty_gzip_body_is_an_empty_body_wire_3_wire_2() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let path = format!("/bookings/{}/cancel", booked.id);
    let empty = [("content-encoding", "gzip"), ("content-length", "0")];
    send(&clinic, "POST", &path, &empty, "").await.expect(200);
    send(&clinic, "POST", &path, &GZIP, gzip(b""))
        .await
        .expect(200);
}

#[tokio::test]
async fn what_is_no_whole_gzip_is_400_and_nothing_is_stored_wire_3() {
    let clinic = Clinic::new().await;
    let whole = gzip(ONE.as_bytes());
    let mut tried = vec![
        ONE.as_bytes().to_vec(),
        vec![0x1f],
        vec![0x1f, 0x8b, 8],
        vec![0; 100],
    ];
    for cut in 1..whole.len() {
        tried.push(whole[..cut].to_vec());
    }
    for at in [0, 1, 2, 15, whole.len() - 8, whole.len() - 1] {
        let mut corrupt = whole.clone();
        corrupt[at] ^= 0xff;
        tried.push(corrupt);
    }
    let mut second_is_cut = whole.clone();
    second_is_cut.extend(&gzip(b" ")[..12]);
    tried.push(second_is_cut);
    let mut more = whole.clone();
    more.extend(b"more");
    tried.push(more);
    for body in tried {
        let shown = format!("{body:x?}");
        let answer = send(&clinic, "POST", SNAPSHOT, &GZIP, body).await;
        assert_eq!(answer.status, 400, "{shown}");
        assert!(!answer.error().is_empty());
    }
    assert_eq!(resources(&clinic).await, ["12345", "12346"]);
}

#[tokio::test]
async fn a_bomb_is_413_wire_3() {
    let clinic = small().await;
    let bomb = gzip(&vec![b' '; 1_000_000]);
    assert!(bomb.len() < 2_000, "it comes in under the limit as sent");
    let answer = send(&clinic, "POST", SNAPSHOT, &GZIP, bomb.clone()).await;
    assert_eq!(answer.status, 413, "{}", answer.error());
    // In many members, each of them small.
    let member = gzip(&[b' '; 1_000]);
    let many: Vec<u8> = (0..10).flat_map(|_| member.clone()).collect();
    assert!(many.len() < 2_000);
    assert_eq!(
        send(&clinic, "POST", SNAPSHOT, &GZIP, many).await.status,
        413
    );
    for path in [
        "/bookings/100000001/confirmUpdate/100000002",
        "/bookings/100000001/cancel",
    ] {
        let answer = send(&clinic, "POST", path, &GZIP, bomb.clone()).await;
        assert_eq!(answer.status, 413, "{path}");
    }
    let path = "/booking-api/v1/holds";
    let headers = GZIP.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let answer = clinic.app.raw("POST", path, &headers, bomb).await;
    assert_eq!(answer.status, 413);
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
}

#[tokio::test]
async fn the_limit_is_exact_and_the_same_packed_or_not_wire_3() {
    let clinic = small().await;
    let of = |length: usize| format!("{ONE}{}", " ".repeat(length - ONE.len())).into_bytes();
    for (length, status) in [(2_000, 200), (2_001, 413)] {
        let plain = send(&clinic, "POST", SNAPSHOT, &[], of(length)).await;
        let packed = send(&clinic, "POST", SNAPSHOT, &GZIP, gzip(&of(length))).await;
        assert_eq!(
            (plain.status.as_u16(), packed.status.as_u16()),
            (status, status),
            "{length}"
        );
        let pieces: Vec<_> = of(length)
            .chunks(7)
            .map(|p| Ok::<_, std::io::Error>(p.to_vec()))
            .collect();
        let body = axum::body::Body::from_stream(stream(pieces));
        let streamed = send(&clinic, "POST", SNAPSHOT, &[], body).await;
        assert_eq!(
            streamed.status.as_u16(),
            status,
            "{length}, its length not announced"
        );
    }
}

#[tokio::test]
async fn an_announced_length_over_the_limit_is_413_before_anything_is_read_wire_3() {
    let clinic = small().await;
    let endless = std::iter::from_fn(|| panic!("the body was read"));
    let endless = endless.map(|()| Ok::<_, std::io::Error>(Vec::<u8>::new()));
    let body = axum::body::Body::from_stream(stream(endless));
    let answer = send(
        &clinic,
        "POST",
        SNAPSHOT,
        &[("content-length", "2001")],
        body,
    )
    .await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_400_wire_3() {
    let clinic = Clinic::new().await;
    let pieces = [
        Ok(ONE.as_bytes()[..20].to_vec()),
        Err(std::io::Error::other("cut")),
    ];
    let body = axum::body::Body::from_stream(stream(pieces));
    let answer = send(&clinic, "POST", SNAPSHOT, &[], body).await;
    assert_eq!(answer.status, 400, "{}", answer.error());
}

#[tokio::test]
async fn an_unknown_content_encoding_is_415_wire_3() {
    let clinic = Clinic::new().await;
    for name in [
        "br",
        "deflate",
        "zstd",
        "gzip, gzip",
        "gzip,br",
        "gzipp",
        "\u{e4}",
    ] {
        let answer = send(
            &clinic,
            "POST",
            SNAPSHOT,
            &[("content-encoding", name)],
            ONE,
        )
        .await;
        assert_eq!(answer.status, 415, "{name}");
    }
    let twice = [("content-encoding", "gzip"), ("content-encoding", "gzip")];
    let answer = send(
        &clinic,
        "POST",
        SNAPSHOT,
        &twice,
        gzip(&gzip(ONE.as_bytes())),
    )
    .await;
    assert_eq!(answer.status, 415, "packed twice, in two headers");
    assert_eq!(resources(&clinic).await, ["12345", "12346"]);
}

/// A stream of what an iterator gives.
fn stream<T: Send + 'static, I>(items: I) -> impl futures_util::Stream<Item = T> + Send
where
    I: IntoIterator<Item = T>,
    I::IntoIter: Send,
{
    futures_util::stream::iter(items)
}
