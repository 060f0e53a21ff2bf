//! The audit trail (BOOK-2).

use super::problem;
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;

#[tokio::test]
async fn each_change_of_a_booking_stands_with_its_cause_time_and_actor_book_2() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.app.advance(25).await;
    clinic.confirm(&booked).await;
    let cancel = format!("/bookings/{}/cancel", booked.id);
    clinic
        .admin("POST", &cancel, json!({"reason": "Dr is ill"}))
        .await
        .expect(200);
    let request = clinic.list("bookingUpdates").await[0]["requestId"].clone();
    let reject = format!("/bookings/{}/rejectUpdate/{request}", booked.id);
    clinic
        .pms("POST", &reject, json!({"reason": "no such appointment"}))
        .await
        .expect(200);
    let path = format!("/audit?bookingId={}", booked.id);
    let trail = clinic.admin("GET", &path, Value::Null).await.expect(200);
    let rows: Vec<Value> = trail["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            json!([
                row["action"],
                row["actor"],
                row["at"],
                row["note"],
                row["bookingId"]
            ])
        })
        .collect();
    let (pms, operator) = (format!("pms:{}", clinic.pms.consumer_id), "operator:1");
    let late = "2026-11-23T00:00:25Z";
    assert_eq!(
        rows,
        [
            json!(["rejectUpdate", pms, late, "no such appointment", booked.id]),
            json!(["cancel", operator, late, "Dr is ill", booked.id]),
            json!(["confirmInsert", pms, late, null, booked.id]),
            json!(["stand", "hub", late, null, booked.id]),
            json!(["book", "patient", "2026-11-23T00:00:00Z", null, booked.id]),
        ]
    );
    let details: Vec<String> = trail["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["detail"].to_string())
        .collect();
    assert!(
        details
            .iter()
            .all(|detail| !detail.contains("Nguyen") && !detail.contains("ill")),
        "{details:?}"
    );
}

#[tokio::test]
async fn on_sqlite_a_note_is_sealed_in_the_store() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic
        .say(
            &booked,
            "cancel",
            json!({"reason": "patient moved to Alice Springs"}),
        )
        .await
        .expect(200);
    let Some(folder) = clinic.app.database.folder() else {
        return;
    };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let text = std::fs::read(path).unwrap();
            assert!(!text.windows(13).any(|part| part == b"Alice Springs"));
        }
    }
}

#[tokio::test]
async fn the_trail_is_paged_newest_first_and_says_what_operators_did() {
    let clinic = Clinic::new().await;
    for n in 0..105 {
        clinic
            .admin("PATCH", "", json!({"name": format!("Name {n}")}))
            .await
            .expect(200);
    }
    let first = clinic.admin("GET", "/audit", Value::Null).await.expect(200);
    let second = clinic
        .admin("GET", "/audit?page=2", Value::Null)
        .await
        .expect(200);
    let ids = |page: &Value| -> Vec<i64> {
        page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["auditId"].as_i64().unwrap())
            .collect()
    };
    let all = [ids(&first), ids(&second)].concat();
    assert_eq!(all.len() as i64, first["page"]["total"].as_i64().unwrap());
    assert!(all.is_sorted_by(|a, b| a > b), "{all:?}");
    let actions: Vec<&str> = second["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["action"].as_str().unwrap())
        .collect();
    for action in ["createPractice", "grantConsent", "updatePractice"] {
        assert!(actions.contains(&action), "{action}: {actions:?}");
    }
    for query in ["bookingId=x", "bookingId=7", "bookingId=-1"] {
        problem(
            &clinic
                .admin("GET", &format!("/audit?{query}"), Value::Null)
                .await,
            400,
        );
    }
}
