//! A practice with an integration and free times, on a running server.

use super::Server;
use serde_json::{Value, json};

/// A practice that can be booked.
pub(crate) struct Practice {
    pub(crate) id: i64,
    pub(crate) api_key: String,
    pub(crate) practice_key: String,
    pub(crate) webhook_secret: String,
    pub(crate) practitioner: i64,
    pub(crate) kind: i64,
}

impl Practice {
    /// Makes one in a zone, free on a day from 09:00 to 17:00 for types of half an hour.
    pub(crate) fn new(server: &Server, token: &str, zone: &str, day: &str) -> Self {
        let post = |path: &str, body: Value| {
            let path = format!("/admin-api/v1{path}");
            let (status, answer) = server.call("POST", &path, token, &body.to_string());
            assert_eq!(status, 201, "{answer}");
            answer
        };
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let consumer = json!({"name": "Vendor", "contactEmail": "dev@vendor.example"});
        let consumer = post("/consumers", consumer);
        let practice = json!({"name": "Practice", "timezone": zone, "autoPublish": true});
        let practice = post("/practices", practice);
        let id = practice["practiceId"].as_i64().unwrap();
        let consent = json!({"consumerId": consumer["consumerId"]});
        let consent = post(&format!("/practices/{id}/consents"), consent);
        let mut made = Self {
            id,
            api_key: text(&consumer["apiKey"]),
            practice_key: text(&consent["practiceKey"]),
            webhook_secret: text(&consumer["webhookSecret"]),
            practitioner: 0,
            kind: 0,
        };
        for (path, body) in [
            (
                "/config/pmsResources/snapshot",
                json!([{"pmsResourceId": "1", "pmsResourceName": "One"}]),
            ),
            (
                "/config/pmsAppointmentTypes/snapshot",
                json!([{"pmsAppointmentTypeId": "G", "pmsAppointmentTypeName": "General",
                    "pmsAppointmentLength": 30}]),
            ),
            (
                "/availability/snapshot",
                json!({"date": day, "pmsResourceId": "1", "availability":
                    [{"start": "09:00", "end": "17:00", "slotLength": 1800}]}),
            ),
        ] {
            let (status, answer) = made.pms(server, &format!("POST {path}"), &body);
            assert_eq!(status, 200, "{answer}");
        }
        let path = format!("/booking-api/v1/practices/{id}");
        let (_, page) = server.call("GET", &path, "", "");
        let who = &page["practitioners"][0];
        made.practitioner = who["practitionerId"].as_i64().unwrap();
        made.kind = who["appointmentTypes"][0]["appointmentTypeId"]
            .as_i64()
            .unwrap();
        made
    }

    /// Calls the PMS API: method and path, and a body.
    pub(crate) fn pms(&self, server: &Server, call: &str, body: &Value) -> (u16, Value) {
        let call = call.replacen(" /", " /pms-api/v1/", 1);
        let (status, answer) = server.send(&call, &self.headers(), body.to_string().as_bytes());
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status, serde_json::from_str(body).unwrap_or_default())
    }

    fn headers(&self) -> [(&str, &str); 4] {
        // Lives as long as the test.
        let id: &'static str = Box::leak(self.id.to_string().into_boxed_str());
        [
            ("api-key", &self.api_key),
            ("practice-id", id),
            ("practice-key", &self.practice_key),
            ("content-type", "application/json"),
        ]
    }

    /// The body of a booking.
    pub(crate) fn booking(&self, start: &str, patient: &Value) -> Value {
        json!({"practiceId": self.id, "practitionerId": self.practitioner,
            "appointmentTypeId": self.kind, "start": start, "patient": patient})
    }
}

/// The day after the server's, in UTC.
pub(crate) fn tomorrow(server: &Server) -> jiff::civil::Date {
    let (_, clock) = server.call("GET", "/sandbox-api/v1/clock", "", "");
    let now: jiff::Timestamp = clock["now"].as_str().unwrap().parse().unwrap();
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    day.tomorrow().unwrap()
}
