//! Keys are shown once and kept as hashes (AUTH-2).

use serde_json::{Value, json};
use slotbridge_domain::keys::KeyKind;
use slotbridge_testkit::Clinic;
use std::path::Path;

/// Whether a text stands in any file of a folder.
fn stands_in(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return stands_in(&path, text);
        }
        let bytes = std::fs::read(path).unwrap();
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    })
}

/// Every secret that a clinic's set-up gives out.
async fn secrets(clinic: &Clinic) -> Vec<(&'static str, String)> {
    let app = &clinic.app;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let made = json!({"name": "Vendor", "contactEmail": "dev@vendor.example"});
    let consumer = app.admin("POST", "/consumers", made).await.expect(201);
    let path = format!("/consumers/{}/keys", consumer["consumerId"]);
    let key = app.admin("POST", &path, Value::Null).await.expect(201);
    let path = format!("/consumers/{}/webhookSecret", consumer["consumerId"]);
    let rotated = app.admin("POST", &path, Value::Null).await.expect(201);
    let operator = app
        .admin("POST", "/operatorTokens", json!({"name": "Night shift"}))
        .await;
    let hold = clinic.booking("2026-11-24T10:00");
    let hold = app.patient("POST", "/holds", hold).await.expect(201);
    vec![
        ("sbc_", text(&consumer["apiKey"])),
        ("sbc_", text(&key["apiKey"])),
        ("sbc_", clinic.pms.api_key.clone()),
        ("sbp_", clinic.pms.practice_key.clone()),
        ("sbo_", text(&operator.expect(201)["token"])),
        ("sbo_", app.operator_token.clone()),
        ("sbm_", clinic.book("2026-11-24T09:00").await.token),
        ("sbh_", text(&hold["holdId"])),
        ("whsec_", text(&consumer["webhookSecret"])),
        ("whsec_", text(&rotated["webhookSecret"])),
    ]
}

#[tokio::test]
async fn keys_have_a_prefix_a_checksum_and_160_random_bits_auth_2() {
    let clinic = Clinic::new().await;
    for (prefix, key) in secrets(&clinic).await {
        assert!(key.starts_with(prefix), "{prefix}: {key}");
        let kinds = [
            KeyKind::Consumer,
            KeyKind::Practice,
            KeyKind::Operator,
            KeyKind::Manage,
            KeyKind::Hold,
        ];
        if let Some(kind) = kinds.into_iter().find(|kind| kind.prefix() == prefix) {
            assert_eq!(kind.check(&key), Ok(()));
            assert_eq!(key.len(), 4 + 32 + 6);
            let (cut, last) = key.split_at(key.len() - 1);
            assert!(kind.check(cut).is_err());
            let other = if last == "0" { "1" } else { "0" };
            assert!(kind.check(&format!("{cut}{other}")).is_err());
        }
    }
}

#[tokio::test]
async fn on_sqlite_no_secret_stands_in_the_data_folder_auth_2() {
    let clinic = Clinic::new().await;
    let Some(folder) = clinic.app.database.folder() else {
        return;
    };
    let (_, secrets) = (
        clinic.book("2026-11-24T11:00").await,
        secrets(&clinic).await,
    );
    assert!(
        stands_in(folder, "Test Practice"),
        "what is no secret is found"
    );
    for (_, secret) in secrets {
        assert!(!stands_in(folder, &secret), "{secret}");
        assert!(!stands_in(folder, &secret[6..30]), "a part of {secret}");
    }
    for personal in [
        "Nguyen",
        "0412345678",
        "anna@example.com",
        "1984-02-29",
        "Cough",
    ] {
        assert!(!stands_in(folder, personal), "{personal}");
    }
}

#[tokio::test]
async fn a_secret_is_shown_once_auth_2() {
    let clinic = Clinic::new().await;
    let secrets = secrets(&clinic).await;
    let practice = format!("/practices/{}", clinic.pms.practice_id);
    let mut shown = String::new();
    for path in [
        "/consumers",
        "/consumers/1",
        "/consumers/2",
        "/operatorTokens",
        "/practices",
    ] {
        shown += &clinic
            .app
            .admin("GET", path, Value::Null)
            .await
            .expect(200)
            .to_string();
    }
    for path in [
        "",
        "/consents",
        "/audit",
        "/bookings",
        "/requests",
        "/attention",
    ] {
        let path = format!("{practice}{path}");
        shown += &clinic
            .app
            .admin("GET", &path, Value::Null)
            .await
            .expect(200)
            .to_string();
    }
    assert!(shown.contains("grantConsent") && shown.contains("Nguyen"));
    for (_, secret) in secrets {
        assert!(!shown.contains(&secret), "{secret}");
    }
}
