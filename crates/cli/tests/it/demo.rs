//! `slotbridge demo`, as a newcomer runs it.

use crate::support::{Process, run, slotbridge};

/// The main job from end to end, in real time: BOOK-1, BOOK-3, BOOK-4, BOOK-5, BOOK-7, BOOK-8,
/// BOOK-9, AVAIL-1, AVAIL-3, AVAIL-6, AVAIL-7, CONF-1, CONF-2, CONF-3, REQ-1.
#[test]
fn heavy_demo_once_plays_the_whole_story_and_all_of_it_holds() {
    let told = run(&mut slotbridge(&["demo", "--once"])).good();
    let ticks: Vec<&str> = told.lines().filter(|line| line.starts_with('✓')).collect();
    assert_eq!(ticks.len(), 14, "{told}");
    for part in [
        "answers Dr Alice Nguyen, Dr Ben Walker",
        "280 times of Dr Alice Nguyen",
        "for Anna O'Connor, born 23-11-1985",
        "confirmed for the patient",
        "rejected for the patient, who is offered 5 other times",
        "27 other times of that day are offered",
        "still as Requested",
        "as Cancelled, with appointment",
        "is offered again",
        "All of it held.",
    ] {
        assert!(told.contains(part), "{part} is missing in {told}");
    }
    assert!(
        !told.contains('\u{1b}'),
        "no colour where there is no terminal"
    );
}

#[test]
fn the_demo_goes_on_until_it_is_ended_and_a_kept_one_can_be_taken_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let arguments = ["demo", "--listen", "127.0.0.1:0", "--data-dir", path];
    for start in 1..=2 {
        let mut demo = Process::start(&mut slotbridge(&arguments));
        let url = demo.wait_for("The hub is at ");
        let url = url.trim_end_matches('.');
        demo.wait_for("✓ A patient finds a time");
        demo.wait_for("The PMS polls every 5 seconds.");
        let admin = ["admin", "--url", url, "--data-dir", path, "--json"];
        let practices = run(slotbridge(&admin).args(["practices", "list"])).json();
        assert_eq!(practices["page"]["total"], 1);
        let bookings = run(slotbridge(&admin).args(["bookings", "list", "1"])).json();
        assert_eq!(bookings["page"]["total"], start);
        demo.signal("INT");
        assert_eq!(demo.wait().0, Some(0));
    }
}
