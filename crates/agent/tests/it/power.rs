//! The disk under the agent's state.

use crate::stage::{Stage, at};
use jiff::Timestamp;
use slotbridge_agent::clinic::Side;
use slotbridge_agent::state::{Remembered, State, Step};
use slotbridge_faultfs::{Disk, Fault, Kind, Survival};

#[test]
fn what_was_written_down_is_there_after_a_power_cut_book_4() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::mount(folder.path());
    let open = || {
        let state = State::open(&folder.path().join("state.db")).unwrap();
        state.clinic("clinic", 1, "sbp_key").unwrap()
    };
    let inserting = Remembered {
        step: Step::Inserting,
        appointment_ids: Vec::new(),
        patient_id: String::new(),
    };
    let state = open();
    state
        .set_booking(7, &inserting, Timestamp::UNIX_EPOCH)
        .unwrap();
    disk.cut();
    drop(state);
    disk.power_on(Survival::Nothing);
    assert_eq!(open().booking(7).unwrap(), Some(inserting));
}

#[tokio::test]
async fn what_it_cannot_write_down_it_does_not_do_book_4() {
    let stage = Stage::new().await;
    let disk = Disk::mount(stage.state_path().parent().unwrap());
    let agent = stage.agent();
    let gone = stage.taken("09:00", &agent).await;
    stage.hub.cancel(&gone).await;
    let booked = stage.hub.book(&at("09:15")).await;
    stage.proxy.take();
    disk.fail(Fault {
        kinds: &[Kind::Write],
        full: false,
        after: 0,
        times: u64::MAX,
    });
    assert_eq!(agent.poll().await.unwrap_err().side(), Side::Agent);
    assert_eq!(stage.rows_of(&booked), []);
    assert_eq!(
        stage.proxy.lines(),
        ["GET /requests", "GET /requests/bookings"]
    );
    disk.repair();
    agent.poll().await.unwrap();
    stage.assert_confirmed(&booked).await;
    assert_eq!(stage.standing(&gone), []);
}
