//! Finding a practice.

use super::problem;
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, TestApp};

/// The names that a search finds.
async fn find(app: &TestApp, query: &str) -> Vec<String> {
    let path = format!("/practices?{query}");
    let found = app.patient("GET", &path, Value::Null).await.expect(200);
    let name = |row: &Value| row["name"].as_str().unwrap().to_owned();
    found["data"].as_array().unwrap().iter().map(name).collect()
}

async fn three() -> TestApp {
    let app = TestApp::new().await;
    app.practice(json!({
        "name": "Newtown Skin Clinic", "suburb": "Newtown", "postcode": "2042",
        "specialties": ["Dermatology", "GP"],
    }))
    .await;
    app.practice(json!({
        "name": "Harbour 100%_Care\\", "suburb": "Sydney", "postcode": "2000", "specialties": ["GP"],
    }))
    .await;
    app.practice(json!({"name": "Bare"})).await;
    app
}

#[tokio::test]
async fn a_practice_is_found_by_name_suburb_postcode_and_specialty() {
    let app = three().await;
    let (skin, harbour, bare) = ("Newtown Skin Clinic", "Harbour 100%_Care\\", "Bare");
    for (query, names) in [
        ("", vec![bare, harbour, skin]),
        ("q=", vec![bare, harbour, skin]),
        ("q=skin", vec![skin]),
        ("q=SKIN", vec![skin]),
        ("q=%20skin%20", vec![skin]),
        ("q=skin+clinic", vec![skin]),
        ("q=a", vec![bare, harbour]),
        ("q=nothing", vec![]),
        ("suburb=newtown", vec![skin]),
        ("suburb=NEW", vec![skin]),
        ("postcode=2042", vec![skin]),
        ("postcode=20", vec![harbour, skin]),
        ("postcode=042", vec![]),
        ("specialty=gp", vec![harbour, skin]),
        ("specialty=GP", vec![harbour, skin]),
        ("specialty=dermatology", vec![skin]),
        ("specialty=surgery", vec![]),
        (
            "q=skin&suburb=newtown&postcode=2042&specialty=gp",
            vec![skin],
        ),
        ("q=skin&suburb=sydney", vec![]),
        ("q=skin&q=bare", vec![bare]),
        ("other=1", vec![bare, harbour, skin]),
    ] {
        assert_eq!(find(&app, query).await, names, "{query}");
    }
}

#[tokio::test]
async fn signs_of_like_do_not_find_everything() {
    let app = three().await;
    assert_eq!(find(&app, "q=0%25_C").await, ["Harbour 100%_Care\\"]);
    assert_eq!(find(&app, "q=care%5C").await, ["Harbour 100%_Care\\"]);
    for query in [
        "q=%25zz%25",
        "suburb=%25%25%25%25%25%25%25%25%25",
        "postcode=%25%25%25%25%25",
        "q=%27",
        "q=%22",
    ] {
        assert_eq!(find(&app, query).await, Vec::<String>::new(), "{query}");
    }
}

#[tokio::test]
async fn signs_of_like_stand_for_themselves() {
    let app = three().await;
    for query in ["q=%25", "q=_", "q=%5C", "q=100%25_care"] {
        assert_eq!(find(&app, query).await, ["Harbour 100%_Care\\"], "{query}");
    }
    // The list of specialties is kept as JSON: its signs are no specialty.
    for query in ["specialty=%22", "specialty=%2C", "specialty=%5B"] {
        assert_eq!(find(&app, query).await, Vec::<String>::new(), "{query}");
    }
}

#[tokio::test]
async fn capitals_beyond_ascii_do_not_matter() {
    let app = TestApp::new().await;
    app.practice(json!({"name": "CAF\u{c9} CLINIC", "suburb": "\u{c9}VANS HEAD"}))
        .await;
    for query in ["q=caf%C3%A9", "q=CAF%C3%89", "suburb=%C3%A9vans"] {
        assert_eq!(find(&app, query).await.len(), 1, "{query}");
    }
}

#[tokio::test]
async fn a_test_practice_never_shows_and_is_reached_by_its_id_auth_4() {
    let app = TestApp::new().await;
    let test = app.practice(json!({"name": "Hidden", "test": true})).await;
    let gone = app.practice(json!({"name": "Gone"})).await;
    app.practice(json!({"name": "Seen"})).await;
    app.admin("DELETE", &format!("/practices/{gone}"), Value::Null)
        .await
        .expect(204);
    assert_eq!(find(&app, "").await, ["Seen"]);
    assert_eq!(find(&app, "q=hidden").await, Vec::<String>::new());
    let path = format!("/practices/{test}");
    let page = app.patient("GET", &path, Value::Null).await.expect(200);
    assert_eq!(page["name"], "Hidden");
    let path = format!("/practices/{gone}");
    problem(&app.patient("GET", &path, Value::Null).await, 404);
    // A practice is a test one or not for good.
    let path = format!("/practices/{test}");
    let patched = app
        .admin("PATCH", &path, json!({"test": false}))
        .await
        .expect(200);
    assert_eq!(patched["test"], true);
}

#[tokio::test]
async fn the_summary_of_a_practice_is_public_and_no_more() {
    let app = TestApp::new().await;
    let id = app
        .practice(json!({
            "name": "Newtown", "address": "1 King St", "suburb": "Newtown", "postcode": 2042,
            "phone": "(02) 9876 5432", "email": "desk@newtown.example", "specialties": ["GP"],
            "products": ["reminders"],
        }))
        .await;
    let summary = json!({
        "practiceId": id, "name": "Newtown", "timezone": "Australia/Sydney", "state": "NSW",
        "address": "1 King St", "suburb": "Newtown", "postcode": "2042", "phone": "0298765432",
        "email": "desk@newtown.example", "specialties": ["gp"],
    });
    let found = app
        .patient("GET", "/practices", Value::Null)
        .await
        .expect(200);
    assert_eq!(found["data"], json!([summary]));
    assert_eq!(
        found["page"],
        json!({"currentPage": 1, "totalPages": 1, "perPage": 100, "total": 1})
    );
    let page = app
        .patient("GET", &format!("/practices/{id}"), Value::Null)
        .await
        .expect(200);
    let mut expected = summary;
    expected["practitioners"] = json!([]);
    assert_eq!(page, expected);
}

#[tokio::test]
async fn a_practice_s_page_has_who_can_be_booked_with_what_for() {
    let clinic = Clinic::new().await;
    let path = format!("/practices/{}", clinic.pms.practice_id);
    let types = json!([{
        "appointmentTypeId": clinic.appointment_type, "name": "General Appointment", "lengthMinutes": 30,
    }]);
    let get = async || {
        clinic
            .app
            .patient("GET", &path, Value::Null)
            .await
            .expect(200)["practitioners"]
            .clone()
    };
    assert_eq!(
        get().await,
        json!([
            {"practitionerId": clinic.practitioners[0], "name": "Doctor Do Good", "title": "Doctor",
             "firstname": null, "lastname": null, "appointmentTypes": types},
            {"practitionerId": clinic.practitioners[1], "name": "Doctor John Doe", "title": null,
             "firstname": null, "lastname": null, "appointmentTypes": types},
        ])
    );
    let who = format!("/practitioners/{}", clinic.practitioners[1]);
    clinic
        .admin("PATCH", &who, json!({"active": false}))
        .await
        .expect(200);
    assert_eq!(get().await.as_array().unwrap().len(), 1);
    let kind = format!("/appointmentTypes/{}", clinic.appointment_type);
    clinic
        .admin("PATCH", &kind, json!({"active": false}))
        .await
        .expect(200);
    assert_eq!(get().await, json!([]));
}

#[tokio::test]
async fn an_unknown_practice_is_404() {
    let app = TestApp::new().await;
    for id in ["4711", "0", "90000000", "9223372036854775807"] {
        problem(
            &app.patient("GET", &format!("/practices/{id}"), Value::Null)
                .await,
            404,
        );
        let path = format!("/practices/{id}/slots?from=2026-11-24&to=2026-11-24");
        problem(&app.patient("GET", &path, Value::Null).await, 404);
    }
}
