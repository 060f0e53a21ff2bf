//! Documents with a person in them: their content, their names, what was answered in forms.

use super::Story;
use serde_json::{Value, json};

/// Words of documents that stand nowhere else, also as they are written in base64 and in a PDF.
pub(super) const WORDS: [&str; 6] = [
    "Zqdocument",
    "Zqfilename",
    "Zqformanswer",
    // `Zqdocumen` in base64.
    "WnFkb2N1bWVu",
    // `Zqformanswer` in hexadecimal digits.
    "5a71666f726d616e73776572",
    "Zqunwanted",
];

/// A document that begins with its word, in base64.
const CONTENT: &str = "WnFkb2N1bWVudA==";
/// `%PDF-Zqdocument`
const PDF: &str = "JVBERi1acWRvY3VtZW50";

impl Story {
    /// Documents of the PMS and of the patient, on paths that work and paths that do not.
    pub(super) fn documents(&mut self) {
        let pms =
            |story: &Self, call: &str, body: &Value| story.practice.pms(&story.server, call, body);
        for feature in ["documents", "attachDocuments"] {
            let call = format!("POST /features/{feature}/enable");
            assert_eq!(pms(self, &call, &json!({})).0, 200);
        }
        let products = json!({"products": ["preScreeningForm"]});
        let call = format!("PATCH /admin-api/v1/practices/{}", self.practice.id);
        assert_eq!(self.call(&call, &self.token, &products).0, 200);
        let (id, token) = self.book("13:00");
        let mine = format!("/booking-api/v1/bookings/{id}");
        let document = |name: &str| {
            json!({"bookingId": id, "pmsDocumentId": name, "documentType": "Zqdocument",
                "documentName": "Zqfilename", "documentDescription": "Zqdocument",
                "documentFormat": "Zqdocument", "documentContent": CONTENT})
        };
        let both = json!([document("Zqdocument1"), document("Zqunwanted")]);
        assert_eq!(pms(self, "POST /documents/available", &both).0, 200);
        let (_, list) = self.call(&format!("GET {mine}/documents"), &token, &Value::Null);
        assert!(list.to_string().contains("Zqfilename"));
        for one in list["documents"].as_array().unwrap() {
            let call = format!("POST {mine}/documents/{}/consent", one["documentId"]);
            assert_eq!(self.call(&call, &token, &json!({})).0, 200);
        }
        let upload = "POST /documents/upload";
        let mut wrong = document("Zqdocument1");
        wrong["documentContent"] = json!("Zqdocument!");
        wrong["documentSize"] = json!("Zqdocument");
        assert_eq!(pms(self, upload, &wrong).0, 400);
        assert_eq!(pms(self, upload, &document("Zqdocument9")).0, 403);
        for _ in 0..2 {
            assert_eq!(pms(self, upload, &document("Zqdocument1")).0, 200);
        }
        let mut unwanted = document("Zqunwanted");
        unwanted["reason"] = json!("Zqreason");
        assert_eq!(pms(self, "POST /documents/rejectUpload", &unwanted).0, 200);
        let content = format!(
            "GET {mine}/documents/{}/content",
            list["documents"][0]["documentId"]
        );
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        let (status, answer) = self.server.send(&content, &headers, b"");
        assert!(status == 200 && answer.ends_with("Zqdocument"));

        let file = json!({"kind": "referral", "fileName": "Zqfilename.pdf", "content": PDF});
        let answer = |field: &str, answer: &str| json!({"field": field, "answer": answer});
        let form = json!({"form": "preScreeningForm", "answers": [
            answer("symptoms", "Zqformanswer"), answer("fever", "No"), answer("cough", "No"),
            answer("contact", "No"),
        ]});
        let bad = json!({"form": "preScreeningForm", "answers": [
            answer("fever", "Zqformanswer"), answer("Zqformanswer", "Zqformanswer"),
        ]});
        let give = format!("POST {mine}/attachments");
        for (body, status) in [(&file, 201), (&form, 201), (&bad, 400)] {
            let (got, told) = self.call(&give, &token, body);
            assert_eq!(got, status, "{told}");
        }
        let confirm = json!({"pmsAppointmentIds": [], "pmsPatientId": "Zqpatientid"});
        let call = format!("POST /bookings/{id}/confirmInsert");
        assert_eq!(pms(self, &call, &confirm).0, 200);
        let (_, list) = pms(self, "GET /requests/attachDocuments", &Value::Null);
        let requests = list["data"].as_array().unwrap();
        assert_eq!(requests.len(), 2);
        for (request, what) in requests.iter().zip(["confirmInsert", "rejectInsert"]) {
            let path = format!("/attachDocuments/{}", request["requestId"]);
            assert_eq!(pms(self, &format!("GET {path}"), &Value::Null).0, 200);
            let body = json!({"pmsDocumentId": "Zqdocument7", "reason": "Zqreason"});
            let call = format!("POST {path}/{what}");
            assert_eq!(pms(self, &call, &body).0, 200);
            assert_eq!(pms(self, &call, &body).0, 410);
        }
        let (status, staff) = self.admin(&format!("GET /bookings/{id}/documents"), &Value::Null);
        assert!(status == 200 && staff.to_string().contains("Zqfilename"));
    }
}
