//! Messages to people: what they are told, how it is sent, and how long it is kept.

mod notices;
mod sending;

use serde_json::Value;
use slotbridge_testkit::{Clinic, Postbox, TestApp};
use std::sync::Arc;

/// A clinic whose messages go to a postbox.
async fn posting() -> (Clinic, Arc<Postbox>) {
    let postbox = Arc::new(Postbox::default());
    let app = TestApp::sending(postbox.outgoing()).await;
    let clinic = Clinic::on(app).await;
    clinic.promise_nothing().await;
    (clinic, postbox)
}

/// The practice's messages as operators see them, newest first.
async fn shown(clinic: &Clinic) -> Vec<Value> {
    let page = clinic
        .admin("GET", "/messages", Value::Null)
        .await
        .expect(200);
    page["data"].as_array().unwrap().clone()
}
