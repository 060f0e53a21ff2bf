//! What is sealed in the store is sealed in its backup.

use super::back_up;
use super::scene::Scene;
use flate2::read::DeflateDecoder;
use slotbridge_testkit::database::MASTER_KEY;
use slotbridge_testkit::{TestClock, TestDatabase};
use std::io::Read;

/// The backup as it is, and behind it all its frames unpacked.
fn opened(file: &[u8]) -> Vec<u8> {
    let mut all = file.to_vec();
    let mut rest = &file[file.iter().position(|byte| *byte == b'\n').unwrap() + 1..];
    while let [kind, a, b, c, d, after @ ..] = rest {
        let length = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
        if *kind == b'R' {
            DeflateDecoder::new(&after[2..length])
                .read_to_end(&mut all)
                .unwrap();
        }
        rest = &after[length + 32..];
    }
    all
}

#[tokio::test]
async fn neither_a_person_nor_a_key_can_be_read_in_a_backup() {
    let scene = Scene::play(TestDatabase::new(), TestClock::new()).await;
    let (bytes, _) = back_up(&scene.clinic.app.database);
    let all = opened(&bytes);
    let holds = |text: &[u8]| all.windows(text.len()).any(|bytes| bytes == text);
    assert!(
        holds(b"Test Practice") && holds(b"masterKey"),
        "it can be read at all"
    );
    let hex: String = MASTER_KEY
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    for secret in [
        "Nguyen",
        "nguyen",
        "Anna",
        "1984-02-29",
        "412345678",
        "412 345 678",
        "anna@example.com",
        "Cough",
        "P1\"",
        &hex,
        &scene.clinic.app.operator_token,
        &scene.clinic.pms.api_key,
        &scene.clinic.pms.practice_key,
        &scene.requested.token,
    ] {
        assert!(!holds(secret.as_bytes()), "{secret}");
    }
    assert!(!holds(&MASTER_KEY));
}
