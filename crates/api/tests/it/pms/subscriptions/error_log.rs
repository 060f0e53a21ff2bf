//! SUB-4: the log of failed callbacks.

use super::{URL, log, subscribe};
use serde_json::{Value, json};
use slotbridge_hub::outgoing::{CallbackFailure, ErrorType};
use slotbridge_testkit::Clinic;

/// Which entries a query finds: their attempts.
async fn found(clinic: &Clinic, query: &str) -> Vec<i64> {
    let path = format!("/subscriptionErrorLog?{query}");
    let page = clinic.pms("GET", &path, Value::Null).await.expect(200);
    let data = page["data"].as_array().unwrap().iter();
    data.map(|entry| entry["attempt"].as_i64().unwrap())
        .collect()
}

/// A booking whose four attempts have failed: at 0, 10, 110 and 1110 seconds.
async fn failed(clinic: &Clinic) {
    clinic.book("2026-11-24T09:00").await;
    for seconds in [0, 10, 100, 1000] {
        clinic.app.advance(seconds).await;
    }
}

#[tokio::test]
async fn each_failed_attempt_is_there_as_it_was_sub_4() {
    let clinic = Clinic::new().await;
    let id = subscribe(&clinic, "requests.bookings", URL).await;
    clinic.app.receiver.answer_by(|_| {
        Box::pin(async {
            Err(CallbackFailure {
                error_type: ErrorType::DnsError,
                message: "no address is known of pms.example".to_owned(),
            })
        })
    });
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.app.deliver().await;
    let sent = super::bodies(&clinic).remove(0);
    clinic.app.advance(10).await;
    let page = clinic
        .pms("GET", "/subscriptionErrorLog", Value::Null)
        .await
        .expect(200);
    assert_eq!(page["page"]["total"], 2);
    let entry = &page["data"][1];
    assert_eq!(entry["id"].as_str().unwrap().len(), 36);
    let mut rest = entry.clone();
    rest.as_object_mut().unwrap().remove("id");
    let expected = json!({
        "timestamp": "2026-11-23 00:00:10", "subscriptionId": id,
        "subscriptionTopic": "requests.bookings", "clientId": null, "callbackUrl": URL,
        "payload": {
            "id": id, "timestamp": "2026-11-23 00:00:00", "clientId": null,
            "topic": "requests.bookings",
            "data": {
                "target": "/requests/bookings", "requestType": "bookings", "bookingId": booked.id,
            },
        },
        "attempt": 2, "errorType": "DnsError",
        "errorMessage": "no address is known of pms.example",
    });
    assert_eq!(rest, expected);
    assert_eq!(entry["payload"], sent);
}

#[tokio::test]
async fn every_kind_of_failure_has_its_name_sub_4() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.bookings", URL).await;
    let kinds = [
        ErrorType::Timeout,
        ErrorType::ConnectError,
        ErrorType::DnsError,
        ErrorType::TlsError,
        ErrorType::HttpStatus,
        ErrorType::Redirect,
        ErrorType::BlockedAddress,
    ];
    for (kind, start) in kinds.into_iter().zip([
        "09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "13:00",
    ]) {
        clinic.app.receiver.fail(kind);
        clinic.book(&format!("2026-11-24T{start}")).await;
        clinic.app.deliver().await;
    }
    let names: Vec<Value> = log(&clinic)
        .await
        .iter()
        .map(|e| e["errorType"].clone())
        .collect();
    assert_eq!(
        names,
        [
            "Timeout",
            "ConnectError",
            "DnsError",
            "TlsError",
            "HttpStatus",
            "Redirect",
            "BlockedAddress",
        ]
    );
}

#[tokio::test]
async fn it_is_filtered_by_subscription_and_time_sub_4() {
    let clinic = Clinic::new().await;
    let id = subscribe(&clinic, "requests.bookings", URL).await;
    let other = subscribe(&clinic, "requests.bookingUpdates", URL).await;
    clinic.app.receiver.fail(ErrorType::Timeout);
    failed(&clinic).await;
    for (query, attempts) in [
        (String::new(), vec![1, 2, 3, 4]),
        (format!("subscriptionId={id}"), vec![1, 2, 3, 4]),
        (format!("subscriptionId={other}"), vec![]),
        ("from=2026-11-23+00:00:10".into(), vec![2, 3, 4]),
        ("to=2026-11-23+00:00:10".into(), vec![1, 2]),
        (
            "from=2026-11-23%2000:00:11&to=2026-11-23%2000:18:29".into(),
            vec![3],
        ),
        // A truncated timestamp is its prefix.
        ("to=2026-11-23+00:01".into(), vec![1, 2, 3]),
        ("from=2026-11-23+00:01".into(), vec![3, 4]),
        ("from=2026-11&to=2026-11".into(), vec![1, 2, 3, 4]),
        ("from=2026-11-23".into(), vec![1, 2, 3, 4]),
        ("from=2026-11-24".into(), vec![]),
        ("to=2026-11-22".into(), vec![]),
        ("page=2".into(), vec![]),
    ] {
        assert_eq!(found(&clinic, &query).await, attempts, "{query}");
    }
    for unknown in ["1", "x", "00000000-0000-8000-8000-000005f5e1ff"] {
        let path = format!("/subscriptionErrorLog?subscriptionId={unknown}");
        clinic.pms("GET", &path, Value::Null).await.expect(404);
    }
    for wrong in ["from=yesterday", "to=2026-13", "page=0"] {
        let path = format!("/subscriptionErrorLog?{wrong}");
        clinic.pms("GET", &path, Value::Null).await.expect(400);
    }
}

#[tokio::test]
async fn it_is_kept_for_thirty_days_sub_4() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.bookings", URL).await;
    clinic.app.receiver.fail(ErrorType::Timeout);
    failed(&clinic).await;
    clinic.app.advance(29 * 24 * 3600).await;
    assert_eq!(log(&clinic).await.len(), 4);
    clinic.app.advance(2 * 24 * 3600).await;
    assert_eq!(log(&clinic).await.len(), 0);
    assert_eq!(super::states(&clinic).await.len(), 0);
}

#[tokio::test]
async fn generated_clients_get_no_undeclared_null_wire_9() {
    let clinic = Clinic::new().await;
    subscribe(&clinic, "requests.pmsResources", URL).await;
    let path = format!("/consumers/{}", clinic.pms.consumer_id);
    let generated = json!({"wireProfile": "generated"});
    clinic
        .app
        .admin("PATCH", &path, generated)
        .await
        .expect(200);
    clinic.app.receiver.fail(ErrorType::Timeout);
    let ask = json!({"type": "pmsResources"});
    clinic.admin("POST", "/requests", ask).await.expect(201);
    clinic.app.deliver().await;
    let entry = log(&clinic).await.remove(0);
    assert_eq!(entry.get("clientId"), None);
    assert_eq!(entry["payload"].get("clientId"), None);
    assert_eq!(entry["payload"]["data"].get("target"), None);
}
