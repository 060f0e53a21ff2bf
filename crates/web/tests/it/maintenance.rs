//! While there is maintenance visitors are told so by a page.

use crate::headers::{HOSTILE, is_harmless, is_protected};
use crate::visitor::{Visitor, html};
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;

#[tokio::test]
async fn every_page_says_what_is_going_on_and_when_to_come_back() {
    let clinic = Clinic::new().await;
    let visitor = Visitor::new(&clinic.app);
    let announced = json!({"forMinutes": 5, "message": HOSTILE});
    let path = "/maintenance";
    clinic.app.admin("PUT", path, announced).await.expect(200);
    let practice = format!("/practices/{}", clinic.pms.practice_id);
    for path in ["/", practice.as_str(), "/portal/sign-in"] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status, 503, "{path}");
        assert_eq!(answer.header("retry-after"), Some("300"));
        is_protected(&answer, path);
        is_harmless(&html(&answer), path);
    }
    let page = html(&visitor.get("/").await);
    let style = page.split('"').find(|part| part.starts_with("/assets/"));
    assert_eq!(visitor.get(style.expect("a style sheet")).await.status, 200);
    let ended = clinic.app.admin("DELETE", path, Value::Null).await;
    ended.expect(204);
    assert_eq!(visitor.get("/").await.status, 200);
}
