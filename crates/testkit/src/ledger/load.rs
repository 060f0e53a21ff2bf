//! A mixed load: patients who hold, book and cancel, a PMS that confirms, rejects and sends
//! snapshots; what is said to them goes into the ledger.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on ends here"
)]

use super::{Answer, Attempt, Fate, Ledger};
use crate::app::TestApp;
use crate::clinic::patient;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};
use slotbridge_domain::clock::Random;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// The resource whose snapshots change all the time, and which nobody books.
pub const SNAPSHOTS: &str = "snapshots";
/// Times of five minutes in a day.
const PER_DAY: i64 = 24 * 12;
/// Resources that are booked; the last one is the one that all clients are after.
const RESOURCES: i64 = 4;

/// A way to a hub.
pub trait Face: Clone + Send + Sync + 'static {
    /// Makes a call. `None`: there was no answer.
    fn call(
        &self,
        method: &'static str,
        path: String,
        headers: Vec<(String, String)>,
        body: Value,
    ) -> impl Future<Output = Answer> + Send;
}

impl Face for Arc<TestApp> {
    async fn call(
        &self,
        method: &'static str,
        path: String,
        headers: Vec<(String, String)>,
        body: Value,
    ) -> Answer {
        let answer = TestApp::call(self, method, &path, &headers, &body).await;
        Some((answer.status.as_u16(), answer.json()))
    }
}

/// A practice with many free times.
#[derive(Debug)]
pub struct Stage {
    /// The practice.
    pub practice: i64,
    /// The headers of its PMS.
    pub pms: Vec<(String, String)>,
    practitioners: Vec<i64>,
    appointment_type: i64,
    /// The first day with free times.
    first: Date,
    /// The next time that all clients are after.
    wanted: AtomicI64,
    clients: i64,
    /// How many answers have come.
    pub answers: AtomicU64,
}

fn bearer(token: &str) -> Vec<(String, String)> {
    vec![("authorization".into(), format!("Bearer {token}"))]
}

impl Stage {
    /// Makes it, with free times on `days` days from the day after tomorrow.
    ///
    /// # Panics
    /// A call of the set-up is refused.
    pub async fn set_up<F: Face>(
        face: &F,
        operator: &str,
        now: Timestamp,
        days: i32,
        clients: i64,
    ) -> Arc<Self> {
        Self::with_appointments_of(5, face, operator, now, days, clients).await
    }

    /// The same with appointments that take so many minutes: as one can begin every five, they
    /// overlap.
    ///
    /// # Panics
    /// As above.
    pub async fn with_appointments_of<F: Face>(
        minutes: u32,
        face: &F,
        operator: &str,
        now: Timestamp,
        days: i32,
        clients: i64,
    ) -> Arc<Self> {
        let admin = async |path: &str, body: Value| {
            let path = format!("/admin-api/v1{path}");
            let (status, body) = face
                .call("POST", path, bearer(operator), body)
                .await
                .expect("an answer");
            assert_eq!(status, 201, "{body}");
            body
        };
        let consumer = json!({"name": "Vendor", "contactEmail": "dev@vendor.example"});
        let consumer = admin("/consumers", consumer).await;
        let practice =
            json!({"name": "Ordeal", "timezone": "Australia/Perth", "autoPublish": true});
        let practice = admin("/practices", practice).await["practiceId"].clone();
        let consent = json!({"consumerId": consumer["consumerId"]});
        let consent = admin(&format!("/practices/{practice}/consents"), consent).await;
        let text = |value: &Value| value.as_str().expect("a key").to_owned();
        let pms = vec![
            ("api-key".into(), text(&consumer["apiKey"])),
            ("practice-id".into(), practice.to_string()),
            ("practice-key".into(), text(&consent["practiceKey"])),
        ];
        let call = async |path: &str, body: Value| {
            let path = format!("/pms-api/v1{path}");
            let answer = face.call("POST", path, pms.clone(), body).await;
            let (status, body) = answer.expect("an answer");
            assert_eq!(status, 200, "{body}");
            body
        };
        let resource = |name: String| json!({"pmsResourceId": name, "pmsResourceName": name});
        let mut resources: Vec<Value> = (0..RESOURCES).map(|n| resource(format!("r{n}"))).collect();
        resources.push(resource(SNAPSHOTS.into()));
        call("/config/pmsResources/snapshot", json!(resources)).await;
        let types = json!([{"pmsAppointmentTypeId": "T", "pmsAppointmentTypeName": "Short",
            "pmsAppointmentLength": minutes.to_string()}]);
        call("/config/pmsAppointmentTypes/snapshot", types).await;
        let first = now
            .in_tz("Australia/Perth")
            .expect("a zone")
            .date()
            .saturating_add(2.days());
        let mut snapshots = Vec::new();
        for n in 0..RESOURCES {
            for day in 0..days {
                let date = first.saturating_add(day.days());
                snapshots.push(
                    json!({"snapshotId": format!("{n}-{day}"), "date": date.to_string(),
                    "pmsResourceId": format!("r{n}"),
                    "availability": [{"start": "00:00", "end": "24:00", "slotLength": 300}]}),
                );
            }
        }
        for batch in snapshots.chunks(100) {
            let result = call("/availability/snapshots", json!(batch)).await;
            assert_eq!(result["failed"], json!([]), "{result}");
        }
        let path = format!("/booking-api/v1/practices/{practice}");
        let page = face.call("GET", path, vec![], Value::Null).await;
        let page = page.expect("an answer").1;
        let practitioners = page["practitioners"].as_array().expect("practitioners");
        let number = |value: &Value| value.as_i64().expect("an id");
        Arc::new(Self {
            practice: number(&practice),
            appointment_type: number(&practitioners[0]["appointmentTypes"][0]["appointmentTypeId"]),
            practitioners: practitioners
                .iter()
                .filter(|who| who["name"] != SNAPSHOTS)
                .map(|who| number(&who["practitionerId"]))
                .collect(),
            pms,
            first,
            wanted: AtomicI64::new(0),
            clients,
            answers: AtomicU64::new(0),
        })
    }

    /// Waits until so many answers have come in all.
    pub async fn answered(&self, goal: u64) {
        let mut tick = tokio::time::interval(Duration::from_millis(1));
        while self.answers.load(Ordering::SeqCst) < goal {
            tick.tick().await;
        }
    }

    /// What asks for a time of a practitioner, but for who asks.
    fn wish(&self, practitioner: i64, start: Timestamp) -> Value {
        json!({"practiceId": self.practice, "practitionerId": practitioner,
            "appointmentTypeId": self.appointment_type, "start": start.to_string()})
    }

    /// The n-th time of all practitioners' first day, as a try to book it and what asks for it.
    #[must_use]
    pub fn nth(&self, n: usize) -> (Attempt, Value) {
        let practitioner = self.practitioners[n % self.practitioners.len()];
        let start = self.time(i64::try_from(n / self.practitioners.len()).unwrap_or_default());
        let mut body = self.wish(practitioner, start);
        body["patient"] = patient();
        let attempt = Attempt {
            practitioner,
            start: start.as_microsecond(),
            ..Attempt::default()
        };
        (attempt, body)
    }

    /// The n-th time of a practitioner.
    fn time(&self, n: i64) -> Timestamp {
        let day = self
            .first
            .to_zoned(jiff::tz::TimeZone::get("Australia/Perth").expect("a zone"));
        let start = day.expect("a day").timestamp();
        start + (n * 5).minutes()
    }
}

/// The hub no longer answers.
#[derive(Debug)]
pub struct Down;

/// A call that was not answered and may be sent again.
struct Pending {
    attempt: usize,
    key: String,
    body: Value,
}

/// A client: a patient and the PMS by turns, one call at a time.
pub struct Client<F> {
    /// Its way to the hub; a new one after the hub was started again.
    pub face: F,
    stage: Arc<Stage>,
    index: i64,
    random: Arc<dyn Random>,
    next: i64,
    version: i64,
    keys: u64,
    pending: Option<Pending>,
    /// Whether every booking has a key, and every call that was not answered is sent again.
    careful: bool,
    /// What was said to it.
    pub ledger: Ledger,
}

impl<F: Face> Client<F> {
    /// One of the stage's clients, by its index.
    pub fn new(face: F, stage: &Arc<Stage>, index: i64, random: Arc<dyn Random>) -> Self {
        Self {
            face,
            stage: Arc::clone(stage),
            index,
            random,
            next: 0,
            version: 0,
            keys: 0,
            pending: None,
            careful: false,
            ledger: Ledger::default(),
        }
    }

    /// Gives every booking a key, and sends again whatever was not answered.
    #[must_use]
    pub const fn careful(mut self) -> Self {
        self.careful = true;
        self
    }

    /// Leaves out so many of its times and keys, which another in its place has used.
    #[must_use]
    pub fn after(mut self, steps: u32) -> Self {
        self.next += i64::from(steps);
        self.keys += u64::from(steps);
        self.version += i64::from(steps);
        self
    }

    /// How many of its own times it has tried to book.
    #[must_use]
    pub const fn tries(&self) -> i64 {
        self.next
    }

    fn chance(&self, of: u64) -> bool {
        u64::from_le_bytes(self.random.bytes()) % of == 0
    }

    /// Makes a call, counts its answer, and says what it came to.
    async fn call(
        &mut self,
        path: String,
        headers: Vec<(String, String)>,
        body: Value,
    ) -> (Fate, Value) {
        let shown = path.clone();
        let answer = self.face.call("POST", path, headers, body).await;
        if answer.is_some() {
            self.stage.answers.fetch_add(1, Ordering::SeqCst);
        }
        let fate = Fate::of(&answer).unwrap_or_else(|words| {
            self.ledger.complaints.push(format!("{shown}: {words}"));
            Fate::Unknown
        });
        (fate, answer.map(|(_, body)| body).unwrap_or_default())
    }

    fn new_key(&mut self) -> String {
        self.keys += 1;
        format!("{}-{}-{}", self.stage.practice, self.index, self.keys)
    }

    /// What it does once: a patient's story, or a snapshot.
    ///
    /// # Errors
    /// There was no answer, or none that says what became of a call.
    pub async fn step(&mut self) -> Result<(), Down> {
        if self.chance(8) {
            self.snapshot().await
        } else {
            self.visit().await
        }
    }

    /// Goes on after the hub was started again: half of the calls that were not answered are sent
    /// again, those that bring a key. (Whoever is careful sends all of them.)
    ///
    /// # Errors
    /// As above.
    pub async fn resume(&mut self) -> Result<(), Down> {
        let Some(pending) = self.pending.take() else {
            return Ok(());
        };
        if !self.careful && self.chance(2) {
            return Ok(());
        }
        let Pending { attempt, key, body } = pending;
        let gone_on = self
            .book(attempt, Some(key.clone()), body.clone(), true)
            .await;
        match self.ledger.attempts[attempt].made {
            Fate::Done => self.ledger.resolved += 1,
            // That this call changed nothing says nothing of the first.
            Fate::Refused => {
                self.ledger.attempts[attempt].made = Fate::Unknown;
                self.pending = Some(Pending { attempt, key, body });
                return Err(Down);
            }
            Fate::Unknown | Fate::Untried => {}
        }
        gone_on
    }

    async fn snapshot(&mut self) -> Result<(), Down> {
        self.version += 1;
        let minute = self.version % 1000;
        let date = self
            .stage
            .first
            .saturating_add(i32::try_from(self.index).unwrap_or(0).days());
        let start = format!("{:02}:{:02}", minute / 60, minute % 60);
        let body = json!({"date": date.to_string(), "pmsResourceId": SNAPSHOTS,
            "availability": [{"start": start, "end": "23:00", "slotLength": 300}]});
        let path = "/pms-api/v1/availability/snapshot".to_owned();
        let (fate, _) = self.call(path, self.stage.pms.clone(), body).await;
        let versions = self.ledger.days.entry(date.to_string()).or_default();
        // As it is stored: in seconds.
        versions.push((minute * 60, fate));
        if fate == Fate::Unknown {
            Err(Down)
        } else {
            Ok(())
        }
    }

    /// Picks a time: most often one of its own, sometimes one that all clients are after.
    fn pick(&mut self) -> (i64, i64, bool) {
        let last = self.stage.practitioners.len() - 1;
        if self.chance(6) {
            // All are after it until it has been tried so often.
            let tried = self.stage.wanted.fetch_add(1, Ordering::SeqCst);
            return (
                self.stage.practitioners[last],
                tried / self.stage.clients,
                true,
            );
        }
        self.next += 1;
        let n = self.next * self.stage.clients + self.index;
        let own = i64::try_from(last).unwrap_or(1);
        let practitioner = usize::try_from(n % own).unwrap_or_default();
        (self.stage.practitioners[practitioner], n / own, false)
    }

    async fn visit(&mut self) -> Result<(), Down> {
        let (practitioner, n, contested) = self.pick();
        let start = self.stage.time(n);
        let mut body = self.stage.wish(practitioner, start);
        let key = (self.careful || self.chance(2)).then(|| self.new_key());
        if !contested && self.chance(4) {
            let path = "/booking-api/v1/holds".to_owned();
            let (fate, held) = self.call(path, vec![], body.clone()).await;
            match fate {
                Fate::Done => body["holdId"] = held["holdId"].clone(),
                Fate::Unknown => return Err(Down),
                Fate::Refused | Fate::Untried => return Ok(()),
            }
        }
        body["patient"] = patient();
        self.ledger.attempts.push(Attempt {
            practitioner,
            start: start.as_microsecond(),
            ..Attempt::default()
        });
        self.book(self.ledger.attempts.len() - 1, key, body, !contested)
            .await
    }

    /// `own`: nobody else can have taken the time.
    async fn book(
        &mut self,
        attempt: usize,
        key: Option<String>,
        body: Value,
        own: bool,
    ) -> Result<(), Down> {
        let headers = key
            .iter()
            .map(|key| ("idempotency-key".into(), key.clone()))
            .collect();
        let path = "/booking-api/v1/bookings".to_owned();
        let (fate, made) = self.call(path, headers, body.clone()).await;
        self.ledger.attempts[attempt].made = fate;
        match fate {
            Fate::Unknown => {
                self.pending = key
                    .filter(|_| own)
                    .map(|key| Pending { attempt, key, body });
                return Err(Down);
            }
            Fate::Refused if own && made["status"] == 409 => {
                let words = format!("a free time was refused: {body} {made}");
                self.ledger.complaints.push(words);
            }
            Fate::Refused | Fate::Untried => {}
            Fate::Done => {
                let id = made["bookingId"].as_i64().expect("an id");
                self.ledger.attempts[attempt].id = Some(id);
                let token = made["manageToken"].as_str().expect("a token");
                return self.follow(attempt, id, &bearer(token)).await;
            }
        }
        Ok(())
    }

    /// What happens to a booking: the PMS answers or does not, the patient cancels or does not.
    async fn follow(
        &mut self,
        attempt: usize,
        id: i64,
        manage: &[(String, String)],
    ) -> Result<(), Down> {
        let mut expected = "requested";
        if self.chance(2) {
            let path = format!("/pms-api/v1/bookings/{id}/confirmInsert");
            let body = json!({"pmsAppointmentIds": [id.to_string()], "pmsPatientId": "P1"});
            let (fate, _) = self.call(path, self.stage.pms.clone(), body).await;
            self.ledger.attempts[attempt].confirmed = fate;
            expected = Self::outcome(fate, expected, "confirmed")?;
        } else if self.chance(3) {
            let path = format!("/pms-api/v1/bookings/{id}/rejectInsert");
            let body = json!({"reason": "full"});
            let (fate, _) = self.call(path, self.stage.pms.clone(), body).await;
            self.ledger.attempts[attempt].rejected = fate;
            if Self::outcome(fate, expected, "rejected")? == "rejected" {
                return Ok(());
            }
        }
        if self.chance(5) {
            let path = format!("/booking-api/v1/bookings/{id}/cancel");
            let (fate, _) = self.call(path, manage.to_vec(), json!({})).await;
            self.ledger.attempts[attempt].cancelled = fate;
            expected = Self::outcome(fate, expected, "cancelled")?;
        }
        self.see(id, manage, expected).await
    }

    fn outcome(fate: Fate, before: &'static str, done: &'static str) -> Result<&'static str, Down> {
        match fate {
            Fate::Done => Ok(done),
            Fate::Unknown => Err(Down),
            Fate::Refused | Fate::Untried => Ok(before),
        }
    }

    /// What was acknowledged is seen at once.
    async fn see(
        &mut self,
        id: i64,
        manage: &[(String, String)],
        expected: &str,
    ) -> Result<(), Down> {
        let path = format!("/booking-api/v1/bookings/{id}");
        let seen = self
            .face
            .call("GET", path, manage.to_vec(), Value::Null)
            .await;
        match seen {
            None => Err(Down),
            Some((503, _)) => Ok(()),
            // It may have come to stand meanwhile.
            Some((200, page))
                if page["status"] == expected
                    || expected == "requested" && page["status"] == "confirmed" =>
            {
                Ok(())
            }
            Some(other) => {
                let words = format!("booking {id} should be {expected}: {other:?}");
                self.ledger.complaints.push(words);
                Ok(())
            }
        }
    }
}

/// How many days the clients' own times fill, if each books so often.
#[must_use]
pub const fn days(clients: i64, bookings: i64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "a few days")]
    let days = (clients * (bookings + 2) / (RESOURCES - 1) / PER_DAY + 1) as i32;
    days
}
