//! A person whom nobody may read of: sent down every path, found nowhere but in answers.

mod documents;
mod scan;

use crate::support::{Place, Practice, Server, tomorrow};
use flate2::write::GzEncoder;
use scan::{Scanner, files};
use serde_json::{Value, json};
use slotbridge_store::Location;
use slotbridge_testkit::database::{files_of_postgres, meddle};
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Words that stand nowhere else.
const WORDS: [&str; 15] = [
    "Zqfirstname",
    "Zqlastname",
    "zqmailbox",
    "Zqaddress",
    "Zqsuburbia",
    "Zqreason",
    "Zqappointment",
    "Zqpatientid",
    "Zqtelehealth",
    "Zqmalformed",
    "Zqurlword",
    "Zqcredential",
    "Zqpreferred",
    "Zqextrafield",
    "Zqpostsecret",
];
/// And numbers.
const NUMBERS: [&str; 4] = ["491570156", "1931-07-13", "2123456701", "Zqidempotencykey"];

fn person() -> Value {
    json!({"firstname": "Zqfirstname", "lastname": "Zqlastname", "dob": "1931-07-13",
        "phone": "0491570156", "email": "zqmailbox@example.com", "address": "1 Zqaddress St",
        "suburb": "Zqsuburbia", "state": "WA", "postcode": "6000", "gender": "Female",
        "medicareNumber": "2123456701", "medicareIrn": "1"})
}

struct Story {
    place: Place,
    server: Server,
    practice: Practice,
    token: String,
    day: String,
    /// Keys and tokens that were given out.
    secrets: Vec<String>,
    calls: AtomicUsize,
}

impl Story {
    fn new() -> Self {
        let place = Place::new();
        // Whatever any library has to say.
        // And nobody takes the mail and the SMS.
        let settings = [
            ("SLOTBRIDGE_LOG", "trace"),
            ("SLOTBRIDGE_SMTP_URL", "smtp://hub:Zqpostsecret@127.0.0.1:1"),
            ("SLOTBRIDGE_MAIL_FROM", "hub@example.com"),
            ("SLOTBRIDGE_SMS_URL", "http://127.0.0.1:1/?key=Zqpostsecret"),
            ("SLOTBRIDGE_SMS_TOKEN", "Zqpostsecret"),
        ];
        let server = place.start_with(&["--sandbox"], &settings);
        let token = place.token();
        let day = tomorrow(&server).tomorrow().unwrap().to_string();
        let practice = Practice::new(&server, &token, "Australia/Perth", &day);
        let secrets = [
            &token,
            &practice.api_key,
            &practice.practice_key,
            &practice.webhook_secret,
        ];
        let secrets = secrets.map(Clone::clone).to_vec();
        Self {
            place,
            server,
            practice,
            token,
            day,
            secrets,
            calls: AtomicUsize::new(0),
        }
    }

    /// Calls a face that takes problems, with a key of the caller's.
    fn call(&self, call: &str, token: &str, body: &Value) -> (u16, Value) {
        let bearer = format!("Bearer {token}");
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let key = format!("Zqidempotencykey{number}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("idempotency-key", &key),
            ("content-type", "application/json"),
        ];
        let (status, answer) = self
            .server
            .send(call, &headers, body.to_string().as_bytes());
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status, serde_json::from_str(body).unwrap_or_default())
    }

    fn admin(&self, call: &str, body: &Value) -> (u16, Value) {
        let below = format!(" /admin-api/v1/practices/{}/", self.practice.id);
        self.call(&call.replacen(" /", &below, 1), &self.token, body)
    }

    fn booking(&self, time: &str) -> Value {
        let mut body = self
            .practice
            .booking(&format!("{}T{time}:00+08:00", self.day), &person());
        body["reason"] = json!("Zqreason");
        body
    }

    /// Books: the id and the patient's token.
    fn book(&mut self, time: &str) -> (i64, String) {
        let (status, made) = self.call("POST /booking-api/v1/bookings", "", &self.booking(time));
        assert_eq!(status, 201, "{made}");
        let token = made["manageToken"].as_str().unwrap().to_owned();
        self.secrets.push(token.clone());
        (made["bookingId"].as_i64().unwrap(), token)
    }

    /// What works.
    fn good_paths(&mut self) {
        let hold = self.booking("09:00");
        let (status, held) = self.call("POST /booking-api/v1/holds", "", &hold);
        assert_eq!(status, 201, "{held}");
        self.secrets
            .push(held["holdId"].as_str().unwrap().to_owned());
        let confirm = json!({"pmsAppointmentIds": ["Zqappointment"], "pmsPatientId": "Zqpatientid",
            "patientAppointmentLink": "https://meet.example/Zqtelehealth",
            "patientAppointmentDescription": "Zqtelehealth"});
        let reason = json!({"reason": "Zqreason"});
        for (time, answer, body) in [
            ("09:30", "confirmInsert", &confirm),
            ("10:00", "rejectInsert", &reason),
            ("10:30", "cancel", &reason),
        ] {
            let (id, token) = self.book(time);
            let call = format!("POST /bookings/{id}/{answer}");
            let (status, told) = self.practice.pms(&self.server, &call, body);
            assert_eq!(status, 200, "{told}");
            let mine = format!("/booking-api/v1/bookings/{id}");
            assert_eq!(
                self.call(&format!("GET {mine}"), &token, &Value::Null).0,
                200
            );
            // Cancelled again, or in vain.
            self.call(&format!("POST {mine}/cancel"), &token, &reason);
            for staff in ["enteredByHand", "attended", "cancel"] {
                self.admin(&format!("POST /bookings/{id}/{staff}"), &reason);
            }
            assert_eq!(
                self.admin(&format!("GET /bookings/{id}"), &Value::Null).0,
                200
            );
        }
        self.book("11:00");
        let list = |name: &str| {
            let call = format!("GET /requests/{name}");
            self.practice.pms(&self.server, &call, &Value::Null).1
        };
        assert!(list("bookings").to_string().contains("Zqlastname"));
        for update in list("bookingUpdates")["data"].as_array().unwrap() {
            let (id, request) = (&update["bookingId"], &update["requestId"]);
            let call = format!("POST /bookings/{id}/rejectUpdate/{request}");
            self.practice.pms(&self.server, &call, &reason);
        }
        for search in [
            json!({"phone": "0491570156"}),
            json!({"lastname": "Zqlastname", "dob": "1931-07-13"}),
        ] {
            let (status, found) = self.admin("POST /bookings/search", &search);
            assert_eq!(status, 200);
            assert!(!found["data"].as_array().unwrap().is_empty());
        }
        let (_, audit) = self.admin("GET /audit", &Value::Null);
        assert!(audit.to_string().contains("Zqreason"));
        let kim = json!({"name": "Zqfirstname", "email": "zqmailbox@example.com",
            "role": "manager"});
        let (status, added) = self.admin("POST /staff", &kim);
        assert_eq!(status, 201, "{added}");
        let token = added["link"]["token"].as_str().unwrap();
        self.secrets.push(token.to_owned());
        let (_, staff) = self.admin("GET /staff", &Value::Null);
        assert!(staff.to_string().contains("zqmailbox"));
        self.call(
            "POST /sandbox-api/v1/clock",
            "",
            &json!({"advanceSeconds": 21}),
        );
    }

    /// What is refused.
    fn bad_paths(&self) {
        let refused = |(status, answer): (u16, Value)| {
            assert!((400..500).contains(&status), "{status} {answer}");
        };
        let taken = self.booking("11:00");
        refused(self.call("POST /booking-api/v1/bookings", "", &taken));
        let good = self.booking("15:00");
        for (field, value) in good["patient"].as_object().unwrap() {
            let text = format!("Zqmalformed {} Zqlastname", value.as_str().unwrap());
            for bad in [
                json!(text),
                json!([text]),
                json!({ text.as_str(): text }),
                json!("Zqlastname".repeat(2_000)),
            ] {
                let mut body = good.clone();
                body["patient"][field] = bad;
                body["holdId"] = json!("Zqcredential");
                let (status, answer) = self.call("POST /booking-api/v1/bookings", "", &body);
                // Some fields take any text.
                assert!(status < 500, "{answer}");
            }
        }
        let json = ("content-type", "application/json");
        let whole = good.to_string();
        let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(whole.as_bytes()).unwrap();
        let packed = packed.finish().unwrap();
        let wide: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for path in [
            "/booking-api/v1/bookings",
            "/booking-api/v1/holds",
            "/sandbox-api/v1/clock",
        ] {
            let call = format!("POST {path}");
            let (cut, nul) = (
                &whole[..whole.len() - 9],
                whole.replace("Zqreason", "Zqreason\\u0000"),
            );
            for (headers, body) in [
                (vec![json], cut.as_bytes()),
                (vec![json], nul.as_bytes()),
                (vec![json], &wide),
                (vec![("content-type", "text/Zqmalformed")], whole.as_bytes()),
                (
                    vec![json, ("content-encoding", "Zqmalformed")],
                    whole.as_bytes(),
                ),
                (
                    vec![json, ("content-encoding", "gzip")],
                    &packed[..packed.len() - 4],
                ),
                (vec![json, ("content-encoding", "gzip")], whole.as_bytes()),
                (
                    vec![json, ("idempotency-key", &"Zqidempotencykey".repeat(20))],
                    whole.as_bytes(),
                ),
            ] {
                let (status, answer) = self.server.send(&call, &headers, body);
                assert!(status < 500, "{answer}");
            }
        }
        for call in [
            "GET /Zqurlword",
            "GET /pms-api/v1/Zqurlword?id=Zqlastname",
            "POST /pms-api/v1/bookings/Zqurlword/confirmInsert",
            "GET /booking-api/v1/bookings/Zqurlword",
            "GET /booking-api/v1/practices?q=Zqurlword&suburb=Zqsuburbia",
            "GET /booking-api/v1/practices/1/slots?from=Zqurlword&to=1931-07-13",
            "GET /admin-api/v1/practices/Zqurlword",
            "DELETE /booking-api/v1/Zqurlword",
            "ZQCREDENTIAL /booking-api/v1/bookings",
            "ZQCREDENTIAL /Zqurlword",
            "GET /Zqurlword\u{1}",
        ] {
            let headers = [
                ("api-key", "Zqcredential"),
                ("practice-id", "Zqcredential"),
                ("practice-key", "Zqcredential"),
                ("authorization", "Bearer Zqcredential"),
                ("x-forwarded-for", "Zqcredential"),
                ("x-request-id", "Zqcredential Zqmalformed"),
                ("accept-language", "Zqmalformed"),
            ];
            let (status, _) = self.server.send(call, &headers, b"Zqmalformed");
            assert!(status < 500, "{call}: {status}");
        }
        // Another's keys, a swapped one, a truncated one.
        for key in &self.secrets {
            for key in [key.as_str(), &key[..key.len() - 3]] {
                let bearer = format!("Bearer {key}");
                let headers = [
                    ("api-key", key),
                    ("practice-key", key),
                    ("practice-id", key),
                    ("authorization", &bearer),
                ];
                self.server.send("GET /pms-api/v1/requests", &headers, b"");
                self.server
                    .send("GET /booking-api/v1/bookings/100000001", &headers, b"");
            }
        }
        let text = json!({"reason": ["Zqreason"], "pmsPatientId": {"Zqpatientid": 1},
            "pmsAppointmentIds": "Zqappointment", "phone": "Zqmalformed", "lastname": "Zqlastname"});
        for call in [
            "confirmInsert",
            "rejectInsert",
            "cancel",
            "didNotAttend",
            "rejectUpdate/1",
        ] {
            let call = format!("POST /bookings/100000001/{call}");
            self.practice.pms(&self.server, &call, &text);
            self.practice
                .pms(&self.server, &call, &json!("Zqmalformed"));
        }
        for call in [
            "bookings/search",
            "requests",
            "practitioners",
            "bookings/1/cancel",
        ] {
            refused(self.admin(&format!("POST /{call}"), &text));
        }
    }

    /// What fails through no fault of the caller.
    fn broken_paths(&self) {
        let (refuse, let_in) = match self.place.location() {
            Location::Folder(_) => (
                "CREATE TRIGGER refuse BEFORE INSERT ON bookings
                 BEGIN SELECT RAISE(ABORT, 'refused'); END",
                "DROP TRIGGER refuse",
            ),
            Location::Postgres(_) => (
                "ALTER TABLE bookings ADD CONSTRAINT refuse CHECK (false) NOT VALID",
                "ALTER TABLE bookings DROP CONSTRAINT refuse",
            ),
        };
        meddle(&self.place.location(), refuse);
        let booking = self.booking("16:00");
        let (status, answer) = self.call("POST /booking-api/v1/bookings", "", &booking);
        assert_eq!(status, 500, "{answer}");
        assert!(!answer.to_string().contains("Zq"), "{answer}");
        meddle(&self.place.location(), let_in);
    }

    /// The appointment book of the PMS, a reminder out of it, and its end.
    fn client_snapshot(&mut self) {
        let practice = format!("/admin-api/v1/practices/{}", self.practice.id);
        let products = json!({"products": ["reminders"], "reminderHours": 72});
        let (status, told) = self.call(&format!("PATCH {practice}"), &self.token, &products);
        assert_eq!(status, 200, "{told}");
        let entry = |kind: &str| {
            json!({format!("pms{kind}Id"): "Zqpatientid", format!("pms{kind}Name"): "Zqlastname",
                format!("pms{kind}Status"): "active", "more": {"deep": ["Zqextrafield"]}})
        };
        let appointment = |id: &str| {
            json!({"pmsAppointmentId": id, "pmsPatientId": "Zqpatientid",
                "pmsPractitionerId": "Zqappointment", "pmsAppointmentTypeId": "Zqpatientid",
                "pmsAppointmentCreationTime": format!("{} 08:00:00", self.day),
                "pmsAppointmentTime": format!("{} 23:30:00", self.day),
                "pmsAppointmentLength": 15, "pmsAppointmentStatus": "booked",
                "pmsLocationId": "Zqextrafield"})
        };
        let mut snapshot = json!({"date": self.day, "dateType": "appt_datetime",
            "locations": [entry("Location")], "practitioners": [entry("Practitioner")],
            "appointmentTypes": [entry("AppointmentType")],
            "appointments": [appointment("Zqappointment")],
            "patients": [{"pmsPatientId": "Zqpatientid", "pmsPatientFirstname": "Zqfirstname",
                "pmsPatientLastname": "Zqlastname", "pmsPatientPreferredName": "Zqpreferred",
                "pmsPatientPhoneMobile": "0491570156", "pmsPatientPhoneHome": "0491570156",
                "pmsPatientPhoneWork": "0491570156", "pmsPatientSmsConsent": true,
                "pmsPatientCreationTime": "2020-01-01 00:00:00",
                "pmsPatientEmail": "zqmailbox@example.com"}]});
        let send = |body: &Value| {
            self.practice
                .pms(&self.server, "POST /clientSnapshot", body)
        };
        assert_eq!(send(&snapshot).0, 403);
        let enable = "POST /features/clientSnapshots/enable";
        self.practice.pms(&self.server, enable, &Value::Null);
        assert_eq!(send(&snapshot).0, 200);
        // Twelve hours of any day have some of daytime in them.
        let hours = json!({"advanceSeconds": 12 * 3600});
        self.call("POST /sandbox-api/v1/clock", "", &hours);
        let (_, messages) = self.admin("GET /messages", &Value::Null);
        let messages = messages["data"].as_array().unwrap().clone();
        let reminder = messages.iter().find(|one| one["kind"] == "reminder");
        let reminder = reminder.unwrap();
        assert_eq!(reminder["to"], "0491570156");
        assert!(reminder["why"].is_string(), "nobody takes it: {reminder}");
        let text = reminder["text"].as_str().unwrap();
        let token = text.split_whitespace().last().unwrap().to_owned();
        assert!(token.contains("sbu_"), "{text}");
        self.secrets.push(token.clone());
        let (_, kept) = self.admin("GET /clientSnapshots", &Value::Null);
        assert!(kept.to_string().contains("Zqextrafield"), "{kept}");
        self.admin("GET /clientCatalogue", &Value::Null);
        let page = format!("GET /unsubscribe?token={token}");
        assert_eq!(self.server.send(&page, &[], b"").0, 200);
        let back = json!({ "token": token });
        let unsubscribe = "POST /booking-api/v1/reminders/unsubscribe";
        assert_eq!(self.call(unsubscribe, "", &back).0, 204);
        snapshot["patients"][0]["pmsPatientSmsConsent"] = json!("Zqmalformed");
        snapshot["appointments"][0]["pmsAppointmentStatus"] = json!("Zqmalformed");
        let (status, told) = self
            .practice
            .pms(&self.server, "POST /clientSnapshot", &snapshot);
        assert_eq!(status, 400, "{told}");
    }

    /// All files that have to do with the store, but the operator's own two.
    fn files(&self) -> Vec<PathBuf> {
        let own = ["operator-token", "master-key"];
        let mut files = files(self.place.folder());
        files.retain(|path| !own.iter().any(|name| path.ends_with(name)));
        if let Location::Postgres(url) = self.place.location() {
            files.extend(files_of_postgres(&url));
        }
        files
    }
}

#[test]
fn a_person_is_found_in_no_log_line_metric_or_file() {
    let mut story = Story::new();
    story.good_paths();
    story.documents();
    story.bad_paths();
    story.broken_paths();
    story.client_snapshot();
    let master_key = std::fs::read_to_string(story.place.folder().join("master-key"));
    let mut words: Vec<String> = WORDS
        .iter()
        .chain(&NUMBERS)
        .chain(&documents::WORDS)
        .map(ToString::to_string)
        .collect();
    words.extend(story.secrets.iter().cloned());
    words.extend(master_key.ok().map(|key| key.trim().to_owned()));
    let scanner = Scanner::new(&words);
    let nothing: [(PathBuf, String); 0] = [];

    let (status, metrics) = story.server.send("GET /metrics", &[], b"");
    assert!([200, 404].contains(&status), "{status}");
    assert_eq!(scanner.find(metrics.as_bytes()), [""; 0], "{metrics}");
    assert_eq!(scanner.find_in(&story.files()), nothing, "while it runs");

    // The control: a name that is nobody's secret is found where it lies.
    let control = Scanner::new(&["Zqpublicpractice".to_owned()]);
    let name = json!({"name": "Zqpublicpractice", "timezone": "UTC"});
    let (status, _) = story.call("POST /admin-api/v1/practices", &story.token, &name);
    assert_eq!(status, 201);
    // PostgreSQL writes it when it comes to it; whatever was written before is there then too.
    let (_open, never) = std::sync::mpsc::channel::<()>();
    let found = (0..600).any(|_| {
        let found = !control.find_in(&story.files()).is_empty();
        found || never.recv_timeout(Duration::from_millis(50)).is_ok()
    });
    assert!(found, "the scanner finds what is there");

    let before = story.files();
    let Story { place, server, .. } = story;
    let log = server.stop();
    assert!(
        log.contains("the store failed") && log.lines().count() > 100,
        "{log}"
    );
    let leaked: Vec<&str> = log
        .lines()
        .filter(|line| !scanner.find(line.as_bytes()).is_empty())
        .collect();
    assert_eq!(leaked, [""; 0]);
    assert_eq!(scanner.find_in(&before), nothing, "after it has stopped");
    drop(place);
}
