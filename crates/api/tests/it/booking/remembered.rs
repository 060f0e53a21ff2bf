//! What a node remembers of a practice, and what it reads anew.

use crate::auth::nodes::second_node;
use parking_lot::Mutex;
use serde_json::{Value, json};
use slotbridge_domain::ids::PracticeId;
use slotbridge_hub::Hub;
use slotbridge_store::goes_on_in;
use slotbridge_testkit::clinic::DAY;
use slotbridge_testkit::{Clinic, TestEngine};
use std::collections::BTreeMap;
use std::mem::take;
use std::sync::Arc;

/// The statements of a node, by their names.
pub(super) type Seen = Arc<Mutex<BTreeMap<&'static str, &'static str>>>;

/// From now on.
pub(super) fn watched(hub: &Hub) -> Seen {
    let seen = Seen::default();
    let seeing = Arc::clone(&seen);
    hub.store().watch(move |sql, _| {
        let (_, name) = sql.name.split_once("::").unwrap();
        seeing.lock().insert(name, sql.text);
    });
    seen
}

async fn looks(clinic: &Clinic) {
    clinic.poll().await;
    clinic.starts().await;
    let page = format!("/practices/{}", clinic.pms.practice_id);
    clinic
        .app
        .patient("GET", &page, Value::Null)
        .await
        .expect(200);
}

/// The tables that a statement reads.
fn tables(text: &str) -> impl Iterator<Item = &str> {
    let words = text
        .split([' ', '\n', '(', ')', ','])
        .filter(|word| !word.is_empty());
    let before = words.clone();
    let pairs = before.zip(words.skip(1));
    pairs.filter_map(|(before, table)| matches!(before, "FROM" | "JOIN").then_some(table))
}

#[tokio::test]
async fn what_is_configured_is_not_read_again_because_of_a_booking() {
    let clinic = Clinic::new().await;
    let seen = watched(&clinic.app.hub);
    let mut read = Vec::new();
    // On PostgreSQL a node that did not get to ask what others wrote remembers nothing.
    for minute in [0, 30, 60, 90, 120] {
        let notice = json!({"minimumNoticeMinutes": minute});
        clinic.admin("PATCH", "", notice).await.expect(200);
        take(&mut *seen.lock());
        looks(&clinic).await;
        let all = take(&mut *seen.lock());
        clinic
            .book(&format!("{DAY}T{:02}:{:02}", 9 + minute / 60, minute % 60))
            .await;
        take(&mut *seen.lock());
        looks(&clinic).await;
        let again = take(&mut *seen.lock());
        looks(&clinic).await;
        let still_again = take(&mut *seen.lock()).into_keys();
        read = again.keys().copied().chain(still_again).collect();
        if read
            == [
                "requests::OUTSTANDING_TYPES",
                "resource_days::BETWEEN",
                "taken::LIST",
            ]
        {
            let configured = all.iter().filter(|(name, _)| !again.contains_key(*name));
            let mut count = 0;
            for (name, text) in configured {
                for table in tables(text) {
                    assert!(!goes_on_in(table), "{name} reads {table}");
                    count += 1;
                }
            }
            assert!(count >= 10, "{all:?}");
            return;
        }
    }
    panic!("read again: {read:?}");
}

/// That a booking stands, and that its patient is told, changes nothing that anybody asks for all day.
#[tokio::test]
async fn what_is_remembered_outlasts_that_a_booking_stands_book_3() {
    let clinic = Clinic::new().await;
    clinic.promise_nothing().await;
    let seen = watched(&clinic.app.hub);
    let mut read = Vec::new();
    // On PostgreSQL a node that did not get to ask what others wrote remembers nothing.
    for hour in 9..14 {
        let booked = clinic.book(&format!("{DAY}T{hour:02}:00")).await;
        looks(&clinic).await;
        clinic.app.advance(20).await;
        take(&mut *seen.lock());
        looks(&clinic).await;
        read = take(&mut *seen.lock()).into_keys().collect();
        assert_eq!(clinic.status(&booked).await, "confirmed");
        if read.is_empty() {
            return;
        }
    }
    panic!("read again: {read:?}");
}

/// How an integration does is looked at all day, of thousands.
#[tokio::test]
async fn what_is_remembered_outlasts_that_an_integration_does_as_it_did_health_1() {
    let clinic = Clinic::new().await;
    clinic.app.advance(0).await;
    let seen = watched(&clinic.app.hub);
    let mut read = Vec::new();
    // On PostgreSQL a node that did not get to ask what others wrote remembers nothing.
    for _ in 0..5 {
        clinic.app.advance(300).await;
        looks(&clinic).await;
        take(&mut *seen.lock());
        clinic.app.advance(300).await;
        let judged = take(&mut *seen.lock());
        assert!(judged.contains_key("due::PUT_OFF"), "{judged:?}");
        assert!(!judged.contains_key("due::TAKE"), "{judged:?}");
        looks(&clinic).await;
        read = take(&mut *seen.lock()).into_keys().collect();
        if read.is_empty() {
            return;
        }
    }
    panic!("read again: {read:?}");
}

/// What the other nodes have written is read by a worker, before anybody asks: what is outstanding, and
/// what can be booked on the days that were searched last.
#[tokio::test]
async fn what_another_node_has_changed_is_read_ahead_req_1() {
    if TestEngine::of_this_run() == TestEngine::Sqlite {
        return; // An embedded store has one node.
    }
    let mut clinic = Clinic::new().await;
    let (hub, router) = second_node(&clinic.app).await;
    let first = std::mem::replace(&mut clinic.app.router, router.clone());
    assert_eq!(clinic.poll().await, Vec::<String>::new());
    let before = clinic.starts().await;
    let seen = watched(&hub);
    let practice = PracticeId::new(clinic.pms.practice_id).unwrap();
    let book = async |clinic: &mut Clinic, at: &str| {
        let before = hub.store().stamp(practice);
        clinic.app.router = first.clone();
        clinic.book(&format!("{DAY}T{at}")).await;
        clinic.app.router = router.clone();
        take(&mut *seen.lock());
        loop {
            hub.read_ahead().await.unwrap();
            let now = hub.store().stamp(practice);
            if now.is_some() && now != before {
                break;
            }
        }
        take(&mut *seen.lock())
    };
    // It may have been kept from asking what others wrote.
    for hour in 9..14 {
        book(&mut clinic, &format!("{hour:02}:00")).await;
        assert_eq!(clinic.poll().await, ["bookings"]);
        let starts = clinic.starts().await;
        let read = take(&mut *seen.lock());
        clinic.app.router = first.clone();
        assert_eq!(clinic.starts().await, starts);
        assert!(starts.len() < before.len(), "{starts:?}");
        if !read.is_empty() {
            continue;
        }
        // What nobody has looked at since is not read ahead again.
        let pictures = |read: BTreeMap<&str, &str>| {
            let mut names = read.into_keys();
            names.any(|name| name == "taken::LIST_OF_EACH")
        };
        assert!(pictures(book(&mut clinic, &format!("{hour:02}:30")).await));
        assert!(!pictures(book(&mut clinic, "16:00").await));
        return;
    }
    panic!("read when it is asked for: {:?}", seen.lock());
}
