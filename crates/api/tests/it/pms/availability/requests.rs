//! Days that the hub asks for (AVAIL-7).

use crate::pms::support::{
    asked_days, at, raise, restarted, send, send_resources, send_usual, stranger,
};
use serde_json::{Value, json};
use slotbridge_testkit::clinic::{DAY, snapshot};
use slotbridge_testkit::{Clinic, TestApp};

async fn ask(clinic: &Clinic, date: &str, resource: Option<&str>) -> i64 {
    let body = json!({"type": "availability", "date": date, "pmsResourceId": resource});
    raise(clinic, body).await
}

#[tokio::test]
async fn a_day_of_one_resource_is_answered_by_its_snapshot_avail_7() {
    let clinic = Clinic::new().await;
    ask(&clinic, DAY, Some("12345")).await;
    assert_eq!(
        clinic.list("availability").await,
        [json!({"day": DAY, "pmsResourceId": "12345", "pms_resource_id": "12345"})]
    );
    send(&clinic, "12345", "2026-11-25", &[]).await;
    let other = snapshot("12346", DAY);
    clinic
        .pms("POST", "/availability/snapshot", other)
        .await
        .expect(200);
    assert_eq!(clinic.poll().await, ["availability"]);
    let clinic = restarted(clinic).await;
    send_usual(&clinic).await;
    assert!(clinic.poll().await.is_empty());
    assert!(clinic.list("availability").await.is_empty());
}

#[tokio::test]
async fn a_day_of_all_resources_is_answered_when_each_has_sent_it_avail_7() {
    let clinic = Clinic::new().await;
    clinic.app.clock.advance(1);
    ask(&clinic, DAY, None).await;
    let listed = clinic.list("availability").await;
    assert_eq!(listed[0]["day"], DAY);
    assert_eq!(asked_days(&clinic).await, [(DAY.to_owned(), None)]);
    // The same resource many times is still only one of them.
    for _ in 0..3 {
        send_usual(&clinic).await;
    }
    send(&clinic, "12346", "2026-11-25", &[]).await;
    assert_eq!(clinic.poll().await, ["availability"]);
    send(&clinic, "12346", DAY, &[]).await;
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn a_new_resource_has_to_send_the_day_as_well_avail_7() {
    let clinic = Clinic::new().await;
    clinic.app.clock.advance(1);
    ask(&clinic, DAY, None).await;
    send_usual(&clinic).await;
    send_resources(&clinic, &["12345", "12346", "new"]).await;
    send(&clinic, "12346", DAY, &[]).await;
    assert_eq!(clinic.poll().await, ["availability"]);
    send(&clinic, "new", DAY, &[]).await;
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn one_snapshot_answers_both_kinds_of_request_avail_7() {
    let clinic = Clinic::new().await;
    clinic.app.clock.advance(1);
    ask(&clinic, DAY, None).await;
    ask(&clinic, DAY, Some("12345")).await;
    ask(&clinic, "2026-11-25", Some("12345")).await;
    send(&clinic, "12346", DAY, &[]).await;
    assert_eq!(asked_days(&clinic).await.len(), 3);
    send_usual(&clinic).await;
    let left = [("2026-11-25".to_owned(), Some("12345".to_owned()))];
    assert_eq!(asked_days(&clinic).await, left);
}

#[tokio::test]
async fn raised_again_it_is_the_outstanding_one_avail_7_req_2() {
    let clinic = Clinic::new().await;
    let first = ask(&clinic, DAY, Some("12345")).await;
    let whole = ask(&clinic, DAY, None).await;
    assert!(whole > first);
    assert_eq!(ask(&clinic, DAY, Some("12345")).await, first);
    assert_eq!(ask(&clinic, DAY, None).await, whole);
    assert_eq!(asked_days(&clinic).await.len(), 2);
    send_usual(&clinic).await;
    assert!(ask(&clinic, DAY, Some("12345")).await > whole, "a new one");
}

#[tokio::test]
async fn it_closes_by_itself_when_the_day_has_ended_at_the_practice_avail_7() {
    let clinic = Clinic::new().await;
    ask(&clinic, DAY, Some("12345")).await;
    ask(&clinic, DAY, None).await;
    ask(&clinic, "2026-11-25", None).await;
    at(&clinic, "2026-11-24T23:59:59.999999+11:00").await;
    assert_eq!(asked_days(&clinic).await.len(), 3);
    let clinic = restarted(clinic).await;
    at(&clinic, "2026-11-25T00:00:00+11:00").await;
    assert_eq!(asked_days(&clinic).await, [("2026-11-25".to_owned(), None)]);
    at(&clinic, "2026-11-26T00:00:00+11:00").await;
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn the_day_ends_at_the_practice_and_not_at_the_server_avail_7() {
    let clinic = Clinic::perth(TestApp::new().await).await;
    ask(&clinic, DAY, None).await;
    at(&clinic, "2026-11-24T15:59:59Z").await;
    assert_eq!(clinic.poll().await, ["availability"]);
    at(&clinic, "2026-11-24T16:00:00Z").await;
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn one_that_was_answered_and_raised_anew_is_not_closed_by_the_first_one_s_end_avail_7() {
    let clinic = Clinic::new().await;
    ask(&clinic, DAY, Some("12345")).await;
    send_usual(&clinic).await;
    ask(&clinic, DAY, Some("12345")).await;
    at(&clinic, "2026-11-24T23:00:00+11:00").await;
    assert_eq!(clinic.poll().await, ["availability"]);
    at(&clinic, "2026-11-25T00:00:00+11:00").await;
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn it_closes_when_its_resource_is_deleted_avail_7_conf_1() {
    let clinic = Clinic::new().await;
    clinic.app.clock.advance(1);
    ask(&clinic, DAY, Some("12345")).await;
    ask(&clinic, DAY, Some("12346")).await;
    ask(&clinic, DAY, None).await;
    ask(&clinic, "2026-11-25", None).await;
    send_usual(&clinic).await;
    // Who is left has sent the day that was asked of all, and not the other day.
    send_resources(&clinic, &["12345"]).await;
    assert_eq!(asked_days(&clinic).await, [("2026-11-25".to_owned(), None)]);
    // Nobody is left at all.
    send_resources(&clinic, &[]).await;
    assert!(clinic.poll().await.is_empty());
    send_resources(&clinic, &["12345", "12346"]).await;
    assert!(clinic.poll().await.is_empty(), "closed for good");
    clinic.app.advance(7 * 86_400).await;
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn what_nobody_can_answer_is_not_asked_avail_7() {
    let clinic = Clinic::new().await;
    send_resources(&clinic, &["12345"]).await;
    let ask = async |clinic: &Clinic, date: &str, resource: Value| {
        let body = json!({"type": "availability", "date": date, "pmsResourceId": resource});
        clinic.admin("POST", "/requests", body).await.expect(409);
    };
    ask(&clinic, "2026-11-22", json!("12345")).await;
    ask(&clinic, "2026-11-22", Value::Null).await;
    ask(&clinic, DAY, json!("12346")).await;
    ask(&clinic, DAY, json!("nobody")).await;
    send_resources(&clinic, &[]).await;
    ask(&clinic, DAY, Value::Null).await;
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn another_practice_s_snapshot_resolves_nothing_here_avail_7() {
    let clinic = Clinic::new().await;
    ask(&clinic, DAY, Some("12345")).await;
    let other = stranger(&clinic).await;
    let app = &clinic.app;
    let resources = json!([{"pmsResourceId": "12345", "pmsResourceName": "Somebody"}]);
    let path = "/config/pmsResources/snapshot";
    app.pms(&other, "POST", path, resources).await.expect(200);
    let body = snapshot("12345", DAY);
    app.pms(&other, "POST", "/availability/snapshot", body)
        .await
        .expect(200);
    assert_eq!(asked_days(&clinic).await.len(), 1);
    let theirs = app.pms(&other, "GET", "/requests/availability", Value::Null);
    assert_eq!(theirs.await.expect(200)["data"], json!([]));
}

#[tokio::test]
async fn they_are_listed_oldest_first_and_paged_avail_7() {
    let clinic = Clinic::new().await;
    let first: jiff::civil::Date = "2026-12-01".parse().unwrap();
    for n in (0..101).rev() {
        let date = first + jiff::Span::new().days(n);
        ask(&clinic, &date.to_string(), Some("12345")).await;
    }
    let path = "/requests/availability";
    let page = clinic.pms("GET", path, Value::Null).await.expect(200);
    assert_eq!(page["data"].as_array().unwrap().len(), 100);
    assert_eq!(page["data"][0]["day"], "2027-03-11");
    let page = clinic
        .pms("GET", &format!("{path}?page=2"), Value::Null)
        .await;
    let page = page.expect(200);
    assert_eq!(page["data"][0]["day"], "2026-12-01");
    assert_eq!(page["page"]["total"], 101);
}
