//! `/metrics`: what is counted, and who may see it.

mod access;
mod figures;
mod openmetrics;

use openmetrics::Exposition;
use slotbridge_testkit::TestApp;

/// What `/metrics` shows, read strictly.
async fn scrape(app: &TestApp) -> Exposition {
    let bearer = format!("Bearer {}", app.operator_token);
    let headers = [("authorization".to_owned(), bearer)];
    let answer = app.raw("GET", "/metrics", &headers, "").await;
    assert_eq!(answer.status, 200);
    let kind = answer.header("content-type").unwrap();
    assert!(kind.starts_with("application/openmetrics-text; version=1.0.0"));
    Exposition::read(std::str::from_utf8(&answer.bytes).unwrap())
}
