//! Where the tests begin: a hub, a proxy before it, an appointment book, and an agent's state file.

use axum::Router;
use jiff::tz::TimeZone;
use rusqlite::Connection;
use serde_json::{Value, json};
use slotbridge_agent::adapter::Adapter;
use slotbridge_agent::clinic::{Clinic as Agent, Now, Settings, Stopped};
use slotbridge_agent::state::State;
use slotbridge_agent_book::{Book, Entry};
use slotbridge_client::{Client, ClientConfig, Timeouts, Waiter, user_agent};
use slotbridge_domain::clock::Clock;
use slotbridge_testkit::proxy::Proxy;
use slotbridge_testkit::{Booked, Clinic, Pms, TestApp};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// Tuesday, tomorrow.
pub(crate) const DAY: &str = "2026-11-24";

/// The stage.
pub(crate) struct Stage {
    /// The hub with the practice; the first practitioner is Dr Alice Nguyen, resource 1.
    pub(crate) hub: Clinic,
    /// Before the hub.
    pub(crate) proxy: Proxy,
    /// The PMS.
    pub(crate) book: Arc<Book>,
    /// Where the agent calls.
    base_url: String,
    folder: TempDir,
}

/// A row of the appointment book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) resource: String,
    pub(crate) start: String,
    pub(crate) booking: Option<i64>,
    pub(crate) state: String,
    pub(crate) patient: String,
}

/// Waits for nothing before a call is made again.
pub(crate) struct AtOnce;

impl Waiter for AtOnce {
    fn jitter(&self) -> f64 {
        0.0
    }

    fn wait(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }
}

/// What the agent of most tests is told.
pub(crate) fn settings() -> Settings {
    Settings {
        name: "clinic".to_owned(),
        zone: TimeZone::get("Australia/Sydney").unwrap(),
        days_ahead: 3,
        live_hours: None,
        documents: false,
        callback_url: None,
    }
}

/// A time of the usual day.
pub(crate) fn at(time: &str) -> String {
    format!("{DAY}T{time}")
}

impl Stage {
    /// A practice whose integration has not begun to work.
    pub(crate) async fn bare() -> Self {
        let app = TestApp::new().await;
        let pms = app.link(json!({})).await;
        let proxy = Proxy::before(app.router.clone()).await;
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join("state")).unwrap();
        let book = Arc::new(Book::open(&folder.path().join("book.db")).unwrap());
        let hub = Clinic {
            app,
            pms,
            practitioners: Vec::new(),
            appointment_type: 0,
        };
        Self {
            hub,
            base_url: proxy.base_url(),
            proxy,
            book,
            folder,
        }
    }

    /// From now on the agent calls the hub itself, on a port of its own.
    pub(crate) async fn serve_itself(&mut self) {
        self.serve(self.hub.app.router.clone()).await;
    }

    /// From now on the agent calls this one, on a port of its own.
    pub(crate) async fn serve(&mut self, router: Router) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        self.base_url = format!("http://{address}/pms-api/v1");
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
    }

    /// A practice whose integration has sent all that it should.
    pub(crate) async fn new() -> Self {
        Self::with(settings()).await
    }

    /// The same, with other settings.
    pub(crate) async fn with(settings: Settings) -> Self {
        let mut stage = Self::bare().await;
        let agent = stage.agent_with(stage.book.clone(), settings);
        whole_round(&agent).await.unwrap();
        drop(agent);
        stage.look_up().await;
        stage.proxy.take();
        stage
    }

    /// Reads what patients can book.
    pub(crate) async fn look_up(&mut self) {
        let path = format!("/practices/{}", self.hub.pms.practice_id);
        let page = self.hub.app.patient("GET", &path, Value::Null).await;
        let page = page.expect(200);
        let doctors = page["practitioners"].as_array().unwrap();
        let id = |who: &Value| who["practitionerId"].as_i64().unwrap();
        self.hub.practitioners = doctors.iter().map(id).collect();
        let types = self.hub.admin("GET", "/pmsAppointmentTypes", Value::Null);
        let types = types.await.expect(200);
        let standard = types["data"].as_array().unwrap().iter();
        let standard = standard
            .clone()
            .find(|one| one["pmsAppointmentTypeId"] == "G");
        self.hub.appointment_type = standard.unwrap()["appointmentTypeId"].as_i64().unwrap();
    }

    /// The agent on its state file; only one at a time.
    pub(crate) fn agent(&self) -> Agent {
        self.agent_with(self.book.clone(), settings())
    }

    /// The agent with another adapter and other settings.
    pub(crate) fn agent_with(&self, adapter: Arc<dyn Adapter>, settings: Settings) -> Agent {
        self.agent_of(&self.hub.pms, adapter, settings)
    }

    /// The agent with other credentials.
    pub(crate) fn agent_of(
        &self,
        pms: &Pms,
        adapter: Arc<dyn Adapter>,
        settings: Settings,
    ) -> Agent {
        let state = State::open(&self.state_path()).unwrap();
        let state = state.clinic(&settings.name, pms.practice_id, &pms.practice_key);
        let client = self.client(pms);
        Agent::new(client, adapter, state.unwrap(), settings, self.now())
    }

    fn client(&self, pms: &Pms) -> Client {
        let config = ClientConfig {
            base_url: self.base_url.clone(),
            api_key: pms.api_key.clone(),
            practice_id: pms.practice_id,
            practice_key: pms.practice_key.clone(),
            user_agent: user_agent("Agent", "agent@vendor.example", "test"),
        };
        Client::with(config, Arc::new(AtOnce), Timeouts::default()).unwrap()
    }

    /// The hub's clock.
    pub(crate) fn now(&self) -> Now {
        let clock = self.hub.app.clock.clone();
        Arc::new(move || clock.now())
    }

    /// The agent's state file.
    pub(crate) fn state_path(&self) -> PathBuf {
        self.folder.path().join("state").join("state.db")
    }

    /// Reads or changes the appointment book behind the back of all.
    pub(crate) fn meddle(&self) -> Connection {
        Connection::open(self.folder.path().join("book.db")).unwrap()
    }

    /// The book, oldest first.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let book = self.meddle();
        let sql = "SELECT id, resource, start, booking_id, state, coalesce(patient_id, '')
            FROM appointments ORDER BY rowid";
        let mut rows = book.prepare(sql).unwrap();
        let rows = rows.query_map([], |row| {
            Ok(Row {
                id: row.get(0)?,
                resource: row.get(1)?,
                start: row.get(2)?,
                booking: row.get(3)?,
                state: row.get(4)?,
                patient: row.get(5)?,
            })
        });
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    }

    /// The rows of a booking, whatever became of them.
    pub(crate) fn rows_of(&self, booked: &Booked) -> Vec<Row> {
        let mut rows = self.rows();
        rows.retain(|row| row.booking == Some(booked.id));
        rows
    }

    /// The appointments of a booking that stand.
    pub(crate) fn standing(&self, booked: &Booked) -> Vec<Row> {
        let mut rows = self.rows_of(booked);
        rows.retain(|row| row.state == "booked");
        rows
    }

    /// Enters an appointment at the desk.
    pub(crate) fn enter(&self, resource: &str, time: &str) -> String {
        let entry = Entry {
            resource: resource.to_owned(),
            start: time.parse().unwrap(),
            minutes: 15,
            patient_id: None,
        };
        self.book.enter(&entry).unwrap()
    }

    /// A booking as the practice's staff see it.
    pub(crate) async fn view(&self, booked: &Booked) -> Value {
        let path = format!("/bookings/{}", booked.id);
        self.hub.admin("GET", &path, Value::Null).await.expect(200)
    }

    /// Books a time of the usual day with the agent's PMS, and has the agent take it.
    pub(crate) async fn taken(&self, time: &str, agent: &Agent) -> Booked {
        let booked = self.hub.book(&at(time)).await;
        agent.poll().await.unwrap();
        self.assert_confirmed(&booked).await;
        booked
    }

    /// One appointment in the book, which the hub knows by its id, and nothing outstanding of it.
    pub(crate) async fn assert_confirmed(&self, booked: &Booked) {
        let standing = self.standing(booked);
        assert_eq!(standing.len(), 1, "{standing:?}");
        assert_eq!(self.rows_of(booked).len(), 1, "it was inserted once");
        let view = self.view(booked).await;
        assert_eq!(view["pmsAppointmentIds"], json!([standing[0].id]), "{view}");
        assert_eq!(view["notInPms"], false);
        assert_eq!(view["status"], "confirmed");
    }

    /// Nothing in the book, and the patient knows.
    pub(crate) async fn assert_rejected(&self, booked: &Booked) {
        assert_eq!(self.standing(booked), []);
        assert_eq!(self.view(booked).await["status"], "rejected");
    }

    /// The practice takes its consent back.
    pub(crate) async fn revoke(&self) {
        let path = format!("/consents/{}", self.hub.pms.consumer_id);
        self.hub
            .admin("DELETE", &path, Value::Null)
            .await
            .expect(204);
    }

    /// The practice consents anew: the key is another one.
    pub(crate) async fn consent_anew(&mut self) {
        let Pms {
            practice_id,
            consumer_id,
            ref api_key,
            ..
        } = self.hub.pms;
        let anew = self.hub.app.consent(practice_id, consumer_id, api_key);
        let anew = anew.await;
        self.hub.pms = anew;
    }
}

/// What a service does at its start, in one go.
pub(crate) async fn whole_round(agent: &Agent) -> Result<(), Stopped> {
    agent.link().await?;
    agent.poll().await?;
    agent.take_changes().await?;
    agent.send_all().await?;
    agent.poll().await
}
