//! A manager's forms with the ids of another practice: refused as unknown, and nothing changes.

use crate::desk::Desk;
use crate::visitor::{between, html};
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, Pms};

/// Another practice of the same hub, with one of each thing that has an id.
struct Other {
    pms: Pms,
    practitioner: String,
    kind: String,
    booking: i64,
    staff: String,
}

/// A form that is sent: the page, what it is answered with, and its fields.
type Form<'f> = (&'f str, u16, &'f [(&'f str, &'f str)]);

/// Its resource and type are called otherwise than the clinic's.
async fn other(clinic: &Clinic) -> Other {
    let app = &clinic.app;
    let pms = app.link(json!({"name": "Other"})).await;
    let say = async |path: &str, body: Value| app.pms(&pms, "POST", path, body).await.expect(200);
    let resources = json!([{"pmsResourceId": "X9", "pmsResourceName": "Doctor Elsewhere"}]);
    say("/config/pmsResources/snapshot", resources).await;
    let types = json!([{
        "pmsAppointmentTypeId": "T9", "pmsAppointmentTypeName": "Elsewhere",
        "pmsAppointmentLength": "30",
    }]);
    say("/config/pmsAppointmentTypes/snapshot", types).await;
    let times = slotbridge_testkit::clinic::snapshot("X9", "2026-11-24");
    say("/availability/snapshot", times).await;
    let path = format!("/practices/{}", pms.practice_id);
    let page = app.patient("GET", &path, Value::Null).await.expect(200);
    let who = page.pointer("/practitioners/0/practitionerId").unwrap();
    let kind = page
        .pointer("/practitioners/0/appointmentTypes/0/appointmentTypeId")
        .unwrap();
    let Value::Object(mut body) = clinic.booking("2026-11-24T09:00") else {
        panic!("a booking is an object")
    };
    body.insert("practiceId".into(), json!(pms.practice_id));
    body.insert("practitionerId".into(), who.clone());
    body.insert("appointmentTypeId".into(), kind.clone());
    let booked = app
        .patient("POST", "/bookings", body.into())
        .await
        .expect(201);
    let holidays = json!({"data": [{"date": "2027-03-01", "name": "Show day"}]});
    let path = format!("/practices/{}/holidays", pms.practice_id);
    app.admin("PUT", &path, holidays).await.expect(200);
    let staff = app.member(pms.practice_id, "lee", "receptionist").await;
    Other {
        practitioner: who.to_string(),
        kind: kind.to_string(),
        booking: booked.get("bookingId").and_then(Value::as_i64).unwrap(),
        staff: staff.staff_id.to_string(),
        pms,
    }
}

#[tokio::test]
async fn forms_with_ids_of_another_practice_are_refused_as_unknown_and_change_nothing() {
    let clinic = Clinic::new().await;
    let other = other(&clinic).await;
    let desk = Desk::new(&clinic, "links").await;
    let page = html(
        &desk
            .visitor
            .get(&format!("/portal/{}/staff", clinic.pms.practice_id))
            .await,
    );
    let once = between(&page, "name=\"once\" value=\"", "\"").to_owned();
    let own = clinic.practitioners[0].to_string();
    let own_kind = clinic.appointment_type.to_string();
    let consumer = other.pms.consumer_id.to_string();
    let (who, kind, staff) = (&*other.practitioner, &*other.kind, &*other.staff);
    let before = clinic.app.database.content();
    let forms: &[Form<'_>] = &[
        (
            "links",
            404,
            &[
                ("which", "practitioner"),
                ("deed", "link"),
                ("pms", "12345"),
                ("id", who),
            ],
        ),
        (
            "links",
            404,
            &[
                ("which", "practitioner"),
                ("deed", "link"),
                ("pms", "X9"),
                ("id", &own),
            ],
        ),
        (
            "links",
            404,
            &[("which", "practitioner"), ("deed", "add"), ("pms", "X9")],
        ),
        (
            "links",
            404,
            &[("which", "practitioner"), ("deed", "unlink"), ("pms", "X9")],
        ),
        (
            "links",
            404,
            &[
                ("which", "practitioner"),
                ("deed", "details"),
                ("id", who),
                ("name", "Mine"),
            ],
        ),
        (
            "links",
            404,
            &[("which", "practitioner"), ("deed", "off"), ("id", who)],
        ),
        (
            "links",
            404,
            &[
                ("which", "practitioner"),
                ("deed", "off"),
                ("id", who),
                ("sure", "yes"),
            ],
        ),
        (
            "links",
            404,
            &[("which", "practitioner"), ("deed", "on"), ("id", who)],
        ),
        (
            "links",
            404,
            &[
                ("which", "type"),
                ("deed", "link"),
                ("pms", "G1235"),
                ("id", kind),
            ],
        ),
        (
            "links",
            404,
            &[
                ("which", "type"),
                ("deed", "link"),
                ("pms", "T9"),
                ("id", &own_kind),
            ],
        ),
        (
            "links",
            404,
            &[("which", "type"), ("deed", "add"), ("pms", "T9")],
        ),
        (
            "links",
            404,
            &[("which", "type"), ("deed", "unlink"), ("pms", "T9")],
        ),
        (
            "links",
            404,
            &[
                ("which", "type"),
                ("deed", "details"),
                ("id", kind),
                ("name", "Mine"),
                ("length", "5"),
            ],
        ),
        (
            "links",
            404,
            &[
                ("which", "type"),
                ("deed", "off"),
                ("id", kind),
                ("sure", "yes"),
            ],
        ),
        (
            "links",
            404,
            &[("which", "type"), ("deed", "on"), ("id", kind)],
        ),
        // What is gone already is what was wanted: the page comes again.
        (
            "consents",
            303,
            &[("deed", "revoke"), ("consumer", &consumer), ("sure", "yes")],
        ),
        (
            "settings",
            303,
            &[("deed", "removeHoliday"), ("date", "2027-03-01")],
        ),
        (
            "staff",
            200,
            &[("deed", "remove"), ("staff", staff), ("sure", "yes")],
        ),
        (
            "staff",
            404,
            &[("deed", "role"), ("staff", staff), ("role", "manager")],
        ),
        (
            "staff",
            404,
            &[("deed", "setUp"), ("staff", staff), ("once", &once)],
        ),
        (
            "staff",
            404,
            &[("deed", "password"), ("staff", staff), ("once", &once)],
        ),
    ];
    for (page, status, fields) in forms {
        let path = format!("/portal/{}/{page}", clinic.pms.practice_id);
        let answer = desk.press_at(&path, fields).await;
        assert_eq!(answer.status, *status, "{page} {fields:?}");
        assert!(!html(&answer).contains("Elsewhere"), "{page} {fields:?}");
        assert_eq!(clinic.app.database.content(), before, "{page} {fields:?}");
    }
    let booking = format!(
        "/portal/{}/bookings/{}",
        clinic.pms.practice_id, other.booking
    );
    for deed in ["cancel", "enteredByHand", "attended"] {
        let answer = desk
            .press_at(&booking, &[("deed", deed), ("sure", "yes")])
            .await;
        assert_eq!(answer.status, 404, "{deed}");
    }
    assert_eq!(desk.visitor.get(&booking).await.status, 404);
    assert_eq!(clinic.app.database.content(), before);
}

#[tokio::test]
async fn documents_show_nothing_of_another_practice_wherever_one_asks_to_begin() {
    let clinic = Clinic::new().await;
    let other = other(&clinic).await;
    let app = &clinic.app;
    let enable = "/features/documents/enable";
    app.pms(&other.pms, "POST", enable, Value::Null)
        .await
        .expect(200);
    let document = json!([{
        "bookingId": other.booking, "pmsDocumentId": "D1", "documentName": "Referral elsewhere",
        "documentDescription": "", "documentFormat": "application/pdf", "documentSize": 100,
    }]);
    app.pms(&other.pms, "POST", "/documents/available", document)
        .await
        .expect(200);
    let desk = Desk::new(&clinic, "documents").await;
    for before in [0, 1, 2, i64::MAX, other.booking, other.booking + 1_000_000] {
        let path = format!("{}?before={before}", desk.path);
        let page = html(&desk.visitor.get(&path).await);
        assert!(!page.contains("Referral elsewhere"), "{path}: {page}");
    }
}
