//! SUB-3: what was acknowledged is told to whoever has subscribed, however often the hub is killed
//! while it delivers.

use crate::hub::{Http, Hub, Place};
use axum::Router;
use axum::http::StatusCode;
use serde_json::{Value, json};
use slotbridge_testkit::{TestDatabase, TestEngine, dose};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;

/// How many requests are raised between two kills.
const REQUESTS: usize = 40;

/// How often each request, or each booking, was told, and with which bytes.
pub(crate) type Told = Arc<Mutex<HashMap<i64, (usize, String)>>>;

/// A receiver that answers at once, and refuses every seventh callback, none twice.
pub(crate) async fn receiver(told: &Told) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (told, calls) = (Arc::clone(told), Arc::new(Mutex::new((0, HashSet::new()))));
    let take = move |body: String| async move {
        let sent: Value = serde_json::from_str(&body).unwrap();
        let data = &sent["data"];
        let about = data["requestId"].as_i64().or(data["bookingId"].as_i64());
        let about = about.unwrap();
        let (calls, refused) = &mut *calls.lock().unwrap();
        *calls += 1;
        if *calls % 7 == 0 && refused.insert(about) {
            return StatusCode::INTERNAL_SERVER_ERROR;
        }
        let mut told = told.lock().unwrap();
        let (times, first) = told.entry(about).or_insert_with(|| (0, body.clone()));
        *times += 1;
        assert_eq!(*first, body, "the same bytes each time");
        StatusCode::OK
    };
    let router = Router::new().fallback(take);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

struct Clinic {
    practice: i64,
    token: String,
    pms: Vec<(String, String)>,
}

impl Clinic {
    async fn set_up(http: &Http, token: String) -> Self {
        let operator = bearer(&token);
        let make = async |path: &str, body: Value| {
            let path = format!("/admin-api/v1{path}");
            let (status, _, made) = http
                .send("POST", &path, operator.clone(), &body)
                .await
                .unwrap();
            assert_eq!(status, 201, "{made}");
            made
        };
        let consumer = json!({"name": "Vendor", "contactEmail": "dev@vendor.example"});
        let consumer = make("/consumers", consumer).await;
        let practice = json!({"name": "Ordeal", "timezone": "Australia/Perth"});
        let practice = make("/practices", practice).await["practiceId"]
            .as_i64()
            .unwrap();
        let consent = json!({"consumerId": consumer["consumerId"]});
        let consent = make(&format!("/practices/{practice}/consents"), consent).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let pms = vec![
            ("api-key".to_owned(), text(&consumer["apiKey"])),
            ("practice-id".to_owned(), practice.to_string()),
            ("practice-key".to_owned(), text(&consent["practiceKey"])),
        ];
        Self {
            practice,
            token,
            pms,
        }
    }

    async fn pms(&self, http: &Http, path: &str, body: Value) {
        let path = format!("/pms-api/v1{path}");
        let answer = http.send("POST", &path, self.pms.clone(), &body).await;
        let (status, _, body) = answer.unwrap();
        assert!(status < 300, "{body}");
    }
}

fn bearer(token: &str) -> Vec<(String, String)> {
    vec![("authorization".to_owned(), format!("Bearer {token}"))]
}

/// Raises requests for days of their own until the hub is killed; gives those that were
/// acknowledged.
async fn raise(http: Http, path: String, token: String, first: usize) -> Vec<i64> {
    let mut acknowledged = Vec::new();
    for day in first..first + REQUESTS {
        let date = jiff::civil::date(2030, 1, 1).saturating_add(jiff::Span::new().days(day as i64));
        let body = json!({"type": "availability", "date": date.to_string()});
        let Some((201, _, made)) = http.send("POST", &path, bearer(&token), &body).await else {
            break;
        };
        acknowledged.push(made["requestId"].as_i64().unwrap());
    }
    acknowledged
}

async fn until_told(http: &Http, told: &Told, all: &[i64]) {
    let missing = || {
        let told = told.lock().unwrap();
        all.iter().filter(|id| !told.contains_key(id)).count()
    };
    let mut moves = 0;
    while missing() > 0 {
        assert!(
            moves < 200,
            "{} of {} were never told",
            missing(),
            all.len()
        );
        moves += 1;
        // Retries fall due.
        wait(http, 31).await;
    }
}

async fn wait(http: &Http, seconds: u32) {
    let body = json!({ "advanceSeconds": seconds });
    let path = "/sandbox-api/v1/clock";
    let moved = http.send("POST", path, vec![], &body).await.unwrap();
    assert_eq!(moved.0, 200, "{}", moved.2);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_kill_loses_a_delivery_sub_3() {
    let place = Place::new(TestDatabase::new());
    let kills = match place.database.engine() {
        TestEngine::Sqlite => dose::rounds(6, 200),
        TestEngine::Postgres => dose::rounds(4, 60),
    };
    let mut hub: Hub = place.start().await;
    let mut http = Http::new(&hub.url);
    let told = Told::default();
    let url = receiver(&told).await;
    let clinic = Clinic::set_up(&http, place.token()).await;
    let resources = json!([{"pmsResourceId": "1", "pmsResourceName": "One"}]);
    clinic
        .pms(&http, "/config/pmsResources/snapshot", resources)
        .await;
    let subscription = json!({"topic": "requests.availability", "callbackUrl": url});
    clinic.pms(&http, "/subscription", subscription).await;
    let mut acknowledged = Vec::new();
    for round in 0..usize::try_from(kills).unwrap() {
        let path = format!("/admin-api/v1/practices/{}/requests", clinic.practice);
        let mut raising = JoinSet::new();
        for client in 0..2 {
            let first = (round * 2 + client) * REQUESTS;
            let (http, path) = (http.clone(), path.clone());
            raising.spawn(raise(http, path, clinic.token.clone(), first));
        }
        // In the middle of it, sooner or later.
        let goal = told.lock().unwrap().len() + 3 + 5 * (round % 4);
        let mut tick = tokio::time::interval(Duration::from_millis(1));
        while told.lock().unwrap().len() < goal && !raising.is_empty() {
            tokio::select! {
                _ = tick.tick() => {}
                Some(done) = raising.join_next() => acknowledged.extend(done.unwrap()),
            }
        }
        hub.kill();
        while let Some(done) = raising.join_next().await {
            acknowledged.extend(done.unwrap());
        }
        hub = place.start().await;
        http.url.clone_from(&hub.url);
        // The lease of the one that was killed runs out, where another might have it.
        wait(&http, 10).await;
    }
    until_told(&http, &told, &acknowledged).await;
    hub.stop();
    let told = told.lock().unwrap();
    let more = told.values().filter(|(times, _)| *times > 1).count();
    println!(
        "{kills} kills: {} requests acknowledged, all told; {more} of them more than once",
        acknowledged.len()
    );
    assert!(acknowledged.len() > 20, "{}", acknowledged.len());
}
