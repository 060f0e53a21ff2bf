//! A hub with two practices of two vendors that have something of every kind, and what stands for
//! the names of the operations' ids.

use super::generate::{Chance, Generator};
use super::operations::{Caller, Operation};
use super::schema::{Kind, Schema};
use serde_json::{Value, json};
use slotbridge_testkit::clinic::{Booked, DAY, snapshot};
use slotbridge_testkit::{Answer, Clinic, Member, Pms, TestApp};

/// What the other practice's names, persons and texts hold.
pub(super) const CANARY: &str = "canary";

/// A practice's ids and keys.
pub(super) struct Side {
    pub(super) pms: Pms,
    /// The practice-key before the one that is in force.
    pub(super) old_practice_key: String,
    practitioner: i64,
    appointment_type: i64,
    pms_resource: String,
    pms_type: String,
    /// A booking that the PMS has not answered.
    pub(super) waiting: Booked,
    /// A cancelled one that the PMS knew, and its update.
    pub(super) updated: Booked,
    update: i64,
    pub(super) hold: String,
    key: i64,
    subscription: String,
    /// A document that the PMS has uploaded; one that it is asked for is called `<mark>-document`.
    document: i64,
    pms_document: String,
    /// A request to attach a document.
    attach: i64,
    /// The token in a reminder of an appointment.
    reminder_token: String,
    /// Somebody on the staff, signed in.
    pub(super) member: Member,
}

/// The hub and its practices: the calls are made by the one, and the other's things stay as they
/// are.
pub(super) struct Stage {
    pub(super) app: TestApp,
    pub(super) own: Side,
    pub(super) other: Side,
    /// An operator token that nobody calls with.
    token: i64,
}

/// The appointment book of the day, with an appointment whose reminder is due.
fn client_snapshot(mark: &str) -> Value {
    json!({
        "date": DAY, "dateType": "appt_datetime", "locations": [],
        "practitioners": [{"pmsPractitionerId": mark, "pmsPractitionerName": mark,
            "pmsPractitionerStatus": "active"}],
        "appointmentTypes": [],
        "appointments": [{"pmsAppointmentId": mark, "pmsPatientId": mark,
            "pmsPractitionerId": mark, "pmsAppointmentTypeId": mark,
            "pmsAppointmentCreationTime": "2026-11-01 10:00:00",
            "pmsAppointmentTime": "2026-11-24 10:30:00", "pmsAppointmentLength": 15,
            "pmsAppointmentStatus": "booked"}],
        "patients": [{"pmsPatientId": mark, "pmsPatientFirstname": mark,
            "pmsPatientLastname": mark, "pmsPatientPhoneMobile": "0491570156",
            "pmsPatientSmsConsent": true, "pmsPatientCreationTime": "2020-01-01 00:00:00"}],
    })
}

/// Gives a clinic something of every kind.
async fn furnish(clinic: &Clinic, mark: &str) -> Side {
    let resource = format!("{mark}-resource");
    let kind = format!("{mark}-type");
    let resources = json!([
        {"pmsResourceId": "12345", "pmsResourceName": "Doctor Do Good"},
        {"pmsResourceId": resource, "pmsResourceName": resource, "pmsPractitionerLastname": mark},
    ]);
    let types = json!([
        {"pmsAppointmentTypeId": "G1235", "pmsAppointmentTypeName": "General Appointment"},
        {"pmsAppointmentTypeId": kind, "pmsAppointmentTypeName": kind},
    ]);
    for (path, body) in [
        ("/config/pmsResources/snapshot", resources),
        ("/config/pmsAppointmentTypes/snapshot", types),
        ("/availability/snapshot", snapshot(&resource, DAY)),
        ("/features/clientSnapshots/enable", Value::Null),
        ("/clientSnapshot", client_snapshot(mark)),
    ] {
        clinic.pms("POST", path, body).await.expect(200);
    }
    let book = async |start: &str| {
        let mut body = clinic.booking(start);
        body["patient"]["lastname"] = json!(mark);
        body["reason"] = json!(mark);
        let made = clinic
            .app
            .patient("POST", "/bookings", body)
            .await
            .expect(201);
        Booked {
            id: made["bookingId"].as_i64().unwrap(),
            token: made["manageToken"].as_str().unwrap().to_owned(),
        }
    };
    let waiting = book("2026-11-24T09:00").await;
    let wish = json!({"anyPractitioner": true});
    clinic
        .mine(&waiting, "POST", "/waitlist", wish)
        .await
        .expect(201);
    let updated = book("2026-11-24T10:00").await;
    clinic.confirm(&updated).await;
    clinic.cancel(&updated).await;
    let update = clinic.list("bookingUpdates").await[0]["requestId"]
        .as_i64()
        .unwrap();
    let (document, attach) = furnish_documents(clinic, mark, &waiting).await;
    let hold = clinic
        .app
        .patient("POST", "/holds", clinic.booking("2026-11-24T11:00"))
        .await;
    let ask = json!({"type": "availability", "date": "2026-11-25", "pmsResourceId": resource});
    clinic.admin("POST", "/requests", ask).await.expect(201);
    let subscription = json!({
        "topic": "requests.bookings", "callbackUrl": format!("https://{mark}.example/callback"),
    });
    let subscription = clinic.pms("POST", "/subscription", subscription).await;
    let subscription = subscription.expect(201)["id"].as_str().unwrap().to_owned();
    let (practice, consumer) = (clinic.pms.practice_id, clinic.pms.consumer_id);
    let pms = clinic
        .app
        .consent(practice, consumer, &clinic.pms.api_key)
        .await;
    let path = format!("/consumers/{consumer}");
    let keys = clinic
        .app
        .admin("GET", &path, Value::Null)
        .await
        .expect(200);
    let products = json!({"products": ["reminders"]});
    clinic.admin("PATCH", "", products).await.expect(200);
    clinic.app.advance(0).await;
    let messages = clinic.admin("GET", "/messages", Value::Null).await;
    let messages = messages.expect(200);
    let messages = messages["data"].as_array().unwrap();
    // Else each day on which the clock is moved has requests to raise and to close.
    let products = json!({"products": []});
    clinic.admin("PATCH", "", products).await.expect(200);
    let reminder = messages.iter().find(|one| one["kind"] == "reminder");
    let text = reminder.unwrap()["text"].as_str().unwrap();
    Side {
        old_practice_key: clinic.pms.practice_key.clone(),
        practitioner: clinic.practitioners[0],
        appointment_type: clinic.appointment_type,
        pms_resource: resource,
        pms_type: kind,
        subscription,
        waiting,
        updated,
        update,
        hold: hold.expect(201)["holdId"].as_str().unwrap().to_owned(),
        key: keys["keys"][0]["keyId"].as_i64().unwrap(),
        document,
        pms_document: format!("{mark}-document"),
        attach,
        member: clinic.app.member(practice, mark, "manager").await,
        reminder_token: text.split_whitespace().last().unwrap().to_owned(),
        pms,
    }
}

/// Gives a booking a document that was uploaded and one that is asked for, and another booking one
/// that is to be attached: the ids of the first and of the last's request.
async fn furnish_documents(clinic: &Clinic, mark: &str, waiting: &Booked) -> (i64, i64) {
    for feature in ["documents", "attachDocuments"] {
        clinic.enable(feature).await;
    }
    let document =
        |id: String| json!({"bookingId": waiting.id, "pmsDocumentId": id, "documentName": mark});
    let (here, asked) = (
        document(format!("{mark}-here")),
        document(format!("{mark}-document")),
    );
    let available = json!([here, asked]);
    clinic
        .pms("POST", "/documents/available", available)
        .await
        .expect(200);
    let list = clinic.mine(waiting, "GET", "/documents", Value::Null).await;
    let list = list.expect(200);
    for one in list["documents"].as_array().unwrap() {
        let path = format!("/documents/{}/consent", one["documentId"]);
        clinic
            .mine(waiting, "POST", &path, json!({}))
            .await
            .expect(200);
    }
    let mut upload = here;
    upload["documentContent"] = json!("Zm9v");
    clinic
        .pms("POST", "/documents/upload", upload)
        .await
        .expect(200);
    let attached = clinic.book("2026-11-24T11:30").await;
    clinic.confirm(&attached).await;
    let file = json!({"kind": "referral", "fileName": mark, "content": "JVBERi0xLjcK"});
    clinic
        .mine(&attached, "POST", "/attachments", file)
        .await
        .expect(201);
    let attach = clinic.list("attachDocuments").await;
    let attach = attach[0]["requestId"].as_i64().unwrap();
    (list["documents"][0]["documentId"].as_i64().unwrap(), attach)
}

impl Side {
    /// The practice's id of the kind that a path calls by a name. A new name needs an id here, so
    /// that its operation is tried with another practice's.
    fn path_id(&self, operation: &Operation, name: &str, token: i64) -> String {
        let number = match name {
            "id" => return self.subscription.clone(),
            "practiceId" => self.pms.practice_id,
            "consumerId" => self.pms.consumer_id,
            "keyId" => self.key,
            "tokenId" => token,
            "staffId" => self.member.staff_id.get(),
            "sessionId" => self.member.session_id,
            "bookingId" if operation.path.contains("{requestId}") => self.updated.id,
            "bookingId" => self.waiting.id,
            "requestId" if operation.path.contains("attachDocuments") => self.attach,
            "requestId" => self.update,
            "documentId" => self.document,
            "practitionerId" => self.practitioner,
            "appointmentTypeId" => self.appointment_type,
            name => panic!(
                "{}: there is no {name} in every_operation/stage.rs to try the operation with",
                operation.name()
            ),
        };
        number.to_string()
    }

    /// What makes sense in a field or parameter of a name: ids of what there is.
    pub(super) fn value(&self, operation: &str, name: &str) -> Option<Value> {
        Some(match (operation, name) {
            ("findByPmsResourceId", "id") => json!(self.pms_resource),
            ("findByPmsAppointmentTypeId", "id") => json!(self.pms_type),
            ("resendDeliveries", "requestId") => json!(self.update),
            (_, "subscriptionId") => json!(self.subscription),
            (_, "pmsDocumentId") => json!(self.pms_document),
            (_, "practiceId") => json!(self.pms.practice_id),
            (_, "consumerId") => json!(self.pms.consumer_id),
            (_, "practitionerId") => json!(self.practitioner),
            (_, "appointmentTypeId") => json!(self.appointment_type),
            (_, "bookingId") => json!(self.waiting.id),
            (_, "holdId") => json!(self.hold),
            (_, "pmsResourceId") => json!(self.pms_resource),
            (_, "pmsResourceIds") => json!([self.pms_resource]),
            (_, "pmsAppointmentTypeId") => json!(self.pms_type),
            (_, "pmsAppointmentTypeIds") => json!([self.pms_type]),
            _ => return None,
        })
    }
}

impl Stage {
    pub(super) async fn new() -> Self {
        let other = Clinic::on(TestApp::sandbox().await).await;
        let other_side = furnish(&other, CANARY).await;
        let own = Clinic::on(other.app).await;
        let own_side = furnish(&own, "own").await;
        let token = json!({"name": "Night shift"});
        let token = own
            .app
            .admin("POST", "/operatorTokens", token)
            .await
            .expect(201);
        Self {
            token: token["tokenId"].as_i64().unwrap(),
            app: own.app,
            own: own_side,
            other: other_side,
        }
    }

    /// An operation's path, with the ids that are given, else with ids of one's own.
    pub(super) fn path(
        &self,
        operation: &Operation,
        given: impl Fn(&str) -> Option<String>,
    ) -> String {
        operation.path_with(|name| {
            let own = || self.own.path_id(operation, name, self.token);
            given(name).unwrap_or_else(own)
        })
    }

    /// An operation's path, with ids of one's own.
    pub(super) fn own_path(&self, operation: &Operation) -> String {
        self.path(operation, |_| None)
    }

    /// The other practice's id of the kind that a path calls by a name.
    pub(super) fn others(&self, operation: &Operation, name: &str) -> String {
        self.other.path_id(operation, name, self.token)
    }

    /// The headers by which a side may call an operation.
    pub(super) fn headers(&self, operation: &Operation, side: &Side) -> Vec<(String, String)> {
        let bearer = |token: &str| vec![("authorization".to_owned(), format!("Bearer {token}"))];
        match operation.caller {
            Caller::Integration => side.pms.headers(),
            Caller::Operator => bearer(&self.app.operator_token),
            Caller::Patient => bearer(&side.waiting.token),
            Caller::Anybody => Vec::new(),
        }
    }

    /// What makes sense in a field, by its name and schema.
    pub(super) fn known(
        &self,
        operation: &Operation,
        name: &str,
        schema: &Schema,
    ) -> Option<Value> {
        if let Some(value) = self.own.value(&operation.id, name) {
            // An array's name without an array is another thing.
            let is_list = matches!(schema.kind, Kind::List(..));
            return (value.is_array() == is_list).then_some(value);
        }
        let format = match &schema.kind {
            Kind::Text(text) => text.format.as_deref(),
            _ => None,
        };
        match (name, format) {
            ("callbackUrl", _) => Some(json!("https://own.example/callback")),
            ("startAt", _) => Some(json!("2026-11-23 00:00:00")),
            ("expireAt", _) => Some(json!("2099-01-01 00:00:00")),
            ("token", None) if operation.id == "unsubscribe" => {
                Some(json!(self.own.reminder_token))
            }
            ("timezone", _) => Some(json!("Australia/Perth")),
            ("start", Some("date-time")) => Some(json!("2026-11-24T11:00:00+11:00")),
            ("set", Some("date-time")) => Some(json!("2026-11-23T00:00:30Z")),
            ("content", Some("base64")) => Some(json!("JVBERi0xLjcK")),
            ("dob", _) => Some(json!("1984-02-29")),
            ("date" | "from" | "to", Some("date")) => Some(json!(DAY)),
            ("end", None) => Some(json!("17:00")),
            ("type", None) if operation.id == "raiseRequest" => Some(json!("availability")),
            ("slotLength", _) => Some(json!(1800)),
            ("advanceSeconds", _) => Some(json!(5)),
            _ => None,
        }
    }

    /// A body that the operation takes, if it declares one.
    pub(super) fn sensible(&self, operation: &Operation) -> Option<Value> {
        let known = |name: &str, schema: &Schema| self.known(operation, name, schema);
        let mut generator = Generator {
            chance: Chance::new(0),
            known: &known,
        };
        let schema = operation.body.as_ref()?;
        Some(generator.sensible("", schema))
    }

    /// The query that the operation wants, with some values replaced.
    pub(super) fn query(&self, operation: &Operation, replaced: &[(&str, String)]) -> String {
        let mut query = String::new();
        for parameter in &operation.queries {
            let given = replaced.iter().find(|(name, _)| *name == parameter.name);
            let text = match given {
                Some((_, text)) => text.clone(),
                None if parameter.required => {
                    let known = self.known(operation, &parameter.name, &parameter.schema);
                    let known =
                        known.unwrap_or_else(|| panic!("{}: {}", operation.name(), parameter.name));
                    let text = known
                        .as_str()
                        .map_or_else(|| known.to_string(), str::to_owned);
                    text.replace('+', "%2B")
                }
                None => continue,
            };
            query.push(if query.is_empty() { '?' } else { '&' });
            query.push_str(&format!("{}={text}", parameter.name));
        }
        query
    }

    /// Makes a call: a body, if there is one, goes as JSON.
    pub(super) async fn call(
        &self,
        operation: &Operation,
        path: &str,
        headers: &[(String, String)],
        body: Option<&Value>,
    ) -> Answer {
        let answer = match body {
            Some(body) => {
                let mut headers = headers.to_vec();
                headers.push(("content-type".into(), "application/json".into()));
                self.app
                    .raw(&operation.method, path, &headers, body.to_string())
                    .await
            }
            None => self.app.raw(&operation.method, path, headers, "").await,
        };
        // What goes wrong on demand would go wrong with what is tried next.
        if operation.id == "setFaults" {
            let path = "/sandbox-api/v1/faults";
            self.app.raw("DELETE", path, &[], "").await.expect(204);
        }
        self.is_documented(
            operation,
            &answer,
            &format!("{path} {}", body.unwrap_or(&Value::Null)),
        );
        answer
    }

    /// Whatever came in, the answer has a status that the document names, and no 5xx (WIRE-5).
    #[track_caller]
    pub(super) fn is_documented(&self, operation: &Operation, answer: &Answer, what: &str) {
        let status = answer.status.as_u16();
        let what: String = what.chars().take(2_000).collect();
        assert!(
            status < 500 && operation.statuses.contains(&status),
            "{}: {status} is not documented, or a failure of ours: {}\n{what}",
            operation.name(),
            String::from_utf8_lossy(&answer.bytes)
        );
    }
}
