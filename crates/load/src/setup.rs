//! What practices, their integration and their consent are made of: one call after the other, over
//! whatever answers them.

use crate::http::{Connection, Request};
use serde_json::{Value, json};
use std::io;

/// Headers of a call.
pub type Headers = Vec<(String, String)>;

/// Whoever answers calls: a server, or a router in this process.
pub trait Api {
    /// Makes a call that must succeed; a body of `null` is none.
    ///
    /// # Errors
    /// It did not succeed.
    fn call(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: &Value,
    ) -> impl Future<Output = io::Result<Value>>;
}

impl Api for Connection {
    async fn call(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: &Value,
    ) -> io::Result<Value> {
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let request = Request::new(method, path, headers, text.as_bytes());
        let answer = self.send(&request).await?;
        let json = self.json(&answer);
        if answer.status >= 300 {
            let status = answer.status;
            let said = json["error"].as_str().or_else(|| json["detail"].as_str());
            let said = said.unwrap_or("no reason given");
            return Err(io::Error::other(format!(
                "{method} {path}: {status}, {said}"
            )));
        }
        Ok(json)
    }
}

/// A vendor, as far as its key goes.
#[derive(Clone, Debug)]
pub struct Consumer {
    /// Its id.
    pub id: i64,
    /// Its key: a secret.
    pub api_key: String,
}

/// What can be booked at a practice.
#[derive(Clone, Debug)]
pub struct Bookable {
    /// Its practitioners, in the order of the resources.
    pub practitioners: Vec<i64>,
    /// The appointment type of all of them.
    pub appointment_type: i64,
}

fn number(value: &Value) -> io::Result<i64> {
    value
        .as_i64()
        .ok_or_else(|| io::Error::other(format!("no number: {value}")))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The header of an operator.
#[must_use]
pub fn operator(token: &str) -> Headers {
    vec![("authorization".to_owned(), format!("Bearer {token}"))]
}

/// The headers of a practice's integration.
#[must_use]
pub fn integration(api_key: &str, practice_id: i64, practice_key: &str) -> Headers {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    vec![
        header("api-key", api_key),
        header("practice-id", &practice_id.to_string()),
        header("practice-key", practice_key),
    ]
}

/// Makes a consumer.
///
/// # Errors
/// The hub refuses.
pub async fn consumer(api: &mut impl Api, operator: &Headers, name: &str) -> io::Result<Consumer> {
    let body = json!({"name": name, "contactEmail": "load@example.com"});
    let path = "/admin-api/v1/consumers";
    let made = api.call("POST", path, operator, &body).await?;
    Ok(Consumer {
        id: number(&made["consumerId"])?,
        api_key: text(&made["apiKey"]),
    })
}

/// Makes a practice of these details and grants its consent: its id and its key.
///
/// # Errors
/// The hub refuses.
pub async fn practice(
    api: &mut impl Api,
    operator: &Headers,
    consumer: &Consumer,
    details: &Value,
) -> io::Result<(i64, String)> {
    let path = "/admin-api/v1/practices";
    let made = api.call("POST", path, operator, details).await?;
    let id = number(&made["practiceId"])?;
    let path = format!("/admin-api/v1/practices/{id}/consents");
    let body = json!({"consumerId": consumer.id});
    let consent = api.call("POST", &path, operator, &body).await?;
    Ok((id, text(&consent["practiceKey"])))
}

/// The id of the `n`-th resource in the PMS.
#[must_use]
pub fn resource_id(n: usize) -> String {
    format!("R{n}")
}

/// Sends so many resources.
///
/// # Errors
/// The hub refuses.
pub async fn resources(
    api: &mut impl Api,
    integration: &Headers,
    resources: usize,
) -> io::Result<()> {
    let resource =
        |n| json!({"pmsResourceId": resource_id(n), "pmsResourceName": format!("Doctor {n}")});
    let list: Vec<Value> = (0..resources).map(resource).collect();
    let path = "/pms-api/v1/config/pmsResources/snapshot";
    let sent = api.call("POST", path, integration, &json!(list)).await;
    sent.map(drop)
}

/// Sends an appointment type of so many minutes for all resources.
///
/// # Errors
/// The hub refuses.
pub async fn appointment_type(
    api: &mut impl Api,
    integration: &Headers,
    minutes: u32,
) -> io::Result<()> {
    let types = json!([{
        "pmsAppointmentTypeId": "T", "pmsAppointmentTypeName": "Consultation",
        "pmsAppointmentLength": minutes,
    }]);
    let path = "/pms-api/v1/config/pmsAppointmentTypes/snapshot";
    let sent = api.call("POST", path, integration, &types).await;
    sent.map(drop)
}

/// What patients can book there.
///
/// # Errors
/// The hub refuses, or nothing can be booked.
pub async fn bookable(api: &mut impl Api, practice_id: i64) -> io::Result<Bookable> {
    let path = format!("/booking-api/v1/practices/{practice_id}");
    let page = api.call("GET", &path, &[], &Value::Null).await?;
    let of = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let practitioners = of(&page["practitioners"]);
    let first = practitioners.first().unwrap_or(&Value::Null);
    let types = of(&first["appointmentTypes"]);
    let first_type = types.first().unwrap_or(&Value::Null);
    let appointment_type = number(&first_type["appointmentTypeId"])?;
    let ids = practitioners
        .iter()
        .map(|who| number(&who["practitionerId"]));
    let mut practitioners = ids.collect::<io::Result<Vec<_>>>()?;
    practitioners.sort_unstable();
    Ok(Bookable {
        practitioners,
        appointment_type,
    })
}
