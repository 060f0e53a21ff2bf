//! The power fails while a store is made.

use crate::support::Said;
use slotbridge_faultfs::{Disk, Survival};
use slotbridge_store::Store;
use slotbridge_testkit::ledger::facts::damage;
use slotbridge_testkit::{
    TestApp, TestClock, TestDatabase, TestEngine, TestRandom, database, dose,
};
use std::sync::Arc;

fn open(database: &TestDatabase) -> Result<Store, slotbridge_store::StoreError> {
    database::open(database.options(TestClock::new(), TestRandom::new(9)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_being_made_can_be_opened() {
    let folder = TestDatabase::on(TestEngine::Sqlite);
    let disk = Disk::mount(folder.folder().unwrap());
    drop(open(&folder).unwrap());
    let changes = disk.changes();
    let mut rounds = 0;
    for round in dose::each(40, 2000) {
        rounds += 1;
        let at = 1 + u64::from(round) * 7919 % changes;
        let survival = match round % 5 {
            0 => Survival::Nothing,
            1 => Survival::Everything,
            2 | 3 => Survival::Torn,
            _ => Survival::Some,
        };
        let _said = Said(format!(
            "round {round}: the power fails at change {at} of {changes}, {survival:?} survives"
        ));
        let database = TestDatabase::on(TestEngine::Sqlite);
        let disk = Disk::mount(database.folder().unwrap());
        disk.seed(round.into());
        disk.cut_after(at);
        drop(open(&database));
        disk.power_on(survival);
        let app = Arc::new(TestApp::on(database, TestClock::new(), false).await);
        app.practice(serde_json::json!({})).await;
        assert_eq!(damage(app.database.folder().unwrap()), Vec::<String>::new());
    }
    println!("{rounds} power cuts over the {changes} changes that make a store");
}
