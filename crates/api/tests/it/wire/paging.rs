//! Paged lists (WIRE-6).

use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, TestApp};

#[tokio::test]
async fn a_list_of_205_has_three_pages_in_order_wire_6() {
    let clinic = Clinic::new().await;
    let first: jiff::civil::Date = "2026-12-01".parse().unwrap();
    let days: Vec<String> = (0..205_i64)
        .map(|n| first.saturating_add(jiff::Span::new().days(n)).to_string())
        .collect();
    for day in &days {
        let body = json!({"type": "availability", "date": day, "pmsResourceId": "12345"});
        clinic.admin("POST", "/requests", body).await.expect(201);
    }
    let mut seen: Vec<String> = Vec::new();
    for (page, count) in [
        ("", 100),
        ("?page=1", 100),
        ("?page=2", 100),
        ("?page=3", 5),
        ("?page=4", 0),
    ] {
        let path = format!("/requests/availability{page}");
        let list = clinic.pms("GET", &path, Value::Null).await.expect(200);
        let number = page
            .strip_prefix("?page=")
            .map_or(1, |n| n.parse().unwrap());
        assert_eq!(
            list["page"],
            json!({"currentPage": number, "totalPages": 3, "perPage": 100, "total": 205})
        );
        let data = list["data"].as_array().unwrap();
        assert_eq!(data.len(), count, "{path}");
        if !page.is_empty() {
            seen.extend(
                data.iter()
                    .map(|row| row["day"].as_str().unwrap().to_owned()),
            );
        }
    }
    assert_eq!(seen, days);
    // What is answered leaves the list; a careful client reads page 1 again until it is empty.
    let mut answered = 0;
    loop {
        let list = clinic.list("availability").await;
        if list.is_empty() {
            break;
        }
        let batch: Vec<Value> = list
            .iter()
            .map(|row| json!({"date": row["day"], "pmsResourceId": "12345", "availability": []}))
            .collect();
        answered += batch.len();
        clinic
            .pms("POST", "/availability/snapshots", json!(batch))
            .await
            .expect(200);
    }
    assert_eq!(answered, 205);
    let hand = clinic
        .admin("GET", "/requests", Value::Null)
        .await
        .expect(200);
    assert_eq!(hand["page"]["total"], 0);
}

#[tokio::test]
async fn a_page_that_is_no_positive_integer_is_400_on_every_list_wire_6() {
    let clinic = Clinic::new().await;
    let practice = format!("/admin-api/v1/practices/{}", clinic.pms.practice_id);
    let mut lists: Vec<String> = [
        "bookings",
        "bookingUpdates",
        "availability",
        "pmsAppointmentChanges",
        "availableDocuments",
        "uploadDocuments",
        "clientSnapshots",
        "attachDocuments",
    ]
    .map(|name| format!("/pms-api/v1/requests/{name}"))
    .into();
    lists.extend(["bookings", "requests", "audit"].map(|name| format!("{practice}/{name}")));
    lists.extend(
        [
            "/admin-api/v1/consumers",
            "/admin-api/v1/practices",
            "/booking-api/v1/practices",
        ]
        .map(String::from),
    );
    let mut headers = clinic.pms.headers();
    headers.push((
        "authorization".into(),
        format!("Bearer {}", clinic.app.operator_token),
    ));
    for list in lists {
        for page in [
            "0", "-1", "abc", "1.5", "", "%2B1", "1e1", "0x1", "%20", "1%00", "\u{661}",
        ] {
            let page = page.replace('\u{661}', "%D9%A1");
            let answer = clinic
                .app
                .raw("GET", &format!("{list}?page={page}"), &headers, "")
                .await;
            assert_eq!(answer.status, 400, "{list}?page={page}");
            assert_eq!(answer.error(), "page: must be a positive integer", "{list}");
        }
        for page in ["2", "9223372036854775807", "99999999999999999999", "007"] {
            let answer = clinic
                .app
                .raw("GET", &format!("{list}?page={page}"), &headers, "")
                .await;
            let list = answer.expect(200);
            assert_eq!(list["data"], json!([]), "{page}");
            assert!(list["page"]["totalPages"].as_i64().unwrap() >= 1);
        }
    }
}

#[tokio::test]
async fn an_empty_list_has_one_page_wire_6() {
    let app = TestApp::new().await;
    let pms = app.link(json!({})).await;
    for list in [
        "bookings",
        "bookingUpdates",
        "availability",
        "pmsAppointmentChanges",
    ] {
        let path = format!("/requests/{list}");
        let empty = app.pms(&pms, "GET", &path, Value::Null).await.expect(200);
        assert_eq!(
            empty,
            json!({
                "data": [],
                "page": {"currentPage": 1, "totalPages": 1, "perPage": 100, "total": 0},
            })
        );
    }
}

#[tokio::test]
async fn exactly_a_hundred_are_one_page_wire_6() {
    let app = TestApp::new().await;
    for n in 0..101 {
        app.practice(json!({"name": format!("Practice {n:03}")}))
            .await;
        let list = app
            .admin("GET", "/practices", Value::Null)
            .await
            .expect(200);
        let pages = if n < 100 { 1 } else { 2 };
        if n > 97 {
            assert_eq!(list["page"]["totalPages"], pages, "{n}");
        }
    }
    let found = app
        .patient("GET", "/practices?page=2", Value::Null)
        .await
        .expect(200);
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
    assert_eq!(found["data"][0]["name"], "Practice 100");
}
