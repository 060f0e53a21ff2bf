//! The admin API.

mod access;
mod audit;
mod bookability;
mod bookings;
mod catalogue;
mod consumers;
mod erasure;
mod practices;
mod requests;
mod search;

use slotbridge_testkit::Answer;

/// A problem with that status; its faults as `field: message`.
#[track_caller]
fn problem(answer: &Answer, status: u16) -> Vec<String> {
    let text = String::from_utf8_lossy(&answer.bytes);
    assert_eq!(answer.status.as_u16(), status, "{text}");
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    let faults = answer.faults().into_iter();
    faults
        .map(|(field, message)| format!("{field}: {message}"))
        .collect()
}
