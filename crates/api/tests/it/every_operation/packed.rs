//! Bytes that are no body of an operation: broken JSON, other encodings, wrong headers, too much
//! (WIRE-3, WIRE-4, WIRE-5).

use super::operations::{self, Operation};
use super::stage::Stage;
use flate2::Compression;
use flate2::write::GzEncoder;
use slotbridge_api::Limits;
use std::io::Write;

type Header = (&'static str, &'static str);

const JSON: Header = ("content-type", "application/json");
const GZIP: Header = ("content-encoding", "gzip");

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What comes of it that a body is wrong as a whole.
fn broken(good: &str, limit: usize) -> Vec<(&'static str, Vec<Header>, Vec<u8>, u16)> {
    let bytes = good.as_bytes().to_vec();
    let utf16 = |of: fn(u16) -> [u8; 2]| {
        let words = "\u{feff}".encode_utf16().chain(good.encode_utf16());
        words.flat_map(of).collect::<Vec<u8>>()
    };
    let with = |text: &[u8]| {
        let mut broken = b"{\"a\": \"".to_vec();
        broken.extend(text);
        broken.extend(b"\"}");
        broken
    };
    let packed = gzip(&bytes);
    let (cut, mut corrupt) = (packed[..packed.len() - 1].to_vec(), packed.clone());
    corrupt[12] ^= 0xff;
    let mut trailing = packed.clone();
    trailing.extend(b"more");
    let deep = |open: &str, depth: usize| open.repeat(depth).into_bytes();
    vec![
        ("cut", vec![JSON], bytes[..bytes.len() - 1].to_vec(), 400),
        ("only its beginning", vec![JSON], bytes[..1].to_vec(), 400),
        (
            "twice",
            vec![JSON],
            format!("{good}{good}").into_bytes(),
            400,
        ),
        ("single quotes", vec![JSON], b"{'a': 1}".to_vec(), 400),
        ("no number", vec![JSON], b"{\"a\": NaN}".to_vec(), 400),
        ("a huge number", vec![JSON], b"[1e400]".to_vec(), 400),
        ("a comma too many", vec![JSON], b"{\"a\": 1,}".to_vec(), 400),
        (
            "a comment",
            vec![JSON],
            format!("{good} // good").into_bytes(),
            400,
        ),
        ("a control character", vec![JSON], with(b"\x01"), 400),
        ("a NUL as it is", vec![JSON], with(b"\x00"), 400),
        ("half a pair", vec![JSON], with(b"\\ud800"), 400),
        ("latin-1", vec![JSON], with(b"Zo\xeb"), 400),
        ("broken UTF-8", vec![JSON], with(b"\xf0\x9f\x98"), 400),
        ("an overlong form", vec![JSON], with(b"\xc0\x80"), 400),
        (
            "UTF-16, little first",
            vec![JSON],
            utf16(u16::to_le_bytes),
            400,
        ),
        (
            "UTF-16, big first",
            vec![JSON],
            utf16(u16::to_be_bytes),
            400,
        ),
        ("deep", vec![JSON], deep("[", 50_000), 400),
        ("deep objects", vec![JSON], deep("{\"a\":", 20_000), 400),
        (
            "a form",
            vec![("content-type", "application/x-www-form-urlencoded")],
            b"a=1".to_vec(),
            415,
        ),
        (
            "text",
            vec![("content-type", "text/plain")],
            bytes.clone(),
            415,
        ),
        (
            "a type that is none",
            vec![("content-type", "\u{e4}")],
            bytes.clone(),
            415,
        ),
        (
            "an unknown encoding",
            vec![JSON, ("content-encoding", "br")],
            bytes.clone(),
            415,
        ),
        (
            "two encodings",
            vec![JSON, ("content-encoding", "gzip, gzip")],
            gzip(&packed),
            415,
        ),
        ("no gzip", vec![JSON, GZIP], bytes, 400),
        ("a cut gzip", vec![JSON, GZIP], cut, 400),
        ("a corrupt gzip", vec![JSON, GZIP], corrupt, 400),
        ("a gzip and more", vec![JSON, GZIP], trailing, 400),
        ("too long", vec![JSON], vec![b' '; limit + 1], 413),
        (
            "a bomb",
            vec![JSON, GZIP],
            gzip(&vec![b' '; limit + 1]),
            413,
        ),
    ]
}

/// Of what an operation that reads no fields is not told: it takes any body, and looks only at
/// its size and its packing.
fn is_read(operation: &Operation, status: u16, what: &str) -> bool {
    operation.has_schema()
        || operation.creates
        || status == 413
        || what.contains("gzip")
        || what.contains("encoding")
}

#[tokio::test]
async fn what_is_no_body_is_refused_and_nothing_is_stored_wire_3_wire_4() {
    let mut stage = Stage::new().await;
    let limits = Limits {
        document_body_bytes: Limits::default().body_bytes,
        ..Limits::default()
    };
    let limit = limits.body_bytes;
    stage.app.limit(limits);
    let mut tried = 0;
    for operation in operations::all()
        .into_iter()
        .filter(Operation::reads_a_body)
    {
        // The sandbox's clock is not on the router with other limits.
        if operation.path.starts_with("/sandbox-api/") {
            continue;
        }
        let before = stage.app.database.content();
        let path = stage.own_path(&operation);
        let good = stage
            .sensible(&operation)
            .map_or("{}".to_owned(), |body| body.to_string());
        for (what, headers, bytes, status) in broken(&good, limit) {
            if !is_read(&operation, status, what) {
                continue;
            }
            let mut all = stage.headers(&operation, &stage.own);
            all.extend(
                headers
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
            );
            let answer = stage.app.raw(&operation.method, &path, &all, bytes).await;
            stage.is_documented(&operation, &answer, what);
            assert_eq!(
                answer.status,
                status,
                "{}: {what}: {}",
                operation.name(),
                answer.error()
            );
            assert!(!answer.error().is_empty(), "{}: {what}", operation.name());
            tried += 1;
        }
        assert_eq!(
            stage.app.database.content(),
            before,
            "{} stored something",
            operation.name()
        );
    }
    assert!(tried > 700, "{tried}");
}

#[tokio::test]
async fn a_body_is_the_same_packed_or_not_wire_3() {
    for operation in operations::all().into_iter().filter(Operation::has_schema) {
        let stage = Stage::new().await;
        let path = stage.own_path(&operation);
        let good = stage.sensible(&operation).unwrap().to_string();
        let mut headers = stage.headers(&operation, &stage.own);
        headers.push(("content-encoding".into(), "gzip".into()));
        let packed = stage
            .app
            .raw(&operation.method, &path, &headers, gzip(good.as_bytes()))
            .await;
        stage.is_documented(&operation, &packed, &good);
        let stage = Stage::new().await;
        let good = stage.sensible(&operation).unwrap().to_string();
        let headers = stage.headers(&operation, &stage.own);
        let plain = stage
            .app
            .raw(&operation.method, &path, &headers, good)
            .await;
        assert_eq!(
            packed.status,
            plain.status,
            "{}: {}",
            operation.name(),
            packed.error()
        );
    }
}

#[tokio::test]
async fn an_idempotency_key_that_is_none_is_400_and_nothing_is_stored() {
    let stage = Stage::new().await;
    let before = stage.app.database.content();
    for operation in operations::all()
        .into_iter()
        .filter(|operation| operation.creates)
    {
        let path = stage.own_path(&operation);
        let body = stage.sensible(&operation);
        for key in ["", " ", "\u{e4}", &"k".repeat(256)] {
            let mut headers = stage.headers(&operation, &stage.own);
            headers.push(("idempotency-key".into(), key.into()));
            let answer = stage.call(&operation, &path, &headers, body.as_ref()).await;
            assert_eq!(answer.status, 400, "{} {key:?}", operation.name());
            assert_eq!(
                answer.faults()[0].0,
                "Idempotency-Key",
                "{}",
                operation.name()
            );
        }
    }
    assert_eq!(stage.app.database.content(), before, "something was stored");
}
