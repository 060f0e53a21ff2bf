//! A hub in the midst of its work: something in every table, a booking in every state.

use jiff::Timestamp;
use serde_json::{Value, json};
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::PracticeId;
use slotbridge_store::{Tx, health, manage_links, retention};
use slotbridge_testkit::{Booked, Clinic, ErrorType, TestApp, TestClock, TestDatabase};
use std::sync::Arc;

/// A hub in the midst of its work.
pub(super) struct Scene {
    pub(super) clinic: Clinic,
    /// Asked of the PMS, unanswered; its 20 seconds run.
    pub(super) requested: Booked,
    /// Booked with [`Scene::KEY`].
    pub(super) first_answer: Value,
}

/// What the outside sees of a hub.
#[derive(Debug, PartialEq)]
pub(super) struct Seen(Vec<(String, Value)>);

impl Scene {
    pub(super) const KEY: &str = "once";

    pub(super) async fn play(database: TestDatabase, clock: Arc<TestClock>) -> Self {
        let app = TestApp::on(database, clock, false).await;
        let clinic = Clinic::on(app).await;
        clinic.app.practice(json!({"name": "Another"})).await;
        let hours: serde_json::Map<String, Value> = [
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        ]
        .into_iter()
        .map(|day| (day.to_owned(), json!([{"start": "08:00", "end": "18:00"}])))
        .collect();
        clinic
            .pms(
                "POST",
                "/config/livenessContract",
                json!({ "liveHours": hours }),
            )
            .await
            .expect(200);

        // Silent for a while, and well again.
        let holiday = json!({"data": [{"date": "2026-12-24", "name": "Christmas Eve"}]});
        clinic.admin("PUT", "/holidays", holiday).await.expect(200);
        clinic.app.advance(0).await;
        clinic.app.advance(601).await;
        clinic.poll().await;

        let (rejected, confirmed) = (at(&clinic, "09:00").await, at(&clinic, "09:30").await);
        clinic
            .say(&rejected, "rejectInsert", json!({}))
            .await
            .expect(200);
        clinic.confirm(&confirmed).await;
        clinic.ask_for_changes(&confirmed).await;
        let standing = at(&clinic, "10:00").await;
        let (cancelled, kept) = (at(&clinic, "10:30").await, at(&clinic, "11:00").await);
        let taken_back = at(&clinic, "11:30").await;
        clinic.app.advance(21).await;
        assert_eq!(clinic.status(&standing).await, "confirmed");
        for booked in [&cancelled, &kept, &taken_back] {
            clinic.confirm(booked).await;
        }
        clinic.cancel(&cancelled).await;
        clinic.cancel(&kept).await;
        clinic
            .say(&taken_back, "cancel", json!({}))
            .await
            .expect(200);
        for update in clinic.list("bookingUpdates").await {
            if update["bookingId"] == kept.id {
                let path = format!("/bookings/{}/rejectUpdate/{}", kept.id, update["requestId"]);
                clinic
                    .pms("POST", &path, json!({"reason": "no"}))
                    .await
                    .expect(200);
            }
        }
        assert!(!clinic.attention().await.is_empty());

        let mut held = clinic.booking(&start("13:00"));
        for field in ["patient", "reason", "isNewPatient"] {
            held.as_object_mut().unwrap().remove(field);
        }
        clinic.app.patient("POST", "/holds", held).await.expect(201);
        clinic.app.advance(5).await;
        let requested = at(&clinic, "14:00").await;
        // What is free before is offered.
        let wish = json!({"anyPractitioner": true});
        clinic
            .mine(&requested, "POST", "/waitlist", wish)
            .await
            .expect(201);
        clinic.app.advance(0).await;
        let first_answer = book_once(&clinic).await;
        exchange_documents(&clinic, &confirmed).await;
        call_back(&clinic).await;
        remind(&clinic).await;
        staff(&clinic).await;
        // As a night leaves it.
        let practice = PracticeId::new(clinic.pms.practice_id).unwrap();
        let night = |tx: &mut Tx<'_>| {
            health::set_late(tx, Feature::Documents, true)?;
            manage_links::count(tx, &[7; 32], "2026-11-23", 1)?;
            Ok(retention::gone_through(tx, Timestamp::UNIX_EPOCH)?)
        };
        clinic.app.hub.write(practice, night).await.unwrap();
        clinic.app.hub.flush_contacts().await.unwrap();
        Self {
            clinic,
            requested,
            first_answer,
        }
    }

    /// The same scene with the hub on another database.
    pub(super) async fn moved_to(&self, database: TestDatabase) -> Clinic {
        let clock = TestClock::new();
        clock.set(self.clinic.app.now());
        Clinic {
            app: TestApp::on(database, clock, false).await,
            pms: self.clinic.pms.clone(),
            practitioners: self.clinic.practitioners.clone(),
            appointment_type: self.clinic.appointment_type,
        }
    }
}

/// A client snapshot, a reminder out of it, and a patient who wants no more.
async fn remind(clinic: &Clinic) {
    let products = json!({"products": ["reminders"]});
    clinic.admin("PATCH", "", products).await.expect(200);
    let enable = "/features/clientSnapshots/enable";
    clinic.pms("POST", enable, Value::Null).await.expect(200);
    let day = slotbridge_testkit::clinic::DAY;
    let snapshot = json!({
        "date": day, "dateType": "appt_datetime",
        "locations": [{"pmsLocationId": "L", "pmsLocationName": "Main",
            "pmsLocationStatus": "active"}],
        "practitioners": [], "appointmentTypes": [],
        "appointments": [{"pmsAppointmentId": "R1", "pmsPatientId": "P",
            "pmsPractitionerId": "D", "pmsAppointmentTypeId": "T",
            "pmsAppointmentCreationTime": "2026-11-01 10:00:00",
            "pmsAppointmentTime": format!("{day} 10:30:00"), "pmsAppointmentLength": 15,
            "pmsAppointmentStatus": "booked"}],
        "patients": [{"pmsPatientId": "P", "pmsPatientFirstname": "Zora",
            "pmsPatientLastname": "Quint", "pmsPatientPhoneMobile": "0491570156",
            "pmsPatientSmsConsent": true, "pmsPatientCreationTime": "2020-01-01 00:00:00"}],
    });
    let sent = clinic.pms("POST", "/clientSnapshot", snapshot).await;
    sent.expect(200);
    clinic.app.advance(0).await;
    let messages = clinic.admin("GET", "/messages", Value::Null).await;
    let messages = messages.expect(200);
    let mut messages = messages["data"].as_array().unwrap().iter();
    let reminder = messages.find(|one| one["kind"] == "reminder");
    let text = reminder.unwrap()["text"].as_str().unwrap();
    let token = json!({"token": text.split_whitespace().last()});
    let path = "/reminders/unsubscribe";
    clinic.app.patient("POST", path, token).await.expect(204);
}

/// Somebody on the staff who is signed in, somebody who has yet to use their link, and somebody who
/// has mistyped.
async fn staff(clinic: &Clinic) {
    let (app, practice) = (&clinic.app, clinic.pms.practice_id);
    let member = app.member(practice, "kim", "manager").await;
    app.take_on(practice, "jo", "receptionist").await;
    let wrong = app.sign_in(&member.email, "teal otters", "000000").await;
    assert!(wrong.is_err());
}

/// A document of the PMS, and one of the patient's.
async fn exchange_documents(clinic: &Clinic, booked: &Booked) {
    clinic.enable("documents").await;
    clinic.enable("attachDocuments").await;
    let available = json!([{
        "bookingId": booked.id, "pmsDocumentId": "D1", "documentType": "referral",
        "documentName": "Referral", "documentDescription": "Heart",
        "documentFormat": "application/pdf", "documentSize": 19,
        "createdAt": "2026-11-22 01:02:03", "updatedAt": "2026-11-22 04:05:06",
    }]);
    clinic
        .pms("POST", "/documents/available", available)
        .await
        .expect(200);
    let file = json!({"kind": "referral", "fileName": "referral.pdf",
        "content": "JVBERi0xLjcgYSByZWZlcnJhbA=="});
    clinic
        .mine(booked, "POST", "/attachments", file)
        .await
        .expect(201);
}

/// A callback that is tried, and fails.
async fn call_back(clinic: &Clinic) {
    let subscription =
        json!({"topic": "requests.*", "callbackUrl": "https://vendor.example/callback"});
    clinic
        .pms("POST", "/subscription", subscription)
        .await
        .expect(201);
    clinic.app.receiver.fail(ErrorType::Timeout);
    let ask = json!({"type": "pmsResources"});
    clinic.admin("POST", "/requests", ask).await.expect(201);
    clinic.app.hub.settle_deliveries().await.unwrap();
}

fn start(time: &str) -> String {
    format!("{}T{time}", slotbridge_testkit::clinic::DAY)
}

pub(super) async fn at(clinic: &Clinic, time: &str) -> Booked {
    clinic.book(&start(time)).await
}

/// Books a time of its own with an Idempotency-Key, the first time or again.
pub(super) async fn book_once(clinic: &Clinic) -> Value {
    let headers = [("idempotency-key".to_owned(), Scene::KEY.to_owned())];
    let body = clinic.booking(&start("15:00"));
    let path = "/booking-api/v1/bookings";
    clinic
        .app
        .call("POST", path, &headers, &body)
        .await
        .expect(201)
}

/// What PMS, staff and patients see.
pub(super) async fn seen(clinic: &Clinic) -> Seen {
    let mut seen = Vec::new();
    for list in [
        "",
        "/bookings",
        "/bookingUpdates",
        "/availability",
        "/pmsAppointmentChanges",
    ] {
        let path = format!("/requests{list}");
        seen.push((
            path.clone(),
            clinic.pms("GET", &path, Value::Null).await.json(),
        ));
    }
    for path in [
        "/audit",
        "/attention",
        "/requests",
        "/messages",
        "/clientSnapshots",
        "/clientCatalogue",
        "/staff",
        "/bookings?from=2026-11-01&to=2026-11-30",
    ] {
        let answer = clinic.admin("GET", path, Value::Null).await;
        seen.push((path.to_owned(), answer.expect(200)));
    }
    seen.push(("starts".to_owned(), json!(clinic.starts().await)));
    Seen(seen)
}

/// How often something has happened to a booking.
pub(super) async fn times(clinic: &Clinic, booked: &Booked, action: &str) -> usize {
    let path = format!("/audit?bookingId={}", booked.id);
    let trail = clinic.admin("GET", &path, Value::Null).await.expect(200);
    let entries = trail["data"].as_array().unwrap().iter();
    entries.filter(|entry| entry["action"] == action).count()
}
