//! The power fails: at any operation of the disk, with any of what was not synced surviving.

use crate::support::{Base, FILE, Said};
use slotbridge_faultfs::Survival;
use slotbridge_testkit::dose;
use slotbridge_testkit::ledger::Fate;
use std::sync::Arc;

const SURVIVALS: [Survival; 4] = [
    Survival::Nothing,
    Survival::Torn,
    Survival::Some,
    Survival::Everything,
];

/// At which of so many changes a round cuts the power, and what survives it: spread over all of them
/// however many rounds there are.
fn place(round: u32, changes: u64) -> (u64, Survival) {
    let at = 1 + u64::from(round) * 7919 % changes;
    let survival = usize::try_from(round).unwrap() % SURVIVALS.len();
    (at, SURVIVALS[survival])
}

/// How many changes of the disk a whole load makes, about.
async fn changes_of_a_load(base: &Base) -> u64 {
    let mut round = base.start().await;
    let before = round.disk.changes();
    round.load(0).await;
    round.disk.changes() - before
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_at_any_moment_loses_nothing_acknowledged() {
    let base = Base::new().await;
    let changes = changes_of_a_load(&base).await;
    let (mut rounds, mut acknowledged, mut unknown) = (0, 0, 0);
    for round in dose::each(48, 4000) {
        let (at, survival) = place(round, changes);
        rounds += 1;
        let _said = Said(format!(
            "round {round}: the power fails at change {at} of {changes}, {survival:?} survives"
        ));
        let mut running = base.start().await;
        running.disk.seed(round.into());
        running.disk.cut_after(at);
        running.load(round.into()).await;
        running.disk.cut();
        acknowledged += running.ledger.count(Fate::Done);
        unknown += running.ledger.count(Fate::Unknown);
        let mut after = running.again(|disk| disk.power_on(survival)).await;
        after.is_well(round.into()).await;
    }
    println!(
        "{rounds} power cuts over {changes} changes of the disk: {acknowledged} bookings \
         acknowledged, all there; {unknown} of unknown outcome, each there or not"
    );
    assert!(acknowledged > 0 && unknown > 0);
}

/// A long log is moved into the file beside the writer, and its end by the writer.
#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_while_a_long_log_is_moved_loses_nothing_acknowledged() {
    let base = Base::new().await;
    let long = async || {
        let mut round = base.start().await;
        round.lengthen_log();
        round
    };
    let mut whole = long().await;
    let (before, length) = (whole.disk.changes(), whole.disk.length_of(FILE));
    whole.load(0).await;
    let changes = whole.disk.changes() - before;
    assert!(
        whole.disk.length_of(FILE) > length,
        "there was a checkpoint"
    );
    for round in dose::each(6, 200) {
        let (at, survival) = place(round, changes);
        let _said = Said(format!(
            "round {round}: the power fails at change {at} of {changes}, {survival:?} survives"
        ));
        let mut running = long().await;
        running.disk.seed(round.into());
        running.disk.cut_after(at);
        running.load(round.into()).await;
        running.disk.cut();
        let mut after = running.again(|disk| disk.power_on(survival)).await;
        after.is_well(round.into()).await;
    }
}

/// The same on a disk that answers a sync before it has done it, as with `synchronous=OFF`.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_lies_about_its_syncs_is_found_out() {
    let base = Base::new().await;
    let changes = changes_of_a_load(&base).await;
    let mut lost = 0;
    for round in 0..8 {
        let mut running = base.start().await;
        running.disk.seed(round);
        running.disk.lie();
        running.disk.cut_after(changes * (round + 2) / 10);
        running.load(round).await;
        running.disk.cut();
        let after = running.again(|disk| disk.power_on(Survival::Nothing)).await;
        let wrong = after.wrong(false);
        lost += usize::from(wrong.iter().any(|words| words.ends_with("and is lost")));
    }
    assert!(
        lost > 0,
        "without durable commits nothing is lost: the test proves nothing"
    );
}

/// Thousands of rounds follow one another in a process.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_goes_with_the_hub_that_was_on_it() {
    let base = Base::new().await;
    let mut round = base.start().await;
    round.load(0).await;
    let round = round.again(|disk| disk.power_on(Survival::Some)).await;
    let disk = Arc::downgrade(&round.disk);
    drop(round);
    assert!(disk.upgrade().is_none());
}
