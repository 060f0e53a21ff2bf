//! Liberal in what is read (WIRE-2).

use super::{post, resources, send};
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, clinic::DAY};

#[tokio::test]
async fn integers_may_be_numeric_texts_and_ids_numbers_wire_2() {
    let clinic = Clinic::new().await;
    let body = json!([
        {"pmsResourceId": 12345, "pmsResourceName": "Doctor Do Good"},
        {"pmsResourceId": 777, "pmsResourceName": 42},
    ]);
    clinic
        .pms("POST", "/config/pmsResources/snapshot", body)
        .await
        .expect(200);
    assert_eq!(resources(&clinic).await, ["12345", "777"]);
    let types = json!([{
        "pmsAppointmentTypeId": 9, "pmsAppointmentTypeName": "Nine",
        "pmsAppointmentLength": " 45 ", "pmsResourceId": 777,
    }]);
    clinic
        .pms("POST", "/config/pmsAppointmentTypes/snapshot", types)
        .await
        .expect(200);
    let written = clinic
        .pms("GET", "/config/pmsAppointmentTypes", Value::Null)
        .await
        .expect(200);
    assert_eq!(
        written,
        json!([{"pmsAppointmentTypeId": "9", "pmsAppointmentTypeName": "Nine",
            "pmsAppointmentLength": 45, "pmsResourceId": "777"}]),
        "written strictly"
    );
    let day = json!({"date": DAY, "pmsResourceId": 777, "availability": [
        {"start": "09:00", "end": "10:00", "slotLength": "1800", "pmsAppointmentTypeIds": [9]},
    ]});
    clinic
        .pms("POST", "/availability/snapshot", day)
        .await
        .expect(200);
}

#[tokio::test]
async fn ids_in_a_confirmation_may_be_numbers_wire_2() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let body = json!({"pmsAppointmentIds": [12384, "x"], "pmsPatientId": 77, "more": {"a": [1]}});
    clinic.say(&booked, "confirmInsert", body).await.expect(200);
    let path = format!("/bookings/{}", booked.id);
    let shown = clinic.admin("GET", &path, Value::Null).await.expect(200);
    assert_eq!(shown["pmsAppointmentIds"], json!(["12384", "x"]));
    assert_eq!(shown["pmsPatientId"], "77");
}

#[tokio::test]
async fn an_optional_field_may_be_null_absent_or_an_empty_id_wire_2() {
    let clinic = Clinic::new().await;
    for resource in [r#", "pmsResourceId": null"#, "", r#", "pmsResourceId": """#] {
        for length in [
            r#", "pmsAppointmentLength": null"#,
            "",
            r#", "pmsAppointmentLength": 0"#,
        ] {
            let body = format!(
                r#"[{{"pmsAppointmentTypeId": "G1235", "pmsAppointmentTypeName": "G"{resource}{length}}}]"#
            );
            post(&clinic, "/config/pmsAppointmentTypes/snapshot", &body)
                .await
                .expect(200);
            let path = "/config/pmsAppointmentTypes/findById?id=G1235";
            let found = clinic.pms("GET", path, Value::Null).await.expect(200);
            assert_eq!(
                found,
                json!([{"pmsAppointmentTypeId": "G1235", "pmsAppointmentTypeName": "G"}])
            );
        }
    }
    for person in [
        r#", "pmsPractitionerTitle": null"#,
        "",
        r#", "pmsPractitionerTitle": """#,
    ] {
        let body = format!(r#"[{{"pmsResourceId": "1", "pmsResourceName": "N"{person}}}]"#);
        post(&clinic, "/config/pmsResources/snapshot", &body)
            .await
            .expect(200);
        let found = clinic
            .pms("GET", "/config/pmsResources", Value::Null)
            .await
            .expect(200);
        assert_eq!(
            found,
            json!([{"pmsResourceId": "1", "pmsResourceName": "N"}])
        );
    }
}

#[tokio::test]
async fn a_type_s_empty_resource_is_every_resource_wire_2() {
    let clinic = Clinic::new().await;
    let types = json!([{
        "pmsAppointmentTypeId": "G1235", "pmsAppointmentTypeName": "General Appointment",
        "pmsAppointmentLength": 30, "pmsResourceId": "",
    }]);
    clinic
        .pms("POST", "/config/pmsAppointmentTypes/snapshot", types)
        .await
        .expect(200);
    assert!(clinic.starts().await.contains(&"09:00".to_owned()));
}

#[tokio::test]
async fn a_body_whose_fields_are_optional_may_be_empty_in_any_way_wire_2() {
    let json = ("content-type", "application/json");
    let none = ("content-length", "0");
    for (headers, body) in [
        (vec![], ""),
        (vec![json], ""),
        (vec![json, none], ""),
        (vec![none], ""),
        (vec![("content-type", "text/plain")], ""),
        (
            vec![("content-type", "application/x-www-form-urlencoded"), none],
            "",
        ),
        (vec![json], "{}"),
        (vec![], "{}"),
        (vec![json], "null"),
        (vec![json], " \r\n "),
        (vec![json], "{\"reason\": null}"),
        (vec![json], "{\"reason\": \"\"}"),
        (vec![json], "{\"other\": 1}"),
        (
            vec![("content-type", "application/json; charset=utf-8")],
            "{}",
        ),
        (vec![("content-type", "APPLICATION/JSON")], "{}"),
        (vec![("content-type", "application/vnd.pms+json")], "{}"),
        (vec![("content-type", "text/json")], "{}"),
        (vec![("content-type", "")], "{}"),
    ] {
        let clinic = Clinic::new().await;
        let (one, two) = (
            clinic.book("2026-11-24T09:00").await,
            clinic.book("2026-11-24T09:30").await,
        );
        let path = format!("/bookings/{}/rejectInsert", one.id);
        let answer = send(&clinic, "POST", &path, &headers, body).await;
        assert_eq!(
            answer.status,
            200,
            "{headers:?} {body:?}: {}",
            answer.error()
        );
        let path = format!("/bookings/{}/cancel", two.id);
        let answer = send(&clinic, "POST", &path, &headers, body).await;
        assert_eq!(
            answer.status,
            200,
            "{headers:?} {body:?}: {}",
            answer.error()
        );
        let answer = send(&clinic, "POST", "/config/livenessContract", &headers, body).await;
        // A liveness contract is an object, and nothing else.
        let expected = if body == "null" { 400 } else { 200 };
        assert_eq!(
            answer.status,
            expected,
            "{headers:?} {body:?}: {}",
            answer.error()
        );
    }
}

#[tokio::test]
async fn an_answer_to_an_update_needs_no_body_and_minds_none_wire_2() {
    let anything = ["", "{}", "null", "not json", "<xml/>", "{\"reason\": 5}"];
    for body in anything {
        let clinic = Clinic::new().await;
        let booked = clinic.book("2026-11-24T09:00").await;
        clinic.confirm(&booked).await;
        clinic.cancel(&booked).await;
        let request = clinic.list("bookingUpdates").await[0]["requestId"].clone();
        let path = format!("/bookings/{}/confirmUpdate/{request}", booked.id);
        send(&clinic, "POST", &path, &[], body).await.expect(200);
        assert!(clinic.poll().await.is_empty());
    }
}

#[tokio::test]
async fn a_get_may_carry_a_json_content_type_and_a_body_wire_2() {
    let clinic = Clinic::new().await;
    for body in ["", "{}", "no json at all"] {
        for path in [
            "/requests",
            "/requests/bookings",
            "/config/pmsResources",
            "/config/livenessContract",
        ] {
            for kind in ["application/json", "text/xml"] {
                let headers = [("content-type", kind), ("content-encoding", "br")];
                send(&clinic, "GET", path, &headers, body).await.expect(200);
            }
        }
    }
}

#[tokio::test]
async fn line_ends_and_a_byte_order_mark_do_not_matter_wire_2() {
    let clinic = Clinic::new().await;
    let body = "\u{feff}\r\n[\r\n\t{\r\n\"pmsResourceId\": \"7\",\r\n \"pmsResourceName\": \"Sieben\"\r\n}\r\n]\r\n";
    post(&clinic, "/config/pmsResources/snapshot", body)
        .await
        .expect(200);
    assert_eq!(resources(&clinic).await, ["7"]);
    let booked = {
        let clinic = Clinic::new().await;
        let booked = clinic.book("2026-11-24T09:00").await;
        let body = "{\"reason\": \"no\\r\\nroom\"}";
        post(&clinic, &format!("/bookings/{}/cancel", booked.id), body)
            .await
            .expect(200);
        clinic.status(&booked).await
    };
    assert_eq!(booked, "cancelled");
}

#[tokio::test]
async fn unknown_fields_are_ignored_wire_2() {
    let clinic = Clinic::new().await;
    let body = json!([{
        "pmsResourceId": "1", "pmsResourceName": "N", "pmsLocationId": 7, "PMSRESOURCEID": "2",
        "nested": {"pmsResourceId": null},
    }]);
    clinic
        .pms("POST", "/config/pmsResources/snapshot", body)
        .await
        .expect(200);
    assert_eq!(resources(&clinic).await, ["1"]);
}

#[tokio::test]
async fn a_blank_or_missing_required_id_is_refused_wire_2() {
    let clinic = Clinic::new().await;
    for (id, why) in [
        (json!(""), "must not be blank"),
        (json!("  "), "must not be blank"),
        (Value::Null, "is required, not null"),
        (json!(true), "must be a text, not true"),
        (json!(["1"]), "must be a text, not an array"),
        (json!(1e300), "must be a text or an exact number"),
    ] {
        let body = json!([{"pmsResourceId": id, "pmsResourceName": "N"}]);
        let answer = clinic
            .pms("POST", "/config/pmsResources/snapshot", body)
            .await;
        assert_eq!(answer.status, 400);
        let expected = format!("[0].pmsResourceId: {why}");
        assert!(answer.error().starts_with(&expected), "{}", answer.error());
    }
    assert_eq!(resources(&clinic).await, ["12345", "12346"]);
}
