//! The agent with a PMS that writes files, and with one behind a FHIR server: from the file that `init`
//! writes to a booking.

use super::support::{Folder, Hub};
use crate::support::{Process, run, slotbridge, tomorrow};
use jiff::civil::Date;
use serde_json::{Value, json};
use slotbridge_testkit::fhir::{CLIENT_ID, CLIENT_SECRET, Endpoint, SCOPE, Store, TOKEN, Tokens};
use std::path::Path;
use tokio::runtime::Runtime;

/// What `init` writes, filled in for a hub, with another PMS than the book.
fn begin(hub: &Hub, folder: &Folder, pms: &str) {
    folder.agent(&["init"]).good();
    let text = std::fs::read_to_string(folder.config()).unwrap();
    let text = hub.filled_in(&text);
    let book = "kind = \"book\"\npath = \"north.book\"\n";
    assert!(text.contains(book), "{text}");
    folder.write(
        &text
            .replace(book, pms)
            .replace("Australia/Sydney", "Australia/Perth"),
    );
}

/// A day of which the practice has free times.
fn day(hub: &Hub) -> Date {
    tomorrow(&hub.server).tomorrow().unwrap()
}

fn kill(agent: Process) {
    agent.signal("TERM");
    let (code, stderr) = agent.wait();
    assert_eq!(code, Some(0), "{stderr}");
    assert!(!stderr.contains("WARN"), "{stderr}");
}

/// Writes a file beside its place and puts it there, as a PMS does.
fn export(files: &Path, name: &str, text: &str) {
    let beside = files.join(format!("{name}.tmp"));
    std::fs::write(&beside, text).unwrap();
    std::fs::rename(beside, files.join(name)).unwrap();
}

#[test]
fn a_pms_of_files_is_checked_and_gets_what_is_booked_conf_1_avail_1_book_4_book_12() {
    let (hub, folder) = (Hub::new(), Folder::new());
    begin(&hub, &folder, "kind = \"folder\"\npath = \"north-files\"\n");
    let told = folder.agent(&["check"]).bad(1);
    assert!(
        told.contains("1 thing is wrong"),
        "the folder is not there: {told}"
    );
    let files = folder.path().join("north-files");
    std::fs::create_dir(&files).unwrap();
    for (name, text) in [
        (
            "resources.csv",
            "pmsResourceId,pmsResourceName\nR1,Dr Alice Nguyen\n",
        ),
        (
            "appointment_types.csv",
            "pmsAppointmentTypeId,pmsAppointmentTypeName,minutes\nG,Standard,15\n",
        ),
        (
            "patients.csv",
            "patientId,firstname,lastname,dob\nP1,Robert,Brown,1985-03-27\n",
        ),
        ("changes.csv", "bookingId,change\n"),
        (
            "free_times.csv",
            &format!(
                "pmsResourceId,date,start,end,slotSeconds\nR1,{},09:00,09:30,900\n",
                day(&hub)
            ),
        ),
    ] {
        export(&files, name, text);
    }
    let told = folder.agent(&["check"]).good();
    assert!(
        told.contains("resources: 1, appointment types: 1"),
        "{told}"
    );
    let agent = folder.start();
    let slot = hub.slot();
    let booking = hub.book(&slot);
    hub.wait_for_answer(booking, "confirmed");
    let written = std::fs::read_to_string(files.join("bookings.csv")).unwrap();
    let row = format!(
        "{booking},SB-A{booking},booked,R1,{}T09:00:00,900,G,SB-P{booking}",
        day(&hub)
    );
    assert!(written.contains(&row), "{row} is not in {written}");
    let patients = std::fs::read_to_string(files.join("new_patients.csv")).unwrap();
    assert!(patients.contains("Zqlastname"), "{patients}");
    let moved = format!("bookingId,change\n{booking},moved\n");
    export(&files, "changes.csv", &moved);
    hub.wait_for(booking, "cancelled");
    kill(agent);
    hub.server.stop();
}

/// A practitioner with two free quarters of an hour on a day.
fn practice(store: &mut Store, day: Date) {
    let name = json!([{"prefix": ["Dr"], "given": ["Alice"], "family": "Nguyen"}]);
    store.put(json!({"resourceType": "Practitioner", "id": "alice", "name": name}));
    let actor = json!([{"reference": "Practitioner/alice"}]);
    store.put(json!({"resourceType": "Schedule", "id": "of-alice", "actor": actor}));
    for (n, [start, end]) in [["09:00", "09:15"], ["09:15", "09:30"]]
        .into_iter()
        .enumerate()
    {
        let at = |time: &str| format!("{day}T{time}:00+08:00");
        store.put(json!({
            "resourceType": "Slot",
            "id": format!("alice-{n}"),
            "schedule": {"reference": "Schedule/of-alice"},
            "status": "free",
            "start": at(start),
            "end": at(end),
        }));
    }
}

#[test]
fn a_fhir_server_is_checked_linked_polled_and_gets_what_is_booked_conf_1_avail_1_book_4() {
    let (hub, folder, runtime) = (Hub::new(), Folder::new(), Runtime::new().unwrap());
    let endpoint = runtime.block_on(Endpoint::start());
    endpoint.at_the_desk(|store| practice(store, day(&hub)));
    let pms = |token: &str| {
        let base = &endpoint.base;
        format!("kind = \"fhir\"\nbase_url = {base:?}\ntoken = {token:?}\n")
    };
    begin(&hub, &folder, &pms("another"));
    let told = folder.agent(&["check"]);
    assert!(
        told.stdout.contains("(401)") || told.stdout.contains("answered 401"),
        "{told:?}"
    );
    std::fs::remove_file(folder.config()).unwrap();
    begin(&hub, &folder, &pms(TOKEN));
    let told = folder.agent(&["check"]).good();
    assert!(
        told.contains("resources: 1, appointment types: 1"),
        "{told}"
    );
    assert!(!told.contains(TOKEN), "{told}");
    let agent = folder.start();
    let booking = hub.book(&hub.slot());
    hub.wait_for_answer(booking, "confirmed");
    let made = endpoint
        .at_the_desk(|store| store.read("Appointment", "new-2"))
        .unwrap();
    let identifier = json!([{"system": "urn:slotbridge:booking", "value": booking.to_string()}]);
    assert_eq!(made["identifier"], identifier);
    assert_eq!(hub.view(booking)["pmsAppointmentIds"], json!(["new-2"]));
    let slot: Value = endpoint
        .at_the_desk(|store| store.read("Slot", "alice-0"))
        .unwrap();
    assert_eq!(slot["status"], "busy");
    hub.cancel(booking);
    super::support::wait_until("the cancellation", || {
        let made = endpoint.at_the_desk(|store| store.read("Appointment", "new-2"));
        (made.unwrap()["status"] == "cancelled").then_some(())
    });
    kill(agent);
    hub.server.stop();
}

#[test]
fn an_agent_that_fetches_its_tokens_is_checked_and_tells_no_secret_however_much_it_tells() {
    let (hub, folder, runtime) = (Hub::new(), Folder::new(), Runtime::new().unwrap());
    let endpoint = runtime.block_on(Endpoint::start());
    endpoint.at_the_desk(|store| practice(store, day(&hub)));
    let pms = format!(
        "kind = \"fhir\"\nbase_url = {:?}\ntoken_url = {:?}\nclient_id = {CLIENT_ID:?}\n\
         scope = {SCOPE:?}\nclient_secret_file = \"secret\"\n",
        endpoint.base, endpoint.token_url
    );
    begin(&hub, &folder, &pms);
    let good = std::fs::read_to_string(folder.config()).unwrap();
    let secret = folder.path().join("secret");
    let wrong = |told: &str| {
        let ended = folder.agent(&["check"]);
        assert!(ended.stdout.contains(told), "{ended:?}");
        assert!(!ended.stdout.contains(CLIENT_SECRET), "{ended:?}");
    };
    wrong("client_secret_file: that file cannot be read");
    std::fs::write(&secret, "another").unwrap();
    wrong("the token endpoint answered 401: it refuses the client");
    std::fs::write(&secret, CLIENT_SECRET).unwrap();
    let with = |old: &str, new: &str| {
        assert!(good.contains(old), "{good}");
        // The commented examples below stay as they are.
        folder.write(&good.replacen(old, new, 1));
    };
    with("/oauth2/token", "/nothing");
    wrong("the token endpoint answered 401: it refuses the client: check token_url");
    with("token_url =", "token = \"a\"\ntoken_url =");
    wrong("token: is there as well as a client's keys");
    with("client_id =", "# client_id =");
    wrong("client_id: is missing");
    let in_file = "client_secret_file = \"secret\"\n";
    with(in_file, "");
    wrong("client_secret: is missing: put in the client's secret, or set SLOTBRIDGE_AGENT_CLIENT");
    let mut command = slotbridge(&["agent", "check"]);
    let command = command.current_dir(folder.path());
    run(command.env("SLOTBRIDGE_AGENT_CLIENT_SECRET", CLIENT_SECRET)).good();
    folder.write(&good);
    folder.agent(&["check"]).good();

    let mut command = slotbridge(&["agent", "--log", "trace"]);
    let mut agent = Process::start(command.current_dir(folder.path()));
    agent.wait_for("Slotbridge agent");
    let slot = hub.slot();
    endpoint.tokens(Tokens::revoke);
    let booking = hub.book(&slot);
    hub.wait_for_answer(booking, "confirmed");
    agent.signal("TERM");
    let (code, stderr) = agent.wait();
    assert_eq!(code, Some(0), "{stderr}");
    for secret in [
        CLIENT_SECRET,
        "client%2B",
        "fetched-token",
        "bm9ydGgrYWdlbnQ",
    ] {
        assert!(!stderr.contains(secret), "{secret} in {stderr}");
    }
    hub.server.stop();
}
