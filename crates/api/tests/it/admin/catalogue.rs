//! Practitioners and appointment types, and their links.

use super::problem;
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, Pms, TestApp, clinic};

/// A practice that publishes nothing by itself, with one resource, one type and a free day.
async fn by_hand() -> (TestApp, Pms) {
    let app = TestApp::new().await;
    let pms = app.link(json!({"autoPublish": false})).await;
    let resources = json!([{"pmsResourceId": "R", "pmsResourceName": "Room"}]);
    app.pms(&pms, "POST", "/config/pmsResources/snapshot", resources)
        .await
        .expect(200);
    let types = json!([{"pmsAppointmentTypeId": "T", "pmsAppointmentTypeName": "Type", "pmsAppointmentLength": 30}]);
    app.pms(&pms, "POST", "/config/pmsAppointmentTypes/snapshot", types)
        .await
        .expect(200);
    let day = clinic::snapshot("R", clinic::DAY);
    app.pms(&pms, "POST", "/availability/snapshot", day)
        .await
        .expect(200);
    (app, pms)
}

async fn slots(app: &TestApp, pms: &Pms) -> usize {
    let path = format!(
        "/practices/{}/slots?from={1}&to={1}",
        pms.practice_id,
        clinic::DAY
    );
    let found = app.patient("GET", &path, Value::Null).await.expect(200);
    found["slots"].as_array().unwrap().len()
}

#[tokio::test]
async fn without_auto_publish_nothing_is_bookable_until_staff_link_it() {
    let (app, pms) = by_hand().await;
    let practice = format!("/practices/{}", pms.practice_id);
    let at = |path: &str| format!("{practice}{path}");
    for list in ["/practitioners", "/appointmentTypes"] {
        let list = app.admin("GET", &at(list), Value::Null).await.expect(200);
        assert_eq!(list, json!({"data": []}));
    }
    let sent = app
        .admin("GET", &at("/pmsResources"), Value::Null)
        .await
        .expect(200);
    assert_eq!(
        sent["data"],
        json!([{"pmsResourceId": "R", "pmsResourceName": "Room", "live": true, "practitionerId": null}])
    );
    assert_eq!(slots(&app, &pms).await, 0);
    let who = json!({"name": "Dr Who", "title": "Dr", "pmsResourceIds": ["R"]});
    let who = app
        .admin("POST", &at("/practitioners"), who)
        .await
        .expect(201);
    assert_eq!(
        who,
        json!({"practitionerId": who["practitionerId"], "name": "Dr Who", "title": "Dr", "firstname": null,
            "lastname": null, "active": true, "pmsResourceIds": ["R"]})
    );
    assert_eq!(slots(&app, &pms).await, 0, "a practitioner alone");
    let kind = json!({"name": "Consultation"});
    let kind = app
        .admin("POST", &at("/appointmentTypes"), kind)
        .await
        .expect(201);
    assert_eq!(
        slots(&app, &pms).await,
        0,
        "a type that is linked to nothing"
    );
    let path = at(&format!("/appointmentTypes/{}", kind["appointmentTypeId"]));
    let linked = app
        .admin("PATCH", &path, json!({"pmsAppointmentTypeIds": ["T"]}))
        .await
        .expect(200);
    assert_eq!(linked["pmsAppointmentTypeIds"], json!(["T"]));
    assert_eq!(linked["name"], "Consultation");
    assert_eq!(slots(&app, &pms).await, 14);
    let page = app.patient("GET", &practice, Value::Null).await.expect(200);
    assert_eq!(
        page["practitioners"][0]["appointmentTypes"][0]["name"],
        "Consultation"
    );
    assert_eq!(
        page["practitioners"][0]["appointmentTypes"][0]["lengthMinutes"],
        30
    );
    // The length set here counts before the PMS's, in whole slots.
    app.admin("PATCH", &path, json!({"lengthMinutes": 45}))
        .await
        .expect(200);
    assert_eq!(slots(&app, &pms).await, 12);
    app.admin("PATCH", &path, json!({"lengthMinutes": null}))
        .await
        .expect(200);
    assert_eq!(slots(&app, &pms).await, 14);
    let path = at(&format!("/practitioners/{}", who["practitionerId"]));
    app.admin("PATCH", &path, json!({"pmsResourceIds": []}))
        .await
        .expect(200);
    assert_eq!(slots(&app, &pms).await, 0, "unlinked");
}

#[tokio::test]
async fn with_auto_publish_what_the_pms_sends_is_bookable_and_follows_it() {
    let clinic = Clinic::new().await;
    let names = async || {
        let list = clinic
            .admin("GET", "/practitioners", Value::Null)
            .await
            .expect(200);
        list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|who| who["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["Doctor Do Good", "Doctor John Doe"]);
    let path = format!("/practitioners/{}", clinic.practitioners[0]);
    clinic
        .admin("PATCH", &path, json!({"name": "Dr Good"}))
        .await
        .expect(200);
    let renamed = json!([
        {"pmsResourceId": "12345", "pmsResourceName": "D. Good"},
        {"pmsResourceId": "12346", "pmsResourceName": "J. Doe"},
    ]);
    clinic
        .pms("POST", "/config/pmsResources/snapshot", renamed)
        .await
        .expect(200);
    assert_eq!(
        names().await,
        ["Dr Good", "J. Doe"],
        "what staff have named stays"
    );
}

#[tokio::test]
async fn faults_of_links_and_details_are_named_and_nothing_is_stored() {
    let (app, pms) = by_hand().await;
    let practice = format!("/practices/{}", pms.practice_id);
    for (path, body, faults) in [
        ("practitioners", json!({}), vec!["name: is required"]),
        (
            "practitioners",
            json!({"name": "", "active": 7}),
            vec![
                "name: must not be blank",
                "active: must be true or false, not 7",
            ],
        ),
        (
            "practitioners",
            json!({"name": "N", "pmsResourceIds": ["R", "X", "Y"]}),
            vec![
                "pmsResourceIds[1]: the PMS has sent no such id",
                "pmsResourceIds[2]: the PMS has sent no such id",
            ],
        ),
        (
            "practitioners",
            json!({"name": "N", "pmsResourceIds": "R"}),
            vec!["pmsResourceIds: must be an array, not \"R\""],
        ),
        (
            "appointmentTypes",
            json!({"name": "N", "lengthMinutes": 0}),
            vec!["lengthMinutes: must be 1 to 1440 minutes, or null for the PMS's own"],
        ),
        (
            "appointmentTypes",
            json!({"name": "N", "pmsAppointmentTypeIds": ["X"]}),
            vec!["pmsAppointmentTypeIds[0]: the PMS has sent no such id"],
        ),
    ] {
        let answer = app.admin("POST", &format!("{practice}/{path}"), body).await;
        assert_eq!(problem(&answer, 400), faults);
    }
    for list in ["practitioners", "appointmentTypes"] {
        let list = app
            .admin("GET", &format!("{practice}/{list}"), Value::Null)
            .await
            .expect(200);
        assert_eq!(list, json!({"data": []}));
    }
}

#[tokio::test]
async fn a_resource_has_one_practitioner_and_a_practitioner_may_have_several() {
    let clinic = Clinic::new().await;
    let first = format!("/practitioners/{}", clinic.practitioners[0]);
    let both = json!({"pmsResourceIds": ["12345", "12346"]});
    clinic.admin("PATCH", &first, both).await.expect(200);
    let list = clinic
        .admin("GET", "/practitioners", Value::Null)
        .await
        .expect(200);
    assert_eq!(list["data"][0]["pmsResourceIds"], json!(["12345", "12346"]));
    assert_eq!(list["data"][1]["pmsResourceIds"], json!([]));
    // One start is offered once, and can be booked as often as there are resources.
    assert_eq!(clinic.starts().await.len(), 14);
    clinic.book("2026-11-24T09:00").await;
    clinic.book("2026-11-24T09:00").await;
    assert_eq!(clinic.try_book("2026-11-24T09:00").await.status, 409);
}

#[tokio::test]
async fn what_the_pms_has_deleted_is_listed_as_such_conf_1_conf_2() {
    let clinic = Clinic::new().await;
    clinic
        .pms("POST", "/config/pmsResources/snapshot", json!([]))
        .await
        .expect(200);
    clinic
        .pms("POST", "/config/pmsAppointmentTypes/snapshot", json!([]))
        .await
        .expect(200);
    for list in ["/pmsResources", "/pmsAppointmentTypes"] {
        let list = clinic.admin("GET", list, Value::Null).await.expect(200);
        let rows = list["data"].as_array().unwrap();
        assert!(
            !rows.is_empty() && rows.iter().all(|row| row["live"] == false),
            "{list}"
        );
    }
}
