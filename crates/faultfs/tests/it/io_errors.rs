//! Input, output and space fail: no false answer, reads go on, and recovery comes by itself.

use crate::support::{Base, Round, Said};
use serde_json::{Value, json};
use slotbridge_faultfs::{Fault, Kind, Rng, Survival};
use slotbridge_testkit::ledger::Fate;
use slotbridge_testkit::{TestApp, dose};

/// What fails: the kinds of operations, whether only for want of space, and about how many of them
/// a load makes.
const TROUBLES: [(&[Kind], bool, u64); 7] = [
    (&[Kind::Sync], false, 120),
    (&[Kind::Write], false, 400),
    (&[Kind::Write], true, 300),
    (&[Kind::Write, Kind::Sync, Kind::Truncate], false, 500),
    (&[Kind::Read], false, 200),
    (&[Kind::Truncate, Kind::Delete, Kind::Create], false, 2),
    (&[Kind::Read, Kind::Write, Kind::Sync], false, 600),
];

impl Round {
    async fn get(&self, path: &str) -> u16 {
        let call = TestApp::call(&self.app, "GET", path, &[], &Value::Null);
        call.await.status.as_u16()
    }

    async fn reads_go_on(&self) {
        let practice = self.stage.practice;
        let day = self.app.now().strftime("%Y-%m-%d").to_string();
        for path in [
            format!("/booking-api/v1/practices/{practice}"),
            format!("/booking-api/v1/practices/{practice}/slots?from={day}&to={day}"),
        ] {
            assert_eq!(self.get(&path).await, 200, "{path}");
        }
    }
}

/// One round: the load runs into trouble, the disk gets well, and the hub goes on; then the process
/// dies, or the power fails, and what was said still holds.
async fn round(base: &Base, number: u64) -> Round {
    let mut rng = Rng::new(number);
    let (kinds, full, operations) = TROUBLES[usize::try_from(number).unwrap() % TROUBLES.len()];
    let lasting = rng.below(3) > 0;
    let after = rng.below(operations);
    let times = if lasting { u64::MAX } else { 1 + rng.below(3) };
    let _said = Said(format!(
        "round {number}: {kinds:?} (full: {full}) fail {times} times after {after}"
    ));
    let mut running = base.start().await;
    running.disk.seed(number);
    running.disk.fail(Fault {
        kinds,
        full,
        after,
        times,
    });
    running.load(number).await;
    let reads_fail = kinds.contains(&Kind::Read);
    if !reads_fail {
        running.reads_go_on().await;
    }
    let hit = running.disk.failed() > 0;
    if lasting && hit && kinds.contains(&Kind::Sync) && !reads_fail {
        let practice = json!({"name": "Late", "timezone": "Australia/Perth"});
        let refused = running.app.admin("POST", "/practices", practice).await;
        assert_eq!(refused.status, 503);
        assert_eq!(running.get("/readyz").await, 503);
        running.reads_go_on().await;
    }
    running.disk.repair();
    assert_eq!(running.wrong(false), Vec::<String>::new(), "as it runs on");
    // What it last said may be proven wrong only by what comes after.
    if rng.coin() {
        assert_eq!(running.get("/readyz").await, 200);
        running.is_well(number).await;
    }
    running.disk.cut();
    let survival = match rng.below(5) {
        0 => None,
        1 => Some(Survival::Everything),
        2 => Some(Survival::Nothing),
        3 => Some(Survival::Some),
        _ => Some(Survival::Torn),
    };
    let mut after = running
        .again(|disk| match survival {
            Some(survival) => disk.power_on(survival),
            None => disk.reboot_process(),
        })
        .await;
    let _said = Said(format!(
        "then {survival:?} survives a power cut (None: only the process died)"
    ));
    after.is_well(number + 1_000_000).await;
    after
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_at_any_operation_makes_no_answer_false_and_passes() {
    let base = Base::new().await;
    let mut rounds = 0;
    let (mut hit, mut unknown, mut refused, mut done) = (0, 0, 0, 0);
    for number in dose::each(64, 4000) {
        let round = round(&base, number.into()).await;
        rounds += 1;
        hit += u64::from(round.disk.failed() > 0);
        unknown += round.ledger.count(Fate::Unknown);
        refused += round.ledger.count(Fate::Refused);
        done += round.ledger.count(Fate::Done);
    }
    println!(
        "{rounds} rounds, {hit} of them with errors: {done} bookings acknowledged and there, \
         {refused} refused and not there, {unknown} of unknown outcome, each there or not"
    );
    assert!(hit > rounds / 2 && unknown > 0 && refused > 0 && done > 0);
}
