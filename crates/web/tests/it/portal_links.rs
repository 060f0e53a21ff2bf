//! What the PMS sent is linked to what patients book, by managers.

use crate::desk::Desk;
use crate::headers::{HOSTILE, is_harmless, is_protected};
use crate::portal::signed_in;
use crate::visitor::{between, html};
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, TestApp};

/// A practice that links by hand, with a resource and a type of the PMS.
async fn by_hand() -> Clinic {
    let clinic = Clinic::new().await;
    let change = json!({"autoPublish": false});
    clinic.admin("PATCH", "", change).await.expect(200);
    let resources = json!([
        {"pmsResourceId": "12345", "pmsResourceName": "Doctor Do Good"},
        {"pmsResourceId": "12346", "pmsResourceName": "Doctor John Doe"},
        {"pmsResourceId": "N1", "pmsResourceName": "Nurse Wei Chen"},
    ]);
    clinic
        .pms("POST", "/config/pmsResources/snapshot", resources)
        .await
        .expect(200);
    clinic
}

async fn public(clinic: &Clinic) -> Value {
    let path = format!("/practices/{}", clinic.pms.practice_id);
    let answer = clinic.app.patient("GET", &path, Value::Null).await;
    answer.expect(200).clone()
}

fn of_public(page: &Value) -> Vec<String> {
    let all = page["practitioners"].as_array().unwrap().iter();
    all.map(|who| who["name"].as_str().unwrap().to_owned())
        .collect()
}

const ADD: &[(&str, &str)] = &[("which", "practitioner"), ("deed", "add"), ("pms", "N1")];

#[tokio::test]
async fn what_is_not_linked_stands_on_top_and_one_press_makes_it_bookable_once_conf_1() {
    let clinic = by_hand().await;
    let desk = Desk::new(&clinic, "links").await;
    let page = desk.page().await;
    let (top, rest) = page.split_once("id=\"practitioners\"").unwrap();
    assert!(top.contains("Nurse Wei Chen") && top.contains("Number N1 in your PMS"));
    assert!(!top.contains("<strong>Doctor") && rest.contains("Doctor Do Good"));
    let page = desk.pressed(ADD).await;
    assert!(
        page.contains("All that your PMS has sent is linked."),
        "{page}"
    );
    let before = clinic.app.database.content();
    desk.pressed(ADD).await;
    assert_eq!(clinic.app.database.content(), before, "pressed twice");
    assert!(of_public(&public(&clinic).await).contains(&"Nurse Wei Chen".to_owned()));
}

#[tokio::test]
async fn unlinked_its_times_vanish_and_linked_again_they_are_back() {
    let clinic = by_hand().await;
    clinic.book("2026-11-24T09:00").await;
    let desk = Desk::new(&clinic, "links").await;
    let good = clinic.practitioners[0].to_string();
    let unlink = [
        ("which", "practitioner"),
        ("deed", "unlink"),
        ("pms", "12345"),
    ];
    let page = desk.pressed(&unlink).await;
    assert!(page.contains("Not linked to your PMS"), "{page}");
    assert_eq!(of_public(&public(&clinic).await), ["Doctor John Doe"]);
    assert_eq!(clinic.list("bookings").await.len(), 1, "bookings stay");
    let link = [
        ("which", "practitioner"),
        ("deed", "link"),
        ("pms", "12345"),
        ("id", &good),
    ];
    let page = desk.pressed(&link).await;
    assert!(!page.contains("Not linked to your PMS"), "{page}");
    assert_eq!(of_public(&public(&clinic).await).len(), 2);
}

#[tokio::test]
async fn switching_off_asks_with_its_consequences_and_can_be_undone() {
    let clinic = by_hand().await;
    clinic.book("2026-11-24T09:00").await;
    let desk = Desk::new(&clinic, "links").await;
    let good = clinic.practitioners[0].to_string();
    let kind = clinic.appointment_type.to_string();
    for (which, id, left) in [("practitioner", &good, 1), ("type", &kind, 0)] {
        let off = [("which", which), ("deed", "off"), ("id", id)];
        let before = clinic.app.database.content();
        let asked = html(&desk.press(&off).await);
        assert!(asked.contains("vanish from the public page"), "{asked}");
        assert!(asked.contains("Bookings that are made already stand"));
        assert_eq!(clinic.app.database.content(), before, "asking does nothing");
        let sure = [off[0], off[1], off[2], ("sure", "yes")];
        let page = desk.pressed(&sure).await;
        assert!(page.contains("Switched off"), "{page}");
        assert_eq!(of_public(&public(&clinic).await).len(), left);
        assert_eq!(clinic.list("bookings").await.len(), 1);
        let page = desk.pressed(&[off[0], ("deed", "on"), off[2]]).await;
        assert!(!page.contains("Switched off"), "{page}");
        assert_eq!(of_public(&public(&clinic).await).len(), 2);
    }
}

#[tokio::test]
async fn what_patients_read_is_changed_and_faults_stand_beside_their_field() {
    let clinic = by_hand().await;
    let desk = Desk::new(&clinic, "links").await;
    let kind = clinic.appointment_type.to_string();
    let details = |name, length| {
        [
            ("which", "type"),
            ("deed", "details"),
            ("id", kind.as_str()),
            ("name", name),
            ("length", length),
        ]
    };
    let refused = desk.press(&details(" ", "soon")).await;
    assert_eq!(refused.status, 400);
    let page = html(&refused);
    assert!(page.contains(&format!("id=\"name-{kind}-error\">Enter a name.")));
    assert!(page.contains("Enter whole minutes from 1 to 1440") && page.contains("value=\"soon\""));
    desk.pressed(&details("Check-up", "45")).await;
    let seen = public(&clinic).await;
    let first = &seen["practitioners"][0]["appointmentTypes"][0];
    assert_eq!(first["name"], "Check-up");
    let followed = desk.pressed(&details("Check-up", "")).await;
    assert!(followed.contains("Check-up"), "{followed}");
    let good = clinic.practitioners[0].to_string();
    let same = [
        ("which", "practitioner"),
        ("deed", "details"),
        ("id", &good),
        ("name", "Doctor Do Good"),
    ];
    desk.pressed(&same).await;
    let resources = json!([{"pmsResourceId": "12345", "pmsResourceName": "Professor Do Good"}]);
    clinic
        .pms("POST", "/config/pmsResources/snapshot", resources)
        .await
        .expect(200);
    let page = desk.page().await;
    assert!(
        page.contains("<h3>Professor Do Good</h3>"),
        "saved as it was, it follows the PMS"
    );
}

#[tokio::test]
async fn what_is_not_there_is_not_linked() {
    let clinic = by_hand().await;
    let other = Clinic::on(TestApp::new().await).await;
    let desk = Desk::new(&clinic, "links").await;
    let foreign = (other.practitioners[0] + 100_000_000).to_string();
    let kind = clinic.appointment_type.to_string();
    let before = clinic.app.database.content();
    for (pms, id, deed) in [
        ("nobody", kind.as_str(), "add"),
        ("N1", "x", "link"),
        ("N1", "7", "link"),
        ("N1", &foreign, "link"),
        ("N1", &kind, "link"),
        ("N1", &kind, "off"),
        ("N1", "1", "nonsense"),
    ] {
        let fields = [
            ("which", "practitioner"),
            ("deed", deed),
            ("pms", pms),
            ("id", id),
            ("sure", "yes"),
        ];
        let answer = desk.press(&fields).await;
        assert!(answer.status.is_client_error(), "{deed} {pms} {id}");
    }
    assert_eq!(clinic.app.database.content(), before);
}

#[tokio::test]
async fn whatever_the_pms_sends_is_text_and_an_empty_page_says_what_to_do() {
    let clinic = by_hand().await;
    let resources = json!([
        {"pmsResourceId": "12345", "pmsResourceName": HOSTILE},
        {"pmsResourceId": "\"'><img src=x>", "pmsResourceName": format!("2{HOSTILE}")},
    ]);
    let types = json!([
        {"pmsAppointmentTypeId": "G1235", "pmsAppointmentTypeName": HOSTILE},
        {"pmsAppointmentTypeId": "T2", "pmsAppointmentTypeName": format!("2{HOSTILE}"),
         "pmsResourceId": "12345"},
    ]);
    for (path, body) in [("pmsResources", resources), ("pmsAppointmentTypes", types)] {
        let path = format!("/config/{path}/snapshot");
        clinic.pms("POST", &path, body).await.expect(200);
    }
    let desk = Desk::new(&clinic, "links").await;
    let seen = desk.visitor.get(&desk.path).await;
    is_protected(&seen, "links");
    let page = html(&seen);
    is_harmless(&page, "links");
    assert!(page.matches("onerror").count() >= 6, "{page}");
    let id = between(&page, "id=\"type-", "\"").to_owned();
    let fields = [
        ("which", "type"),
        ("deed", "details"),
        ("id", &id),
        ("name", HOSTILE),
        ("length", HOSTILE),
    ];
    is_harmless(&html(&desk.press(&fields).await), "a fault");
    let empty = clinic.app.practice(json!({"name": "New"})).await;
    let (visitor, _) = signed_in(&clinic.app, empty, "lee", "manager").await;
    let page = html(&visitor.get(&format!("/portal/{empty}/links")).await);
    assert!(page.contains("Your PMS has sent nothing yet"), "{page}");
    assert!(
        page.contains(&format!("/portal/{empty}/consents")),
        "{page}"
    );
}
