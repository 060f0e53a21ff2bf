//! A linked practice with two doctors, a type and free times: where most tests begin.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on ends here"
)]

use crate::app::{Answer, Pms, TestApp};
use serde_json::{Value, json};
use slotbridge_domain::{ids, request::RequestType};
use slotbridge_store::requests::{self, Target};

/// A practice in Sydney on Monday 2026-11-23, 11:00 in the morning (00:00 UTC), with the resources
/// `12345` and `12346`, the type `G1235` of 30 minutes for all, and free times 09:00-12:00 and
/// 13:00-17:00 in slots of 30 minutes on Tuesday 2026-11-24 for both.
pub struct Clinic {
    /// The hub.
    pub app: TestApp,
    /// The integration.
    pub pms: Pms,
    /// The practitioners, in the order of the resources.
    pub practitioners: Vec<i64>,
    /// The appointment type.
    pub appointment_type: i64,
}

/// The day that has free times.
pub const DAY: &str = "2026-11-24";

/// A booking that was made.
#[derive(Clone, Debug)]
pub struct Booked {
    /// Its id.
    pub id: i64,
    /// The patient's token.
    pub token: String,
}

/// The patient of most tests.
#[must_use]
pub fn patient() -> Value {
    json!({
        "firstname": "Anna", "lastname": "Nguyen", "dob": "1984-02-29",
        "phone": "0412 345 678", "email": "anna@example.com",
    })
}

/// A day's snapshot with the usual free times.
#[must_use]
pub fn snapshot(resource: &str, date: &str) -> Value {
    json!({
        "date": date, "pmsResourceId": resource,
        "availability": [
            {"start": "09:00", "end": "12:00", "slotLength": 1800},
            {"start": "13:00", "end": "17:00", "slotLength": 1800},
        ],
    })
}

impl Clinic {
    /// Makes it.
    pub async fn new() -> Self {
        Self::on(TestApp::new().await).await
    }

    /// Makes it for races ([`TestApp::raced`]).
    pub async fn raced() -> Self {
        Self::on(TestApp::raced().await).await
    }

    /// Makes it on a hub that runs already.
    ///
    /// # Panics
    /// A call of the set-up is refused.
    pub async fn on(app: TestApp) -> Self {
        Self::at(app, json!({})).await
    }

    /// The same practice in Perth, where it is 08:00 in the morning.
    pub async fn perth(app: TestApp) -> Self {
        Self::at(app, json!({"timezone": "Australia/Perth", "state": "WA"})).await
    }

    /// The same practice with other details.
    ///
    /// # Panics
    /// A call of the set-up is refused.
    pub async fn at(app: TestApp, details: Value) -> Self {
        let pms = app.link(details).await;
        let resources = json!([
            {"pmsResourceId": "12345", "pmsResourceName": "Doctor Do Good",
             "pmsPractitionerTitle": "Doctor"},
            {"pmsResourceId": "12346", "pmsResourceName": "Doctor John Doe"},
        ]);
        let types = json!([{
            "pmsAppointmentTypeId": "G1235", "pmsAppointmentTypeName": "General Appointment",
            "pmsAppointmentLength": "30",
        }]);
        app.pms(&pms, "POST", "/config/pmsResources/snapshot", resources)
            .await
            .expect(200);
        app.pms(&pms, "POST", "/config/pmsAppointmentTypes/snapshot", types)
            .await
            .expect(200);
        for resource in ["12345", "12346"] {
            let body = snapshot(resource, DAY);
            app.pms(&pms, "POST", "/availability/snapshot", body)
                .await
                .expect(200);
        }
        let path = format!("/practices/{}", pms.practice_id);
        let page = app.patient("GET", &path, Value::Null).await.expect(200);
        let practitioners = page["practitioners"].as_array().expect("practitioners");
        let appointment_type = practitioners[0]["appointmentTypes"][0]["appointmentTypeId"]
            .as_i64()
            .expect("a type");
        let id = |who: &Value| who["practitionerId"].as_i64().expect("an id");
        let practitioners = practitioners.iter().map(id).collect();
        Self {
            app,
            pms,
            practitioners,
            appointment_type,
        }
    }

    /// Calls the PMS API as the integration.
    pub async fn pms(&self, method: &str, path: &str, body: Value) -> Answer {
        self.app.pms(&self.pms, method, path, body).await
    }

    /// Calls the admin API below the practice.
    pub async fn admin(&self, method: &str, path: &str, body: Value) -> Answer {
        let path = format!("/practices/{}{path}", self.pms.practice_id);
        self.app.admin(method, &path, body).await
    }

    /// The body of a booking with the first practitioner; `start` in practice time, such as
    /// `2026-11-24T09:00`.
    #[must_use]
    pub fn booking(&self, start: &str) -> Value {
        json!({
            "practiceId": self.pms.practice_id, "practitionerId": self.practitioners[0],
            "appointmentTypeId": self.appointment_type, "start": format!("{start}:00+11:00"),
            "patient": patient(), "reason": "Cough", "isNewPatient": true,
        })
    }

    /// Tries to book.
    pub async fn try_book(&self, start: &str) -> Answer {
        self.app
            .patient("POST", "/bookings", self.booking(start))
            .await
    }

    /// Books.
    ///
    /// # Panics
    /// It is refused.
    pub async fn book(&self, start: &str) -> Booked {
        let made = self.try_book(start).await.expect(201);
        Booked {
            id: made["bookingId"].as_i64().expect("an id"),
            token: made["manageToken"].as_str().expect("a token").to_owned(),
        }
    }

    /// The starts that are offered with the first practitioner on the day, as `HH:MM`.
    ///
    /// # Panics
    /// The search is refused.
    pub async fn starts(&self) -> Vec<String> {
        let path = format!(
            "/practices/{}/slots?from={DAY}&to={DAY}&practitionerId={}",
            self.pms.practice_id, self.practitioners[0]
        );
        let found = self
            .app
            .patient("GET", &path, Value::Null)
            .await
            .expect(200);
        let slots = found["slots"].as_array().expect("slots");
        slots
            .iter()
            .map(|slot| slot["start"].as_str().expect("a start")[11..16].into())
            .collect()
    }

    /// What a list of requests holds.
    ///
    /// # Panics
    /// The list is refused.
    pub async fn list(&self, name: &str) -> Vec<Value> {
        let page = self
            .pms("GET", &format!("/requests/{name}"), Value::Null)
            .await
            .expect(200);
        page["data"].as_array().expect("data").clone()
    }

    /// What `GET /requests` answers.
    ///
    /// # Panics
    /// It is refused.
    pub async fn poll(&self) -> Vec<String> {
        let types = self.pms("GET", "/requests", Value::Null).await.expect(200);
        let names = types.as_array().expect("a list").iter();
        names
            .map(|name| name.as_str().expect("a name").to_owned())
            .collect()
    }

    /// Where a booking stands for its patient.
    ///
    /// # Panics
    /// The booking is not shown.
    pub async fn status(&self, booked: &Booked) -> String {
        let path = format!("/bookings/{}", booked.id);
        let shown = self
            .app
            .manage(&booked.token, "GET", &path, Value::Null)
            .await
            .expect(200);
        shown["status"].as_str().expect("a status").to_owned()
    }

    /// The PMS's answer or news on a booking: `confirmInsert`, `cancel` and so on.
    pub async fn say(&self, booked: &Booked, what: &str, body: Value) -> Answer {
        self.pms("POST", &format!("/bookings/{}/{what}", booked.id), body)
            .await
    }

    /// The PMS confirms the insert.
    ///
    /// # Panics
    /// It is refused.
    pub async fn confirm(&self, booked: &Booked) {
        let body = json!({"pmsAppointmentIds": ["A1"], "pmsPatientId": "P1"});
        self.say(booked, "confirmInsert", body).await.expect(200);
    }

    /// The patient cancels.
    ///
    /// # Panics
    /// It is refused.
    pub async fn cancel(&self, booked: &Booked) {
        let path = format!("/bookings/{}/cancel", booked.id);
        self.app
            .manage(&booked.token, "POST", &path, json!({}))
            .await
            .expect(200);
    }

    /// What needs the practice's attention: kind and booking.
    ///
    /// # Panics
    /// The list is refused.
    pub async fn attention(&self) -> Vec<(String, i64)> {
        let list = self
            .admin("GET", "/attention", Value::Null)
            .await
            .expect(200);
        let item = |item: &Value| {
            (
                item["kind"].as_str().expect("a kind").into(),
                item["bookingId"].as_i64().expect("id"),
            )
        };
        list["data"]
            .as_array()
            .expect("data")
            .iter()
            .map(item)
            .collect()
    }

    /// The integration promises to be there at no time: whatever it does, it is never unhealthy,
    /// and nothing is due for it.
    ///
    /// # Panics
    /// It is refused.
    pub async fn promise_nothing(&self) {
        let never = json!({"liveHours": {}});
        self.pms("POST", "/config/livenessContract", never)
            .await
            .expect(200);
        self.app.advance(0).await;
    }

    /// Asks the PMS whether a booking's appointment changed.
    ///
    /// # Panics
    /// The store refuses it.
    pub async fn ask_for_changes(&self, booked: &Booked) {
        let booking = ids::BookingId::new(booked.id).expect("a booking");
        self.ask(RequestType::PmsAppointmentChanges, Target::Booking(booking))
            .await;
    }

    /// Enables an extra feature.
    ///
    /// # Panics
    /// It is refused.
    pub async fn enable(&self, feature: &str) {
        let path = format!("/features/{feature}/enable");
        self.pms("POST", &path, Value::Null).await.expect(200);
    }

    /// Calls the booking API below a booking, as its patient.
    pub async fn mine(&self, booked: &Booked, method: &str, path: &str, body: Value) -> Answer {
        let path = format!("/bookings/{}{path}", booked.id);
        self.app.manage(&booked.token, method, &path, body).await
    }

    /// Leaves a request outstanding, whatever usually raises it.
    ///
    /// # Panics
    /// The store refuses it.
    pub async fn ask(&self, kind: RequestType, target: Target) {
        let practice = ids::PracticeId::new(self.pms.practice_id).expect("a practice");
        let raise = move |tx: &mut slotbridge_store::Tx<'_>| {
            requests::raise(tx, kind, &target)?;
            Ok(())
        };
        self.app
            .hub
            .write(practice, raise)
            .await
            .expect("a request");
    }
}
