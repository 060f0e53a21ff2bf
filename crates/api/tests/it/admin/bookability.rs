//! Why a time is not bookable.

use super::problem;
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;

#[tokio::test]
async fn every_reason_why_a_time_is_not_bookable_is_told_avail_3() {
    let clinic = Clinic::new().await;
    let ask = async |start: &str| {
        let path = format!(
            "/bookability?practitionerId={}&appointmentTypeId={}&start={start}%2B11:00",
            clinic.practitioners[0], clinic.appointment_type
        );
        clinic.admin("GET", &path, Value::Null).await.expect(200)
    };
    assert_eq!(
        ask("2026-11-24T09:00:00").await,
        json!({"bookable": true, "start": "2026-11-24T09:00:00+11:00", "end": "2026-11-24T09:30:00+11:00", "reasons": []})
    );
    clinic.book("2026-11-24T09:00").await;
    clinic
        .app
        .patient("POST", "/holds", clinic.booking("2026-11-24T09:30"))
        .await
        .expect(201);
    let (rejected, cancelled) = (
        clinic.book("2026-11-24T10:00").await,
        clinic.book("2026-11-24T10:30").await,
    );
    clinic
        .say(&rejected, "rejectInsert", json!({}))
        .await
        .expect(200);
    clinic.confirm(&cancelled).await;
    clinic.cancel(&cancelled).await;
    for (start, reasons) in [
        ("2026-11-24T09:00:00", vec!["the time is booked"]),
        (
            "2026-11-24T09:30:00",
            vec!["the time is held for somebody who is booking it"],
        ),
        (
            "2026-11-24T10:00:00",
            vec![
                "the practice's system rejected a booking at this time and has not sent its availability again yet",
            ],
        ),
        (
            "2026-11-24T10:30:00",
            vec!["the time was cancelled here and the practice's system has not taken note yet"],
        ),
        ("2026-11-24T11:10:00", vec!["no slot starts at this time"]),
        (
            "2026-11-25T09:00:00",
            vec!["the practice has no availability for this type on that day"],
        ),
        (
            "2026-11-22T09:00:00",
            vec![
                "the practice has no availability for this type on that day",
                "the time has passed",
            ],
        ),
    ] {
        let told = ask(start).await;
        assert_eq!(told["reasons"], json!(reasons), "{start}");
        assert_eq!(
            (&told["bookable"], &told["end"]),
            (&json!(false), &Value::Null),
            "{start}"
        );
    }
    clinic
        .admin("PATCH", "", json!({"minimumNoticeMinutes": 1440}))
        .await
        .expect(200);
    assert_eq!(
        ask("2026-11-24T09:00:00").await["reasons"],
        json!(["the practice wants more notice", "the time is booked"])
    );
    let consent = format!("/consents/{}", clinic.pms.consumer_id);
    clinic
        .admin("DELETE", &consent, Value::Null)
        .await
        .expect(204);
    let reasons = ask("2026-11-24T16:00:00").await["reasons"].clone();
    assert_eq!(
        reasons,
        json!(["the practice has given no integration its consent"])
    );
    clinic.admin("DELETE", "", Value::Null).await.expect(204);
    assert!(
        ask("2026-11-24T16:00:00").await["reasons"]
            .to_string()
            .contains("deactivated")
    );
    for (query, fault) in [
        ("", "practitionerId: is required"),
        (
            "?practitionerId=x",
            "practitionerId: must be an integer, not \"x\"",
        ),
        (
            "?practitionerId=7&appointmentTypeId=7&start=2026-11-24T09:00:00Z",
            "practitionerId: is no such id",
        ),
    ] {
        let answer = clinic
            .admin("GET", &format!("/bookability{query}"), Value::Null)
            .await;
        assert_eq!(problem(&answer, 400)[0], fault);
    }
}
