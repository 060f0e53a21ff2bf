//! Snapshots, one or many (AVAIL-1, AVAIL-6).

use crate::pms::support::{
    at, audit_total, book_second, day, raise, range, reasons, reject, restarted, send,
    send_resources, stranger, times,
};
use serde_json::{Value, json};
use slotbridge_testkit::clinic::{DAY, snapshot};
use slotbridge_testkit::{Answer, Clinic};

async fn batch(clinic: &Clinic, snapshots: Value) -> Answer {
    clinic
        .pms("POST", "/availability/snapshots", snapshots)
        .await
}

async fn taken(clinic: &Clinic, snapshots: Value) -> Value {
    batch(clinic, snapshots).await.expect(200)
}

fn one() -> Value {
    range("10:00", "10:30", 1800)
}

#[tokio::test]
async fn a_snapshot_replaces_the_whole_day_of_one_resource_avail_1() {
    let clinic = Clinic::new().await;
    send(&clinic, "12345", "2026-11-25", &[one()]).await;
    send(&clinic, "12345", DAY, &[one()]).await;
    assert_eq!(times(&clinic, DAY).await, ["10:00-10:30"]);
    send(&clinic, "12345", DAY, &[]).await;
    assert!(times(&clinic, DAY).await.is_empty());
    let why = reasons(&clinic, "2026-11-24T10:00:00+11:00").await;
    assert!(why[0].contains("no availability"), "{why:?}");
    clinic.try_book("2026-11-24T10:00").await.expect(409);
    let clinic = restarted(clinic).await;
    assert!(times(&clinic, DAY).await.is_empty());
    assert_eq!(
        times(&clinic, "2026-11-25").await,
        ["10:00-10:30"],
        "another day"
    );
    book_second(&clinic, "2026-11-24T10:00").await;
}

#[tokio::test]
async fn the_resource_must_be_known_and_live_avail_1() {
    let clinic = Clinic::new().await;
    send_resources(&clinic, &["12345"]).await;
    for (resource, date) in [("nobody", DAY), ("12346", DAY), ("nobody", "2026-01-01")] {
        let refused = clinic
            .pms(
                "POST",
                "/availability/snapshot",
                day(resource, date, &[one()]),
            )
            .await;
        assert!(
            refused.error().contains("pmsResourceId"),
            "{}",
            refused.error()
        );
        refused.expect(400);
    }
    let result = taken(
        &clinic,
        json!([day("12346", DAY, &[one()]), day("12345", DAY, &[one()])]),
    );
    let result = result.await;
    assert_eq!(result["created"], json!(["1"]));
    assert_eq!(result["failed"], json!(["0"]));
}

#[tokio::test]
async fn another_practice_s_resource_is_not_known_avail_1() {
    let clinic = Clinic::new().await;
    let other = stranger(&clinic).await;
    let body = snapshot("12345", DAY);
    let sent = clinic
        .app
        .pms(&other, "POST", "/availability/snapshot", body);
    sent.await.expect(400);
    assert_eq!(clinic.starts().await.len(), 14);
}

#[tokio::test]
async fn a_day_in_the_past_is_accepted_and_has_no_effect_avail_1() {
    let clinic = Clinic::new().await;
    let before = clinic.starts().await;
    send(&clinic, "12345", "2026-11-22", &[one()]).await;
    assert!(times(&clinic, "2026-11-22").await.is_empty());
    let result = taken(&clinic, json!([day("12345", "2026-11-22", &[one()])])).await;
    assert_eq!(result["failed"], json!([]));
    assert_eq!(clinic.starts().await, before);
    // Today at the practice is no past day, though it is 13:30 UTC on the day before.
    at(&clinic, "2026-11-24T00:30:00+11:00").await;
    send(&clinic, "12345", "2026-11-23", &[one()]).await;
    send(&clinic, "12345", DAY, &[one()]).await;
    assert_eq!(times(&clinic, DAY).await, ["10:00-10:30"]);
}

#[tokio::test]
async fn a_day_that_has_passed_is_existing_if_it_says_what_is_stored_avail_6() {
    let clinic = Clinic::new().await;
    at(&clinic, "2026-11-25T09:00:00+11:00").await;
    let sent = json!([
        snapshot("12345", DAY),
        day("12345", DAY, &[]),
        snapshot("12345", DAY)
    ]);
    let result = taken(&clinic, sent).await;
    assert_eq!(result["existing"], json!(["0", "2"]));
    assert_eq!(result["created"], json!(["1"]), "accepted, without effect");
}

#[tokio::test]
async fn a_range_ends_after_its_start_within_the_day_avail_2() {
    let clinic = Clinic::new().await;
    for (start, end) in [
        ("10:00", "10:00"),
        ("10:00", "09:59"),
        ("24:00", "24:00"),
        ("10:00", "24:01"),
        ("10:00", "25:00"),
        ("ten", "11:00"),
        ("-1:00", "11:00"),
    ] {
        let faulty = day("12345", DAY, &[one(), range(start, end, 1800)]);
        let refused = clinic.pms("POST", "/availability/snapshot", faulty).await;
        assert!(
            refused.error().contains("availability[1]"),
            "{}",
            refused.error()
        );
        refused.expect(400);
    }
    assert_eq!(
        clinic.starts().await.len(),
        14,
        "nothing of a refused one is stored"
    );
    // Ranges come in any order, overlap and touch.
    let ranges = [
        range("11:00", "24:00", 14400),
        range("10:00", "11:00", 1800),
        one(),
    ];
    send(&clinic, "12345", DAY, &ranges).await;
    let expected = [
        "10:00-10:30",
        "10:30-11:00",
        "11:00-15:00",
        "15:00-19:00",
        "19:00-23:00",
    ];
    assert_eq!(times(&clinic, DAY).await, expected);
}

#[tokio::test]
async fn a_batch_names_each_by_its_id_or_index_in_order_avail_6() {
    let clinic = Clinic::new().await;
    let with_id = |id: Value, mut snapshot: Value| {
        snapshot["id"] = id;
        snapshot
    };
    let result = taken(
        &clinic,
        json!([
            with_id(json!("mon"), day("12345", "2026-11-30", &[one()])),
            snapshot("12345", DAY),
            with_id(json!(""), day("nobody", DAY, &[])),
            with_id(json!(44), day("12346", "2026-11-30", &[])),
            with_id(json!("bad"), json!({"date": "soon", "availability": 4})),
            "nothing",
            with_id(json!("same"), snapshot("12346", DAY)),
            day("12346", DAY, &[]),
        ]),
    )
    .await;
    assert_eq!(result["created"], json!(["mon", "44", "7"]));
    assert_eq!(result["existing"], json!(["1", "same"]));
    assert_eq!(result["failed"], json!(["2", "bad", "5"]));
    let errors = result["errors"].as_array().unwrap();
    let named: Vec<&Value> = errors.iter().map(|error| &error["snapshot"]).collect();
    assert_eq!(named, ["2", "bad", "5"]);
    let text = errors[1]["error"].as_str().unwrap();
    for field in ["date", "pmsResourceId", "availability"] {
        assert!(text.contains(field), "every fault is named: {text}");
    }
    assert_eq!(times(&clinic, "2026-11-30").await, ["10:00-10:30"]);
    assert_eq!(clinic.starts().await.len(), 14);
}

#[tokio::test]
async fn without_failures_there_is_no_errors_member_avail_6() {
    let clinic = Clinic::new().await;
    let nothing = json!({"created": [], "existing": [], "failed": []});
    assert_eq!(taken(&clinic, json!([])).await, nothing);
    let result = taken(&clinic, json!([snapshot("12345", DAY)])).await;
    assert_eq!(
        result,
        json!({"created": [], "existing": ["0"], "failed": []})
    );
}

#[tokio::test]
async fn a_hundred_are_taken_and_one_more_is_refused_whole_avail_6() {
    let clinic = Clinic::new().await;
    let first: jiff::civil::Date = "2026-12-01".parse().unwrap();
    let days = |count: i64| -> Value {
        (0..count)
            .map(|n| {
                day(
                    "12345",
                    &(first + jiff::Span::new().days(n)).to_string(),
                    &[one()],
                )
            })
            .collect()
    };
    let refused = batch(&clinic, days(101)).await;
    assert!(refused.error().contains("100"), "{}", refused.error());
    refused.expect(400);
    assert!(
        times(&clinic, "2026-12-01").await.is_empty(),
        "nothing is stored"
    );
    let result = taken(&clinic, days(100)).await;
    let names: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    assert_eq!(result["created"], json!(names));
    let result = taken(&clinic, days(100)).await;
    assert_eq!(result["existing"], json!(names));
    assert_eq!(times(&clinic, "2027-03-10").await, ["10:00-10:30"]);
}

#[tokio::test]
async fn a_day_twice_in_a_batch_is_judged_in_order_avail_6() {
    let clinic = Clinic::new().await;
    let other = range("11:00", "11:30", 1800);
    let result = taken(
        &clinic,
        json!([
            day("12345", DAY, &[one()]),
            day("12345", DAY, &[one()]),
            day("12345", DAY, std::slice::from_ref(&other)),
            day("12345", DAY, &[one()]),
            day("12345", DAY, &[other]),
        ]),
    )
    .await;
    assert_eq!(result["created"], json!(["0", "2", "3", "4"]));
    assert_eq!(result["existing"], json!(["1"]));
    assert_eq!(
        times(&clinic, DAY).await,
        ["11:00-11:30"],
        "the last one holds"
    );
}

#[tokio::test]
async fn the_same_content_in_another_form_is_the_same_avail_6() {
    let clinic = Clinic::new().await;
    let types = json!(["G1235", "X"]);
    let mut first = range("09:00", "10:00", 600);
    first["pmsAppointmentTypeIds"] = types;
    let original = json!([day("12345", DAY, &[first, range("10:00", "24:00", 1800)])]);
    assert_eq!(taken(&clinic, original).await["created"], json!(["0"]));
    let again = json!([{
        "date": DAY, "pmsResourceId": 12345, "extra": {"a": 1},
        "availability": [
            {"start": "10:00:00", "end": "24:00:00", "slotLength": "1800"},
            {"start": "09:00", "end": "10:00:00", "slotLength": 600,
             "pmsAppointmentTypeIds": ["X", "G1235", "X"]},
            {"start": "10:00", "end": "24:00", "slotLength": 1800, "pmsAppointmentTypeIds": []},
        ],
    }]);
    assert_eq!(taken(&clinic, again).await["existing"], json!(["0"]));
}

#[tokio::test]
async fn an_unchanged_snapshot_writes_nothing_avail_6() {
    let clinic = Clinic::new().await;
    let asked = json!({"type": "availability", "date": DAY});
    let before = audit_total(&clinic).await;
    clinic.app.advance(60).await;
    for resource in ["12345", "12346"] {
        let body = snapshot(resource, DAY);
        clinic
            .pms("POST", "/availability/snapshot", body)
            .await
            .expect(200);
    }
    assert_eq!(audit_total(&clinic).await, before);
    // What was sent before the request does not answer it, written or not.
    raise(&clinic, asked).await;
    clinic.app.advance(60).await;
    let result = taken(&clinic, json!([snapshot("12345", DAY)])).await;
    assert_eq!(
        result["existing"],
        json!(["0"]),
        "existing, though there is a request to lift"
    );
    assert_eq!(clinic.poll().await, ["availability"]);
    let result = taken(&clinic, json!([snapshot("12346", DAY)])).await;
    assert_eq!(result["existing"], json!(["0"]));
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn a_batch_lifts_blocks_and_resolves_requests_avail_6_avail_7() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T10:00").await;
    reject(&clinic, &booked).await.expect(200);
    let result = taken(
        &clinic,
        json!([snapshot("12346", DAY), snapshot("12345", DAY)]),
    )
    .await;
    assert_eq!(result["existing"], json!(["0", "1"]));
    assert!(clinic.poll().await.is_empty());
    assert!(clinic.starts().await.contains(&"10:00".to_owned()));
}

#[tokio::test]
async fn a_batch_that_is_no_list_is_refused_avail_6() {
    let clinic = Clinic::new().await;
    for body in [json!({}), snapshot("12345", DAY), json!("x"), Value::Null] {
        batch(&clinic, body).await.expect(400);
    }
}
