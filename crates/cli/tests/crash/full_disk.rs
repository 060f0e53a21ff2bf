//! The disk under the real binary is full: what cannot be stored is refused, what is stored can be
//! read, and once there is space again all goes on, without a restart.

use crate::hub::{Http, Hub, Place};
use jiff::ToSpan;
use serde_json::{Value, json};
use slotbridge_testkit::ledger::check;
use slotbridge_testkit::ledger::facts::{Facts, damage};
use slotbridge_testkit::ledger::load::{Client, Face, Stage};
use slotbridge_testkit::{TestDatabase, TestEngine, TestRandom, clinic};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

/// Makes a shortage of space, and ends it.
enum Shortage {
    /// A small file system, filled up.
    Ballast(PathBuf),
    /// No file of this process may grow.
    Limit(u32),
}

impl Shortage {
    fn begin(&self) {
        match self {
            Self::Ballast(path) => {
                let mut file = std::fs::File::create(path).unwrap();
                while file.write_all(&[1; 512]).is_ok() {}
            }
            Self::Limit(_) => self.limit("4096"),
        }
    }

    fn end(&self) {
        match self {
            Self::Ballast(path) => std::fs::remove_file(path).unwrap(),
            Self::Limit(_) => self.limit("unlimited"),
        }
    }

    /// The soft limit alone, so that whoever set it may lift it.
    fn limit(&self, bytes: &str) {
        if let Self::Limit(pid) = self {
            let size = format!("--fsize={bytes}:");
            let mut command = Command::new("prlimit");
            let set = command.args(["--pid", &pid.to_string(), &size]).status();
            assert!(set.unwrap().success());
        }
    }
}

async fn endure(place: &Place, hub: Hub, shortage: Shortage) {
    let http = Http::new(&hub.url);
    let path = "/sandbox-api/v1/clock".to_owned();
    let clock = http.call("GET", path, vec![], Value::Null).await.unwrap().1;
    let now: jiff::Timestamp = clock["now"].as_str().unwrap().parse().unwrap();
    let stage = Stage::set_up(&http, &place.token(), now, 2, 1).await;
    let mut client = Client::new(http.clone(), &stage, 0, TestRandom::new(1));
    for _ in 0..5 {
        client.step().await.unwrap();
    }
    let practice = stage.practice;
    let day = (now + 72.hours()).strftime("%Y-%m-%d").to_string();
    let slots = format!("/booking-api/v1/practices/{practice}/slots?from={day}&to={day}");
    let get = async |path: &str| http.send("GET", path, vec![], &Value::Null).await.unwrap();
    let book = async || {
        let (status, _, found) = get(&slots).await;
        assert_eq!(status, 200);
        let slot = found["slots"].as_array().unwrap().last().unwrap();
        let body = json!({"practiceId": practice, "practitionerId": slot["practitionerId"],
            "appointmentTypeId": slot["appointmentTypeId"], "start": slot["start"],
            "patient": clinic::patient()});
        let path = "/booking-api/v1/bookings";
        http.send("POST", path, vec![], &body).await.unwrap()
    };
    assert_eq!(get("/readyz").await.0, 200);

    shortage.begin();
    for _ in 0..10 {
        let (status, retry, problem) = book().await;
        assert_eq!((status, retry.as_deref()), (503, Some("2")), "{problem}");
    }
    assert_eq!(get("/readyz").await.0, 503);
    assert_eq!(get("/healthz").await.0, 200);
    let page = format!("/booking-api/v1/practices/{practice}");
    assert_eq!(get(&page).await.0, 200);

    shortage.end();
    assert_eq!(get("/readyz").await.0, 200);
    for _ in 0..20 {
        client.step().await.unwrap();
    }
    hub.kill();
    let location = place.database.location();
    let facts = Facts::read(&location, practice);
    assert_eq!(check(&client.ledger, &facts, false), Vec::<String>::new());
    assert_eq!(damage(place.folder()), Vec::<String>::new());
}

fn place() -> Place {
    Place::new(TestDatabase::on(TestEngine::Sqlite))
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_no_file_may_grow() {
    let place = place();
    // Writing beyond the limit shall be an error and no signal.
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        "trap '' XFSZ; exec \"$0\" serve",
        env!("CARGO_BIN_EXE_slotbridge"),
    ]);
    let hub = place.spawn_as(&mut shell).ready().await;
    let shortage = Shortage::Limit(hub.pid());
    endure(&place, hub, shortage).await;
}

/// A small file system in memory on a folder, as long as this lives.
struct Mounted(PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Needs the right to mount; without it there is nothing to show, and `on_sqlite_no_file_may_grow` remains.
#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_a_full_file_system() {
    let place = place();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"])
        .arg(place.folder())
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        println!("no right to mount a file system: left out");
        return;
    }
    let _mounted = Mounted(place.folder().to_owned());
    let hub = place.start().await;
    let shortage = Shortage::Ballast(place.folder().join("ballast"));
    endure(&place, hub, shortage).await;
}
