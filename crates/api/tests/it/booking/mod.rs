//! The booking API.

mod calendar;
mod create;
mod events;
mod form;
mod holds;
mod manage;
mod manage_link;
mod nodes;
mod practices;
mod rates;
mod remembered;
mod reschedule;
mod slots;
mod turns;
mod waitlist;

use slotbridge_testkit::Answer;

/// A problem with that status, in the form of RFC 9457; its faults as `field: message`.
#[track_caller]
fn problem(answer: &Answer, status: u16) -> Vec<String> {
    let text = String::from_utf8_lossy(&answer.bytes);
    assert_eq!(answer.status.as_u16(), status, "{text}");
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    let json = answer.json();
    assert_eq!(json["status"], status);
    assert_eq!(json["type"], "about:blank");
    assert!(
        json["title"].is_string() && json["detail"].is_string(),
        "{text}"
    );
    let faults = answer.faults().into_iter();
    faults
        .map(|(field, message)| format!("{field}: {message}"))
        .collect()
}
