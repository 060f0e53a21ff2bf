//! Backups while patients book: no half booking, and nothing acknowledged before is missing.

use super::{back_up, on_a_thread, restore};
use crate::support::{Raw, RawPostgres};
use slotbridge_testkit::clinic::snapshot;
use slotbridge_testkit::{Clinic, TestApp, TestDatabase, TestEngine, dose};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The numbers that a query answers.
fn numbers(database: &TestDatabase, text: &str) -> BTreeSet<i64> {
    on_a_thread(|| match Raw::open(database) {
        Raw::Sqlite(connection) => {
            let mut query = connection.prepare(text).unwrap();
            let rows = query.query_map([], |row| row.get(0)).unwrap();
            rows.map(Result::unwrap).collect()
        }
        Raw::Postgres(raw) => of_all_practices(&raw, text),
    })
}

fn of_all_practices(raw: &RawPostgres, text: &str) -> BTreeSet<i64> {
    raw.execute("SET slotbridge.practice_id = '0'");
    raw.query(text).iter().map(|row| row.get(0)).collect()
}

/// Bookings that lack something which was written in the same transaction.
const HALF: [&str; 4] = [
    "SELECT booking_id FROM bookings b WHERE NOT EXISTS
         (SELECT 1 FROM requests r WHERE r.practice_id = b.practice_id
             AND r.booking_id = b.booking_id)",
    "SELECT booking_id FROM bookings b WHERE NOT EXISTS
         (SELECT 1 FROM audit a WHERE a.practice_id = b.practice_id
             AND a.booking_id = b.booking_id AND a.action = 'book')",
    "SELECT booking_id FROM bookings b WHERE NOT EXISTS
         (SELECT 1 FROM due d WHERE d.practice_id = b.practice_id
             AND d.target = CAST(b.booking_id AS TEXT))",
    "SELECT booking_id FROM bookings b JOIN practice_counters c ON c.practice_id = b.practice_id
         WHERE b.booking_id > b.practice_id * 100000000 + c.last_number",
];

/// And what was written without its booking.
const ORPHANS: &str = "SELECT r.request_id FROM requests r WHERE r.booking_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM bookings b WHERE b.practice_id = r.practice_id
        AND b.booking_id = r.booking_id)";

const TIMES: [&str; 14] = [
    "09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "13:00", "13:30", "14:00", "14:30",
    "15:00", "15:30", "16:00", "16:30",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_has_whole_bookings_and_all_that_were_acknowledged() {
    const DAYS: u32 = 28;
    let wanted = dose::rounds(4, 25) as usize;
    let clinic = Clinic::on(TestApp::new().await).await;
    for n in 1..=DAYS {
        let body = snapshot("12345", &date(n));
        clinic
            .pms("POST", "/availability/snapshot", body)
            .await
            .expect(200);
    }
    let acknowledged = Mutex::new(BTreeSet::new());
    let (made, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let starts: Vec<String> = (1..=DAYS)
        .flat_map(|n| TIMES.map(|time| format!("{}T{time}", date(n))))
        .collect();
    // A backup as soon as the one before is checked; a last one after the last booking.
    let back_up_again_and_again = || {
        let mut seen = BTreeSet::new();
        loop {
            let last = done.load(Ordering::SeqCst);
            let before: BTreeSet<i64> = acknowledged.lock().unwrap().clone();
            let (bytes, _) = back_up(&clinic.app.database);
            let restored = restore(&bytes, TestEngine::of_this_run());
            for text in HALF.into_iter().chain([ORPHANS]) {
                assert_eq!(numbers(&restored, text), BTreeSet::new(), "{text}");
            }
            let there = numbers(&restored, "SELECT booking_id FROM bookings");
            assert!(
                there.is_superset(&before),
                "acknowledged before, and not there"
            );
            seen.insert(there.len());
            made.fetch_add(1, Ordering::SeqCst);
            if last {
                return seen;
            }
        }
    };
    let book_until_enough = async {
        for group in starts.chunks(7) {
            let group = group.iter().map(|start| async {
                let booked = clinic.book(start).await;
                acknowledged.lock().unwrap().insert(booked.id);
            });
            futures_util::future::join_all(group).await;
            if made.load(Ordering::SeqCst) >= wanted {
                break;
            }
        }
    };
    let seen = std::thread::scope(|scope| {
        let backups = scope.spawn(back_up_again_and_again);
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(book_until_enough);
        });
        done.store(true, Ordering::SeqCst);
        backups.join().unwrap()
    });
    println!("{made:?} backups held {seen:?} bookings");
    let all = acknowledged.lock().unwrap().len();
    assert_eq!(seen.last(), Some(&all), "the last one has them all");
    assert!(seen.len() > 2, "some were made amid the bookings: {seen:?}");
}

/// The `n`th day with free times.
fn date(n: u32) -> String {
    format!("2026-12-{n:02}")
}
