//! A thousand patients after a thousand times that overlap, while nodes are killed.

use super::Nodes;
use crate::deliveries::{Told, receiver};
use jiff::SignedDuration;
use slotbridge_domain::clock::Random;
use slotbridge_testkit::ledger::facts::Facts;
use slotbridge_testkit::ledger::load::{Face, Stage};
use slotbridge_testkit::ledger::{Fate, Ledger, check};
use slotbridge_testkit::{TestDatabase, TestRandom, dose};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::task::JoinSet;

const PATIENTS: usize = 1000;
/// How many of them call at a time: neighbours, whose times overlap.
const AT_ONCE: usize = 24;
/// A node is killed after so many answers, more or less.
const BETWEEN_KILLS: u64 = 60;

/// A patient calls until there is an answer that says what became of it: each call says the same
/// under the same key, so that the last answer speaks for all of them.
async fn patient<F: Face>(face: &F, stage: &Stage, n: usize, ledger: &mut Ledger) {
    let (mut attempt, body) = stage.nth(n);
    let key = format!("{}-{n}", stage.practice);
    let headers = vec![("idempotency-key".to_owned(), key)];
    let mut calls = 0;
    loop {
        let path = "/booking-api/v1/bookings".to_owned();
        let answer = face.call("POST", path, headers.clone(), body.clone()).await;
        calls += 1;
        stage.answers.fetch_add(1, Ordering::SeqCst);
        match (Fate::of(&answer), answer) {
            (Ok(Fate::Done), Some((_, made))) => {
                attempt.made = Fate::Done;
                attempt.id = made["bookingId"].as_i64();
                break;
            }
            (Ok(Fate::Refused), Some((409, _))) => {
                attempt.made = Fate::Refused;
                break;
            }
            (Ok(_), _) => {}
            (Err(words), _) => {
                ledger.complaints.push(words);
                break;
            }
        }
    }
    ledger.resolved += usize::from(calls > 1);
    ledger.attempts.push(attempt);
}

/// Who was refused though nobody has a time that overlaps: whom with, and when.
fn refused_without_reason(ledger: &Ledger, facts: &Facts) -> Vec<(i64, i64)> {
    const LENGTH: i64 = 15 * 60 * 1_000_000;
    let refused = ledger.attempts.iter().filter(|a| a.made == Fate::Refused);
    let free = refused.filter(|attempt| {
        !facts.bookings.values().any(|booking| {
            booking.practitioner == attempt.practitioner
                && booking.start < attempt.start + LENGTH
                && attempt.start < booking.end
        })
    });
    free.map(|a| (a.practitioner, a.start)).collect()
}

async fn round(
    nodes: &mut Nodes,
    told: &Told,
    callback: &str,
    random: &dyn Random,
) -> (u32, Ledger) {
    let below = |end: u64| u64::from_le_bytes(random.bytes()) % end;
    let face = nodes.balancer.clone();
    let stage = nodes.stage(15, 1, 1).await;
    nodes.subscribe(&stage, callback).await;

    let next = Arc::<AtomicUsize>::default();
    let mut patients = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (face, stage, next) = (face.clone(), Arc::clone(&stage), Arc::clone(&next));
        patients.spawn(async move {
            let mut ledger = Ledger::default();
            loop {
                let n = next.fetch_add(1, Ordering::SeqCst);
                if n >= PATIENTS {
                    return ledger;
                }
                patient(&face, &stage, n, &mut ledger).await;
            }
        });
    }
    let (mut kills, mut ledger) = (0, Ledger::default());
    let (mut goal, mut moves) = (below(BETWEEN_KILLS), Vec::new());
    while !patients.is_empty() {
        tokio::select! {
            Some(done) = patients.join_next() => ledger.extend(done.unwrap()),
            () = stage.answered(goal) => {
                if below(2) == 0 {
                    // What was booked last falls due while a node is killed and another starts.
                    let almost = SignedDuration::from_millis(19_850);
                    moves.push(nodes.begin_to_move_clocks(almost).await);
                }
                nodes.kill(usize::try_from(below(3)).unwrap());
                kills += 1;
                nodes.add().await;
                goal = stage.answers.load(Ordering::SeqCst) + below(2 * BETWEEN_KILLS);
            }
        }
    }

    for moving in moves {
        moving.join_all().await;
    }
    // The 20 seconds of the last end on all nodes at once, and the lease of who was killed as well.
    nodes.move_clocks(SignedDuration::from_secs(30)).await;
    let facts = nodes.facts(&stage).await;
    assert_eq!(check(&ledger, &facts, true), Vec::<String>::new());
    assert_eq!(refused_without_reason(&ledger, &facts), []);
    assert_eq!(ledger.attempts.len(), PATIENTS);
    every_booking_is_told(nodes, &facts, told).await;
    (kills, ledger)
}

/// Whoever has subscribed is told of each booking.
async fn every_booking_is_told(nodes: &Nodes, facts: &Facts, told: &Told) {
    let missing = || {
        let told = told.lock().unwrap();
        let bookings = facts.bookings.keys();
        bookings.filter(|id| !told.contains_key(id)).count()
    };
    for _ in 0..20 {
        if missing() == 0 {
            return;
        }
        // A callback that failed is made again.
        nodes.move_clocks(SignedDuration::from_secs(101)).await;
    }
    assert_eq!(missing(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn heavy_each_time_is_sold_once_while_nodes_are_killed_avail_4() {
    if !super::are_possible() {
        return;
    }
    let random = TestRandom::new(crate::kills::seed());
    let mut nodes = Nodes::start(3, TestDatabase::ready()).await;
    let told = Told::default();
    let callback = receiver(&told).await;
    let (mut total, mut rounds) = (Ledger::default(), (0, 0));
    for _ in dose::each(1, 50) {
        let (kills, ledger) = round(&mut nodes, &told, &callback, &*random).await;
        rounds = (rounds.0 + 1, rounds.1 + kills);
        total.extend(ledger);
    }
    println!(
        "{} rounds of {PATIENTS} patients on three nodes, {} kills: {} bookings acknowledged, all \
         there once; {} refused, all for one that overlaps; {} had to call again",
        rounds.0,
        rounds.1,
        total.count(Fate::Done),
        total.count(Fate::Refused),
        total.resolved,
    );
    assert!(total.resolved > 0, "no kill met a call");
}
