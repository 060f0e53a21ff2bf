//! A folder with an agent's settings, and a hub for it.

use crate::support::{Ended, Place, Process, Server, run, slotbridge, tomorrow};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// The longest that anything is waited for, in looks.
const LOOKS: u32 = 2400;
/// The pause between two of them.
const PAUSE: Duration = Duration::from_millis(25);

/// A folder with `agent.toml`.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.path().join("agent.toml")
    }

    pub(crate) fn write(&self, text: &str) {
        std::fs::write(self.config(), text).unwrap();
    }

    /// `slotbridge agent` in the folder.
    pub(crate) fn agent(&self, arguments: &[&str]) -> Ended {
        let mut command = slotbridge(&["agent"]);
        run(command.args(arguments).current_dir(self.path()))
    }

    /// The agent itself, once it runs.
    pub(crate) fn start(&self) -> Process {
        let mut command = slotbridge(&["agent"]);
        let mut agent = Process::start(command.current_dir(self.path()));
        agent.wait_for("Slotbridge agent");
        agent
    }
}

/// Settings that are good for a hub that is not there.
pub(crate) fn settings() -> String {
    written(
        "http://127.0.0.1:1/pms-api/v1",
        "sbc_vendor",
        7,
        "sbp_practice",
    )
}

/// The settings of one clinic with a book.
pub(crate) fn written(hub: &str, api_key: &str, practice: i64, practice_key: &str) -> String {
    format!(
        "hub = \"{hub}\"\napi_key = \"{api_key}\"\n\n\
         [user_agent]\nname = \"Acme PMS\"\nemail = \"dev@acme.example\"\n\n\
         [[clinic]]\nname = \"north\"\npractice_id = {practice}\n\
         practice_key = \"{practice_key}\"\ntimezone = \"Australia/Perth\"\n\
         [clinic.pms]\nkind = \"book\"\npath = \"north.book\"\n"
    )
}

/// Looks until something is there.
#[expect(clippy::disallowed_methods, reason = "the pause between two looks")]
pub(crate) fn wait_until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..LOOKS {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(PAUSE);
    }
    panic!("waited in vain for {what}");
}

/// A hub with a practice that has consented to a vendor, and nothing more.
pub(crate) struct Hub {
    pub(crate) server: Server,
    /// Goes when the hub does.
    _place: Place,
    token: String,
    pub(crate) practice: i64,
    pub(crate) api_key: String,
    pub(crate) practice_key: String,
    pub(crate) webhook_secret: String,
}

impl Hub {
    pub(crate) fn new() -> Self {
        let place = Place::new();
        // A sandbox also calls back this machine.
        let server = place.start(&["--sandbox"]);
        let token = place.token();
        let post = |path: &str, body: Value| {
            let path = format!("/admin-api/v1{path}");
            let (status, made) = server.call("POST", &path, &token, &body.to_string());
            assert_eq!(status, 201, "{made}");
            made
        };
        let text = |made: &Value, name: &str| made[name].as_str().unwrap().to_owned();
        let consumer = json!({"name": "Acme", "contactEmail": "dev@acme.example"});
        let consumer = post("/consumers", consumer);
        let practice = json!({"name": "North", "timezone": "Australia/Perth", "autoPublish": true});
        let practice = post("/practices", practice)["practiceId"].as_i64().unwrap();
        let consent = json!({"consumerId": consumer["consumerId"]});
        let consent = post(&format!("/practices/{practice}/consents"), consent);
        Self {
            practice,
            api_key: text(&consumer, "apiKey"),
            practice_key: text(&consent, "practiceKey"),
            webhook_secret: text(&consumer, "webhookSecret"),
            _place: place,
            server,
            token,
        }
    }

    /// The file of `init` with what has to be put in.
    pub(crate) fn filled_in(&self, text: &str) -> String {
        let empty = |key: &str| format!("{key} = \"\"");
        let full = |key: &str, value: &str| format!("{key} = {value:?}");
        [
            ("api_key", self.api_key.as_str()),
            ("practice_key", &self.practice_key),
            ("name", "Acme"),
            ("email", "dev@acme.example"),
        ]
        .into_iter()
        .fold(text.to_owned(), |text, (key, value)| {
            text.replace(&empty(key), &full(key, value))
        })
        .replace("http://127.0.0.1:8080", &self.server.url)
        .replace(
            "practice_id = 1",
            &format!("practice_id = {}", self.practice),
        )
    }

    /// The settings of an agent for it.
    pub(crate) fn settings(&self) -> String {
        self.settings_at(&format!("{}/pms-api/v1", self.server.url))
    }

    /// The same by another way.
    pub(crate) fn settings_at(&self, hub: &str) -> String {
        written(hub, &self.api_key, self.practice, &self.practice_key)
    }

    /// Waits until the practice has times that can be booked, and gives the first.
    pub(crate) fn slot(&self) -> Value {
        wait_until("free times", || self.slots().into_iter().next())
    }

    /// All times of the next days that can be booked.
    pub(crate) fn slots(&self) -> Vec<Value> {
        let from = tomorrow(&self.server);
        let to = from.saturating_add(jiff::ToSpan::days(6));
        let path = format!("/booking-api/v1/practices/{}/slots", self.practice);
        let path = format!("{path}?from={from}&to={to}");
        let (_, found) = self.server.call("GET", &path, "", "");
        found["slots"].as_array().cloned().unwrap_or_default()
    }

    /// Books a time and gives the booking's id.
    pub(crate) fn book(&self, slot: &Value) -> i64 {
        let patient = json!({"firstname": "Zqfirstname", "lastname": "Zqlastname",
            "dob": "1931-07-13", "phone": "0491570156", "email": "zqmailbox@example.com"});
        self.book_for(slot, &patient)
    }

    /// The same for somebody else.
    pub(crate) fn book_for(&self, slot: &Value, patient: &Value) -> i64 {
        let body = json!({"practiceId": self.practice, "start": slot["start"],
            "practitionerId": slot["practitionerId"],
            "appointmentTypeId": slot["appointmentTypeId"], "reason": "Zqreason",
            "patient": patient});
        let path = "/booking-api/v1/bookings";
        let (status, made) = self.server.call("POST", path, "", &body.to_string());
        assert_eq!(status, 201, "{made}");
        made["bookingId"].as_i64().unwrap()
    }

    fn admin(&self, method: &str, path: &str, body: &str) -> Value {
        let path = format!("/admin-api/v1/practices/{}{path}", self.practice);
        let (status, answer) = self.server.call(method, &path, &self.token, body);
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// Staff cancel a booking.
    pub(crate) fn cancel(&self, booking: i64) {
        self.admin("POST", &format!("/bookings/{booking}/cancel"), "{}");
    }

    /// A booking as staff see it.
    pub(crate) fn view(&self, booking: i64) -> Value {
        self.admin("GET", &format!("/bookings/{booking}"), "")
    }

    /// What is outstanding of the integration.
    pub(crate) fn outstanding(&self) -> Vec<Value> {
        let requests = self.admin("GET", "/requests", "");
        requests["data"].as_array().unwrap().clone()
    }

    /// The id that a practitioner has in the PMS.
    pub(crate) fn resource(&self, practitioner: &Value) -> String {
        let all = self.admin("GET", "/practitioners", "");
        let all = all["data"].as_array().unwrap().iter();
        let mut of = all.filter(|one| one["practitionerId"] == *practitioner);
        let resources = &of.next().unwrap()["pmsResourceIds"];
        resources[0].as_str().unwrap().to_owned()
    }

    /// Waits until the PMS has answered a booking.
    pub(crate) fn wait_for_answer(&self, booking: i64, answer: &str) {
        wait_until(answer, || {
            (self.view(booking)["pmsAnswer"] == answer).then_some(())
        });
    }

    /// Waits until a booking has a status.
    pub(crate) fn wait_for(&self, booking: i64, status: &str) {
        wait_until(status, || {
            (self.view(booking)["status"] == status).then_some(())
        });
    }
}
