//! While there is maintenance visitors are told so by a page.

use crate::console::{operator, send};
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

#[tokio::test]
async fn operators_begin_and_end_it_in_the_console_which_stays_open() {
    let clinic = Clinic::new().await;
    let console = operator(&clinic.app).await;
    let path = "/console/maintenance";
    let begin = [("deed", "begin"), ("minutes", "10"), ("message", HOSTILE)];
    let asked = html(&send(&console, path, &begin).await);
    assert!(asked.contains("until you end it here"), "{asked}");
    let visitor = Visitor::new(&clinic.app);
    assert_eq!(visitor.get("/").await.status, 200, "it only asked");
    let sure = [&begin[..], &[("sure", "yes")]].concat();
    assert_eq!(send(&console, path, &sure).await.status, 303);
    let away = visitor.get("/").await;
    assert_eq!(
        (away.status.as_u16(), away.header("retry-after")),
        (503, Some("600"))
    );
    let page = console.get(path).await;
    is_protected(&page, path);
    is_harmless(&html(&page), path);
    let overview = html(&console.get("/console").await);
    assert!(overview.contains("maintenance is in force"), "{overview}");
    for wrong in ["x", "0"] {
        let fields = [("deed", "begin"), ("sure", "yes"), ("minutes", wrong)];
        assert_eq!(send(&console, path, &fields).await.status, 400);
    }
    assert_eq!(send(&console, path, &[("deed", "end")]).await.status, 303);
    assert_eq!(visitor.get("/").await.status, 200);
}
