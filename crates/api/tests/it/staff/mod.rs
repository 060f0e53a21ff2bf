//! Staff of practices: accounts, links, signing in, sessions, and what a role may do.

mod accounts;
mod links;
mod roles;
mod sessions;
mod sign_in;

use serde_json::json;
use slotbridge_hub::{Error, Result};
use slotbridge_testkit::TestApp;

/// A hub with a practice.
async fn app() -> (TestApp, i64) {
    let app = TestApp::new().await;
    let practice = app.practice(json!({"name": "Harbour Clinic"})).await;
    (app, practice)
}

/// What is said of a refusal: the kind of error.
#[track_caller]
fn refused<T>(result: Result<T>) -> &'static str {
    match result {
        Ok(_) => "not refused",
        Err(Error::Invalid(_)) => "invalid",
        Err(Error::Unauthorized(_)) => "unauthorized",
        Err(Error::Forbidden(_)) => "forbidden",
        Err(Error::NotFound(_)) => "not found",
        Err(Error::Gone(_)) => "gone",
        Err(Error::Conflict(_)) => "conflict",
        Err(Error::TooManyAttempts { .. }) => "too many",
        Err(other) => panic!("{other:?}"),
    }
}
