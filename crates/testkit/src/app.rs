//! The hub in a test: the real router on a fresh database, called in-process.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on ends here"
)]

use crate::served::{Served, pause_before_writing};
use crate::{Receiver, TestClock, TestDatabase, TestEngine, TestRandom, conformity};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use slotbridge_api::{ApiOptions, CallFigures, Limits, Pages};
use slotbridge_domain::clock::{Clock, Random};
use slotbridge_domain::keys::KeyKind;
use slotbridge_hub::clock::MovableClock;
use slotbridge_hub::faults::FaultBox;
use slotbridge_hub::outgoing::Outgoing;
use slotbridge_hub::record::Recorder;
use slotbridge_hub::{Hub, Settings};
use slotbridge_web::{Charts, WebOptions};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tower::ServiceExt;

/// A running hub.
pub struct TestApp {
    /// Its clock.
    pub clock: Arc<TestClock>,
    /// The hub itself.
    pub hub: Hub,
    /// The router of all faces.
    pub router: Router,
    /// A live operator token.
    pub operator_token: String,
    /// The figures that the console draws; a test takes the samples.
    pub charts: Arc<Charts>,
    /// Where its callbacks go.
    pub receiver: Arc<Receiver>,
    /// Where it is served, if calls are to go over the network.
    pub served: Served,
    /// Its database; dropped last.
    pub database: TestDatabase,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as it came.
    pub bytes: bytes::Bytes,
}

impl Answer {
    /// The body as JSON; `null` if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    /// The body as JSON, if the status is the expected one.
    ///
    /// # Panics
    /// It is another status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(
            self.status.as_u16(),
            status,
            "{}",
            String::from_utf8_lossy(&self.bytes)
        );
        self.json()
    }

    /// A header, as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The faults of a problem: each field with its message.
    #[must_use]
    pub fn faults(&self) -> Vec<(String, String)> {
        let json = self.json();
        let text = |fault: &Value, key: &str| fault[key].as_str().unwrap_or_default().to_owned();
        json["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|fault| (text(fault, "field"), text(fault, "message")))
            .collect()
    }

    /// The text of the PMS API's error, or the problem's detail.
    #[must_use]
    pub fn error(&self) -> String {
        let json = self.json();
        let text = json["error"].as_str().or_else(|| json["detail"].as_str());
        text.unwrap_or_default().to_owned()
    }
}

/// An integration's credentials for a practice.
#[derive(Clone, Debug)]
pub struct Pms {
    /// The practice.
    pub practice_id: i64,
    /// The consumer.
    pub consumer_id: i64,
    /// `api-key`.
    pub api_key: String,
    /// `practice-key`.
    pub practice_key: String,
}

impl Pms {
    /// The three headers.
    #[must_use]
    pub fn headers(&self) -> Vec<(String, String)> {
        vec![
            ("api-key".into(), self.api_key.clone()),
            ("practice-id".into(), self.practice_id.to_string()),
            ("practice-key".into(), self.practice_key.clone()),
        ]
    }

    /// The three headers and more.
    #[must_use]
    pub fn headers_and(&self, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let more = more
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.headers().into_iter().chain(more).collect()
    }
}

/// Another seed each time, so that a hub that is started again on a database does not draw the
/// keys that the one before has drawn.
fn seed() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Ways out, with the objects that the hubs of a database share.
fn on_objects(database: &TestDatabase, outgoing: Outgoing) -> Outgoing {
    Outgoing {
        objects: Arc::<crate::MemoryObjects>::clone(database.objects()),
        ..outgoing
    }
}

/// The pages, as the binary serves them, and what it counts for them.
fn pages(hub: &Hub) -> (Option<Pages>, CallFigures, Arc<Charts>) {
    let calls = CallFigures::default();
    let of_charts = calls.clone();
    let read = Arc::new(move || of_charts.by_face());
    let charts = Arc::new(Charts::new(CallFigures::BOUNDS, read));
    let options = WebOptions {
        charts: Arc::clone(&charts),
        ..WebOptions::default()
    };
    let pages = Pages {
        router: slotbridge_web::router(hub.clone(), &options),
        failure: slotbridge_web::told,
    };
    (Some(pages), calls, charts)
}

impl TestApp {
    /// A hub on a fresh database, its clock held still.
    pub async fn new() -> Self {
        Self::on(TestDatabase::ready(), TestClock::new(), false).await
    }

    /// The same in sandbox mode.
    pub async fn sandbox() -> Self {
        Self::on(TestDatabase::ready(), TestClock::new(), true).await
    }

    /// A hub on that database: to start again on what another left.
    ///
    /// # Panics
    /// The store cannot be opened.
    pub async fn on(database: TestDatabase, clock: Arc<TestClock>, sandbox: bool) -> Self {
        Self::with(database, clock, sandbox, crate::outgoing()).await
    }

    /// A hub on a fresh database, with ways out.
    pub async fn sending(outgoing: Outgoing) -> Self {
        Self::with(TestDatabase::ready(), TestClock::new(), false, outgoing).await
    }

    /// A hub on a fresh database, with ways out, that is set otherwise than usual.
    pub async fn set(outgoing: Outgoing, settings: Settings) -> Self {
        let database = TestDatabase::ready();
        Self::with_settings(database, TestClock::new(), false, outgoing, settings).await
    }

    /// A hub on that database, with ways out.
    ///
    /// # Panics
    /// The store cannot be opened.
    pub async fn with(
        database: TestDatabase,
        clock: Arc<TestClock>,
        sandbox: bool,
        outgoing: Outgoing,
    ) -> Self {
        Self::with_settings(database, clock, sandbox, outgoing, Settings::default()).await
    }

    async fn with_settings(
        database: TestDatabase,
        clock: Arc<TestClock>,
        sandbox: bool,
        outgoing: Outgoing,
        settings: Settings,
    ) -> Self {
        // What the log says of a failure belongs beside the failed test.
        let _ = tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
            .with_test_writer()
            .try_init();
        let random: Arc<dyn Random> = TestRandom::new(seed());
        let movable = MovableClock::new(clock.clone());
        let of_store: Arc<dyn Clock> = if sandbox {
            movable.clone()
        } else {
            clock.clone()
        };
        let store = database.open(of_store, Arc::clone(&random));
        let outgoing = on_objects(&database, outgoing);
        let receiver = Arc::<Receiver>::default();
        let outgoing = Outgoing {
            callbacks: Arc::<Receiver>::clone(&receiver),
            ..outgoing
        };
        let faults = FaultBox::new(movable.clone(), Arc::clone(&random));
        let recorder = Recorder::new(movable.clone());
        let outgoing = recorder.around(faults.around(outgoing));
        let hub = Hub::new(store, random, outgoing, settings);
        if sandbox {
            movable.resume(&hub).await.expect("the sandbox's clock");
        }
        let operator_token = KeyKind::Operator.write([7; 20]);
        slotbridge_hub::admin::operator_tokens::ensure(&hub, &operator_token)
            .await
            .expect("an operator token");
        let (pages, calls, charts) = pages(&hub);
        let options = ApiOptions {
            sandbox: sandbox.then_some(movable),
            faults: Some(faults),
            recorder: Some(recorder),
            pages,
            calls,
            ..ApiOptions::default()
        };
        let router = slotbridge_api::router(hub.clone(), options);
        Self {
            database,
            clock,
            hub,
            router,
            operator_token,
            receiver,
            charts,
            served: Served::default(),
        }
    }

    /// A hub for races: calls go over the network, on PostgreSQL to two nodes in turn, and every
    /// transaction pauses between look and write.
    pub async fn raced() -> Self {
        Self::new().await.served().await
    }

    async fn served(mut self) -> Self {
        pause_before_writing(self.hub.store());
        self.served.add(self.router.clone()).await;
        if self.database.engine() == TestEngine::Postgres {
            let random: Arc<dyn Random> = TestRandom::new(seed() << 32);
            let store = self.database.open(self.clock.clone(), Arc::clone(&random));
            pause_before_writing(&store);
            let hub = Hub::new(
                store,
                random,
                on_objects(&self.database, crate::outgoing()),
                Settings::default(),
            );
            let options = ApiOptions {
                pages: pages(&hub).0,
                ..ApiOptions::default()
            };
            let router = slotbridge_api::router(hub, options);
            self.served.add(router).await;
        }
        self
    }

    /// Stops the hub, as a crash after its last commit would, and starts another on its database.
    pub async fn restart(self) -> Self {
        self.restart_as(false).await
    }

    /// The same, in sandbox mode or not.
    pub async fn restart_as(self, sandbox: bool) -> Self {
        let Self {
            database,
            clock,
            hub,
            router,
            served,
            ..
        } = self;
        let is_served = served.is_on();
        served.stop().await;
        drop((router, hub));
        let app = Self::on(database, clock, sandbox).await;
        if is_served { app.served().await } else { app }
    }

    /// Serves with other limits from now on.
    pub fn limit(&mut self, limits: Limits) {
        let options = ApiOptions {
            limits,
            pages: pages(&self.hub).0,
            ..ApiOptions::default()
        };
        self.router = slotbridge_api::router(self.hub.clone(), options);
    }

    /// Sends a request as it is. The answer must be one that the face's document describes.
    ///
    /// # Panics
    /// The router fails, which it never may, or answers what its document does not describe.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let answer = if self.served.is_on() {
            self.served.send(request).await
        } else {
            self.dispatch(request).await
        };
        conformity::check(&method, &path, &answer);
        answer
    }

    /// Hands a request to the router in this process.
    async fn dispatch(&self, request: Request<Body>) -> Answer {
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("the router answers");
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes: body.collect().await.expect("a body").to_bytes(),
        }
    }

    /// Sends a body as it is, with no headers but those given.
    ///
    /// # Panics
    /// The request cannot be built.
    pub async fn raw(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(Method::try_from(method).unwrap())
            .uri(path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        self.send(request.body(body.into()).expect("a request"))
            .await
    }

    /// Sends a request with headers and, if it is not null, a JSON body.
    ///
    /// # Panics
    /// The request cannot be built.
    pub async fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: &Value,
    ) -> Answer {
        let mut request = Request::builder()
            .method(Method::try_from(method).unwrap())
            .uri(path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header("content-type", "application/json");
            Body::from(body.to_string())
        };
        self.send(request.body(body).expect("a request")).await
    }

    /// Calls the PMS API.
    pub async fn pms(&self, pms: &Pms, method: &str, path: &str, body: Value) -> Answer {
        self.call(method, &format!("/pms-api/v1{path}"), &pms.headers(), &body)
            .await
    }

    /// Calls the admin API.
    pub async fn admin(&self, method: &str, path: &str, body: Value) -> Answer {
        let bearer = vec![(
            "authorization".into(),
            format!("Bearer {}", self.operator_token),
        )];
        self.call(method, &format!("/admin-api/v1{path}"), &bearer, &body)
            .await
    }

    /// Calls the booking API.
    pub async fn patient(&self, method: &str, path: &str, body: Value) -> Answer {
        self.call(method, &format!("/booking-api/v1{path}"), &[], &body)
            .await
    }

    /// Calls the booking API as the patient of a booking.
    pub async fn manage(&self, token: &str, method: &str, path: &str, body: Value) -> Answer {
        let bearer = vec![("authorization".into(), format!("Bearer {token}"))];
        self.call(method, &format!("/booking-api/v1{path}"), &bearer, &body)
            .await
    }

    /// Moves the clock forward and does all that falls due at its end.
    ///
    /// # Panics
    /// Due work fails.
    pub async fn advance(&self, seconds: i64) {
        self.clock.advance(seconds);
        self.hub
            .timers()
            .await
            .run()
            .await
            .expect("due work is done");
        self.hub
            .messenger()
            .await
            .run()
            .await
            .expect("messages are tried");
        self.deliver().await;
    }

    /// Makes the deliveries that are due now.
    ///
    /// # Panics
    /// They cannot be written down.
    pub async fn deliver(&self) {
        let settled = self.hub.settle_deliveries().await;
        settled.expect("deliveries are settled");
    }

    /// A consumer and a practice of the given details, with the one's consent for the other.
    pub async fn link(&self, practice: Value) -> Pms {
        let consumer = json!({"name": "Vendor", "contactEmail": "dev@vendor.example"});
        let consumer = self.admin("POST", "/consumers", consumer).await.expect(201);
        let practice_id = self.practice(practice).await;
        let consumer_id = consumer["consumerId"].as_i64().expect("an id");
        let api_key = consumer["apiKey"].as_str().expect("a key").to_owned();
        self.consent(practice_id, consumer_id, &api_key).await
    }

    /// A practice: open in Sydney, publishing by itself, and showing its times whatever its
    /// integration does, unless the details say otherwise.
    pub async fn practice(&self, details: Value) -> i64 {
        let mut practice = json!({
            "name": "Test Practice", "timezone": "Australia/Sydney", "state": "NSW",
            "autoPublish": true, "hideWhenUnhealthy": false,
        });
        if let (Value::Object(practice), Value::Object(details)) = (&mut practice, details) {
            practice.extend(details);
        }
        let practice = self.admin("POST", "/practices", practice).await.expect(201);
        practice["practiceId"].as_i64().expect("an id")
    }

    /// Grants a consumer a practice's consent.
    pub async fn consent(&self, practice_id: i64, consumer_id: i64, api_key: &str) -> Pms {
        let path = format!("/practices/{practice_id}/consents");
        let body = json!({"consumerId": consumer_id, "replace": true});
        let consent = self.admin("POST", &path, body).await.expect(201);
        Pms {
            practice_id,
            consumer_id,
            api_key: api_key.to_owned(),
            practice_key: consent["practiceKey"].as_str().expect("a key").to_owned(),
        }
    }

    /// The present in UTC.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
