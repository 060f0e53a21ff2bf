//! Staff see where documents stand, and managers all that was done.

use crate::desk::Desk;
use crate::headers::{HOSTILE, is_harmless, is_protected};
use crate::papers::answers;
use crate::portal::signed_in;
use crate::visitor::{Visitor, between, html};
use serde_json::{Value, json};
use slotbridge_domain::document::Form;
use slotbridge_testkit::{Clinic, TestApp};

#[tokio::test]
async fn documents_stand_with_their_bookings_and_where_they_are_doc_2() {
    let clinic = Clinic::new().await;
    clinic.enable("documents").await;
    let practice = clinic.pms.practice_id;
    let (jo, _) = signed_in(&clinic.app, practice, "jo", "receptionist").await;
    let path = format!("/portal/{practice}/documents");
    let page = html(&jo.get(&path).await);
    assert!(page.contains("No documents yet"), "{page}");
    let booked = clinic.book("2026-11-24T09:00").await;
    for n in 0..51 {
        let document = json!([{"bookingId": booked.id, "pmsDocumentId": format!("D{n}"),
            "documentName": format!("{n} {HOSTILE}"), "documentFormat": "text/plain",
            "documentSize": 5}]);
        clinic
            .pms("POST", "/documents/available", document)
            .await
            .expect(200);
    }
    let seen = jo.get(&path).await;
    is_protected(&seen, "documents");
    let page = html(&seen);
    is_harmless(&page, "documents");
    assert_eq!(page.matches("The patient has not asked for it").count(), 50);
    assert!(
        page.contains("50 &#34;") && page.contains("Anna Nguyen"),
        "{page}"
    );
    let next = between(&page, "?before=", "\"").to_owned();
    let page = html(&jo.get(&format!("{path}?before={next}")).await);
    assert_eq!(page.matches("The patient has not asked for it").count(), 1);
    assert!(
        page.contains("<strong>0 ") && !page.contains("?before="),
        "{page}"
    );
    let nothing = html(&jo.get(&format!("{path}?before=x")).await);
    assert!(
        nothing.contains("?before="),
        "what makes no sense is not there"
    );
}

#[tokio::test]
async fn what_patients_send_says_whether_the_pms_has_taken_it_att_1() {
    let wants = json!({"products": ["newPatientForm"]});
    let clinic = Clinic::at(TestApp::new().await, wants).await;
    clinic.enable("attachDocuments").await;
    let practice = clinic.pms.practice_id;
    let booked = clinic.book("2026-11-24T09:00").await;
    let patient = Visitor::new(&clinic.app);
    let page = format!("/bookings/{}", booked.id);
    patient
        .get(&format!("{page}/open?token={}", booked.token))
        .await;
    let form = format!("{page}/forms/newPatientForm");
    patient.get(&form).await;
    let answer = patient.post(&form, &answers(Form::NewPatient)).await;
    assert_eq!(answer.status, 303, "{}", html(&answer));
    let (jo, _) = signed_in(&clinic.app, practice, "jo", "receptionist").await;
    let path = format!("/portal/{practice}/documents");
    let page = html(&jo.get(&path).await);
    assert!(page.contains("Waits until your PMS confirms"), "{page}");
    clinic.confirm(&booked).await;
    let page = html(&jo.get(&path).await);
    assert!(page.contains("Your PMS has yet to take it"), "{page}");
    assert!(page.contains("From the patient"), "{page}");
}

#[tokio::test]
async fn the_trail_names_who_did_what_page_by_page_book_2() {
    let clinic = Clinic::new().await;
    let desk = Desk::new(&clinic, "audit").await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let practice = clinic.pms.practice_id;
    let home = desk.path.replace("/audit", "/settings");
    for day in 1..=28 {
        for month in [3, 4] {
            let date = format!("2027-0{month}-{day:02}");
            let fields = [
                ("token", desk.token.as_str()),
                ("deed", "addHoliday"),
                ("date", &date),
                ("name", "Fair"),
            ];
            let added = desk.visitor.post_as(&home, &fields, &[crate::portal::OURS]);
            assert_eq!(added.await.status, 303);
        }
    }
    let page = desk.page().await;
    assert_eq!(page.matches("<strong>Set holidays</strong>").count(), 50);
    assert!(page.contains("\"hint\">kim, "), "staff by name: {page}");
    let last = html(&desk.visitor.get(&format!("{}?page=2", desk.path)).await);
    let link = format!("/portal/{practice}/bookings/{}", booked.id);
    assert!(last.contains(&link), "{last}");
    let nothing = html(&desk.visitor.get(&format!("{}?page=99", desk.path)).await);
    assert!(nothing.contains("Nothing on this page"), "{nothing}");
    for nonsense in ["0", "-3", "x", "99999999999999999999"] {
        let place = format!("{}?page={nonsense}", desk.path);
        assert_eq!(desk.visitor.get(&place).await.status, 200, "{nonsense}");
    }
}

#[tokio::test]
async fn what_the_pms_and_staff_wrote_is_text_in_the_trail() {
    let clinic = Clinic::new().await;
    let desk = Desk::new(&clinic, "audit").await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let reject = json!({"reason": HOSTILE});
    clinic
        .say(&booked, "rejectInsert", reject)
        .await
        .expect(200);
    let other = clinic.admin("GET", "/audit", Value::Null).await.expect(200);
    assert!(other.to_string().contains("onerror"), "the note is there");
    let page = desk.page().await;
    is_harmless(&page, "audit");
    assert!(page.contains("onerror"), "{page}");
}
