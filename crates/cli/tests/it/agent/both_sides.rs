//! The agent between a hub and the demo's PMS, all of them as processes of their own.

use super::support::{Folder, Hub, wait_until};
use serde_json::Value;

/// The id and the state of a booking's appointment, as the desk sees it.
fn appointment(folder: &Folder, booking: i64) -> (String, String) {
    let listed = folder.agent(&["book", "north.book", "list"]).good();
    let booking = booking.to_string();
    let rows = listed
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    let row = rows.into_iter().find(|row| row.contains(&booking.as_str()));
    let row = row.unwrap_or_else(|| panic!("{booking} is not in {listed}"));
    (row[0].to_owned(), row[row.len() - 1].to_owned())
}

fn stop(agent: crate::support::Process) -> String {
    agent.signal("TERM");
    let (code, stderr) = agent.wait();
    assert_eq!(code, Some(0), "{stderr}");
    stderr
}

/// A booking that a patient makes and the desk cancels: BOOK-1, BOOK-4, BOOK-12, AVAIL-1, CONF-1.
#[test]
fn what_is_booked_is_in_the_book_and_what_the_desk_cancels_is_off() {
    let (hub, folder) = (Hub::new(), Folder::new());
    folder.write(&hub.settings());
    let agent = folder.start();
    let booking = hub.book(&hub.slot());
    hub.wait_for(booking, "confirmed");
    let (id, state) = appointment(&folder, booking);
    assert_eq!(state, "booked");
    let patients = folder.agent(&["book", "north.book", "patients"]).good();
    assert!(patients.contains("Zqlastname"), "{patients}");
    // Checked while it runs; nothing else may have its state.
    let told = folder.agent(&["check"]).good();
    assert!(
        told.contains("resources: 2, appointment types: 2"),
        "{told}"
    );
    let stderr = folder.agent(&["resync"]).bad(1);
    assert!(stderr.contains("a running agent has the state"), "{stderr}");
    assert!(stderr.contains("admin requests raise"), "{stderr}");

    folder.agent(&["book", "north.book", "cancel", &id]).good();
    hub.wait_for(booking, "cancelled");
    assert_eq!(appointment(&folder, booking).1, "cancelled");
    let log = stop(agent);
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_ne!(line["level"], "WARN", "{log}");
    }
    assert_eq!(log.matches("\"works\"").count(), 1, "{log}");
    assert!(
        !log.to_lowercase().contains("zq") && !log.contains("sbp_"),
        "{log}"
    );
    // All is sent again while no agent runs.
    let told = folder.agent(&["resync", "--clinic", "north"]).good();
    assert!(told.contains("north: all was sent"), "{told}");
    let stderr = folder.agent(&["resync", "--clinic", "nort"]).bad(2);
    assert!(stderr.contains("did you mean north?"), "{stderr}");
    hub.server.stop();
}

/// With callbacks the next poll is an hour away: SUB-1, SUB-2.
#[test]
fn with_callbacks_the_hub_says_that_there_is_something() {
    let (hub, folder) = (Hub::new(), Folder::new());
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let callbacks = format!(
        "\n[callbacks]\nlisten = \"{address}\"\nurl = \"http://{address}/hub\"\nsecrets = [{:?}]\n",
        hub.webhook_secret
    );
    let settings =
        hub.settings()
            .replacen("\n[user_agent]", &format!("{callbacks}[user_agent]"), 1);
    folder.write(&settings);
    let mut agent = folder.start();
    agent.wait_for("Callbacks");
    let booking = hub.book(&hub.slot());
    hub.wait_for(booking, "confirmed");
    stop(agent);
    hub.server.stop();
}

#[test]
fn a_practice_without_consent_is_told_once_and_what_to_do() {
    let (hub, folder) = (Hub::new(), Folder::new());
    folder.write(&hub.settings().replace(&hub.practice_key, "sbp_other"));
    let agent = folder.start();
    // It is told before anything of the clinic is written.
    let path = folder.path().join("north.book");
    wait_until("the clinic's start", || path.exists().then_some(()));
    let asked = "GET /metrics";
    wait_until("its first call", || {
        let (_, told) = hub.server.send(asked, &[], b"");
        told.contains("status=\"403\"").then_some(())
    });
    let log = stop(agent);
    assert_eq!(log.matches("has to consent").count(), 1, "{log}");
    assert!(log.contains("\"clinic\":\"north\""), "{log}");
}
