//! How the faces read and write.

mod any_input;
mod bodies;
mod errors;
mod faults;
mod formats;
mod gzip;
mod hostile;
mod liberties;
mod paging;
mod profiles;
mod request_ids;

use serde_json::Value;
use slotbridge_testkit::{Answer, Clinic};

/// Calls the PMS API with a body as it is and no headers but the three and those given.
async fn send(
    clinic: &Clinic,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<axum::body::Body>,
) -> Answer {
    let path = format!("/pms-api/v1{path}");
    let headers = clinic.pms.headers_and(headers);
    clinic.app.raw(method, &path, &headers, body).await
}

/// Posts JSON text.
async fn post(clinic: &Clinic, path: &str, body: &str) -> Answer {
    let json = [("content-type", "application/json")];
    send(clinic, "POST", path, &json, body.to_owned()).await
}

/// The live resources' ids.
async fn resources(clinic: &Clinic) -> Vec<String> {
    let list = clinic.pms("GET", "/config/pmsResources", Value::Null).await;
    let list = list.expect(200);
    let id = |row: &Value| row["pmsResourceId"].as_str().unwrap().to_owned();
    list.as_array().unwrap().iter().map(id).collect()
}
