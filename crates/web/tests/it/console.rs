//! Who gets into the console, what the first page says, and that a form of elsewhere does nothing.

use crate::headers::is_protected;
use crate::visitor::{Visitor, between, html};
use serde_json::json;
use slotbridge_testkit::{Answer, Clinic, TestApp};

/// The headers of a form that a browser sends from a page of ours.
pub(crate) const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

/// An operator with a browser that is signed in.
pub(crate) async fn operator(app: &TestApp) -> Visitor<'_> {
    let visitor = Visitor::new(app);
    let session = app.hub.sign_in_operator(&app.operator_token, None).await;
    visitor.take_cookie("/console", "operator", &session.unwrap());
    visitor
}

/// Sends a form of the page at `from`, with its token.
pub(crate) async fn send(visitor: &Visitor<'_>, from: &str, fields: &[(&str, &str)]) -> Answer {
    let page = html(&visitor.get(from).await);
    let token = between(&page, "name=\"token\" value=\"", "\"").to_owned();
    let path = from.split('?').next().unwrap();
    let mut all = vec![("token", token.as_str())];
    all.extend(fields);
    visitor.post_as(path, &all, &[OURS]).await
}

/// Every path of the console, with ids of what is there.
fn paths(practice: i64, consumer: i64) -> impl Iterator<Item = String> {
    slotbridge_web::console_paths().map(move |path| {
        let path = path
            .replace("{practiceId}", &practice.to_string())
            .replace("{consumerId}", &consumer.to_string())
            .replace("{staffId}", "1");
        assert!(!path.contains('{'), "{path}: say here which id that is");
        path
    })
}

/// What a form could say that changes something, wherever it is sent.
fn deeds() -> Vec<(&'static str, &'static str)> {
    vec![
        ("deed", "deactivate"),
        ("sure", "yes"),
        ("name", "Somebody"),
        ("contactEmail", "some@body.example"),
    ]
}

#[tokio::test]
async fn who_is_not_signed_in_as_an_operator_is_sent_to_sign_in_and_changes_nothing() {
    let clinic = Clinic::new().await;
    let member = clinic.app.member(clinic.pms.practice_id, "kim", "manager");
    let member = member.await;
    let (nobody, staff) = (Visitor::new(&clinic.app), Visitor::new(&clinic.app));
    // Staff with their own cookie, and with its secret in the operators' cookie.
    staff.take_cookie("/console", "operator", &member.session);
    staff.take_cookie("/console", "staff", &member.session);
    let before = clinic.app.database.content();
    let outside = ["/console/sign-in"];
    for path in paths(clinic.pms.practice_id, clinic.pms.consumer_id) {
        for visitor in [&nobody, &staff] {
            let read = visitor.get(&path).await;
            let sent = visitor.post_as(&path, &deeds(), &[OURS]).await;
            if outside.contains(&path.as_str()) {
                assert_eq!((read.status.as_u16(), sent.status.as_u16()), (200, 403));
                continue;
            }
            for answer in [read, sent] {
                if answer.status != 405 {
                    assert_eq!(answer.status, 303, "{path}");
                    assert_eq!(answer.header("location"), Some("/console/sign-in"));
                }
            }
        }
    }
    assert_eq!(clinic.app.database.content(), before);
}

#[tokio::test]
async fn a_form_without_the_session_s_token_or_from_elsewhere_is_refused_everywhere() {
    let clinic = Clinic::new().await;
    let visitor = operator(&clinic.app).await;
    let page = html(&visitor.get("/console").await);
    let token = between(&page, "name=\"token\" value=\"", "\"").to_owned();
    let before = clinic.app.database.content();
    for path in paths(clinic.pms.practice_id, clinic.pms.consumer_id) {
        let (bare, mut right) = (deeds(), deeds());
        right.push(("token", &token));
        let mut wrong = deeds();
        wrong.push(("token", "0123456789abcdef"));
        let abroad = ("sec-fetch-site", "cross-site");
        for (fields, header) in [(bare, OURS), (wrong, OURS), (right, abroad)] {
            let sent = visitor.post_as(&path, &fields, &[header]).await;
            assert!([403, 405].contains(&sent.status.as_u16()), "{path}");
        }
    }
    assert_eq!(clinic.app.database.content(), before);
}

#[tokio::test]
async fn every_page_is_there_for_an_operator_protected_and_never_kept() {
    let clinic = Clinic::new().await;
    clinic
        .app
        .member(clinic.pms.practice_id, "kim", "manager")
        .await;
    let visitor = operator(&clinic.app).await;
    for path in paths(clinic.pms.practice_id, clinic.pms.consumer_id) {
        let answer = visitor.get(&path).await;
        if answer.status == 405 {
            continue;
        }
        assert_eq!(answer.status, 200, "{path}: {}", html(&answer));
        is_protected(&answer, &path);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
}

#[tokio::test]
async fn signing_in_takes_a_live_token_from_the_form_alone_and_begins_a_new_session_each_time() {
    let app = TestApp::new().await;
    let visitor = Visitor::new(&app);
    visitor.get("/console/sign-in").await;
    let by_url = format!("/console/sign-in?operatorToken={}", app.operator_token);
    assert_eq!(visitor.post(&by_url, &[]).await.status, 401);
    for wrong in ["", "x", "op_0123"] {
        let given = [("operatorToken", wrong)];
        let answer = visitor.post("/console/sign-in", &given).await;
        assert_eq!(answer.status, 401);
        is_protected(&answer, "a refusal");
        let page = html(&answer);
        assert!(page.contains("This is no operator token"), "{page}");
    }
    let mut sessions = Vec::new();
    for _ in 0..2 {
        let right = [("operatorToken", app.operator_token.as_str())];
        let answer = visitor.post("/console/sign-in", &right).await;
        assert_eq!(answer.status, 303, "{}", html(&answer));
        assert_eq!(answer.header("location"), Some("/console"));
        let cookie = answer.header("set-cookie").unwrap().to_owned();
        for part in ["HttpOnly", "Path=/console", "SameSite=Lax"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        sessions.push(between(&cookie, "operator=", ";").to_owned());
    }
    assert_ne!(sessions[0], sessions[1]);
    let kept = Visitor::new(&app);
    kept.take_cookie("/console", "operator", &sessions[0]);
    assert_eq!(
        kept.get("/console").await.status,
        303,
        "the first has ended"
    );
    assert_eq!(visitor.get("/console").await.status, 200);
    let gone = send(&visitor, "/console", &[]).await;
    assert_eq!(gone.status, 405);
    let page = html(&visitor.get("/console").await);
    let token = between(&page, "name=\"token\" value=\"", "\"").to_owned();
    let fields = [("token", token.as_str())];
    let out = visitor.post_as("/console/sign-out", &fields, &[OURS]).await;
    assert_eq!(out.status, 303);
    kept.take_cookie("/console", "operator", &sessions[1]);
    assert_eq!(kept.get("/console").await.status, 303, "so has the second");
}

#[tokio::test]
async fn a_token_that_is_revoked_ends_its_sessions_at_once_auth_2() {
    let app = TestApp::new().await;
    let made = app.admin("POST", "/operatorTokens", json!({"name": "Kim"}));
    let made = made.await.expect(201);
    let session = app
        .hub
        .sign_in_operator(made["token"].as_str().unwrap(), None)
        .await;
    let visitor = Visitor::new(&app);
    visitor.take_cookie("/console", "operator", &session.unwrap());
    assert_eq!(visitor.get("/console").await.status, 200);
    let path = format!("/operatorTokens/{}", made["tokenId"]);
    let revoked = app.admin("DELETE", &path, serde_json::Value::Null).await;
    assert_eq!(revoked.status, 204);
    assert_eq!(visitor.get("/console").await.status, 303);
}

#[tokio::test]
async fn the_overview_says_of_a_quiet_hub_that_all_is_well() {
    let app = TestApp::new().await;
    let visitor = operator(&app).await;
    let page = html(&visitor.get("/console").await);
    assert!(page.contains("Ready, and all is well."), "{page}");
    assert!(
        page.contains("every PMS has done what it was asked to do"),
        "{page}"
    );
    assert!(page.contains(env!("CARGO_PKG_VERSION")), "{page}");
    assert!(
        !page.contains("badge warn") && !page.contains("badge bad"),
        "{page}"
    );
}

#[tokio::test]
async fn the_overview_says_what_is_bad_and_leads_to_where_one_acts_health_1() {
    let clinic = Clinic::new().await;
    clinic.book("2026-11-24T09:00").await;
    clinic.app.advance(21).await;
    clinic.app.advance(15 * 60).await;
    // Due work that nobody has done: a booking whose 20 seconds are over.
    clinic.book("2026-11-24T10:00").await;
    clinic.app.clock.advance(45);
    let visitor = operator(&clinic.app).await;
    let page = html(&visitor.get("/console").await);
    assert!(
        page.contains("Ready, but something below is bad."),
        "{page}"
    );
    let figure = |name: &str| between(&page, &format!("<h3>{name}</h3>"), "</li>").to_owned();
    let unhealthy = figure("Unhealthy integrations");
    assert!(
        unhealthy.contains("1 of 1") && unhealthy.contains("/console/health"),
        "{unhealthy}"
    );
    let due = figure("Due work");
    assert!(
        due.contains("badge bad") && due.contains("25 s late"),
        "{due}"
    );
    let bookings = figure("Bookings to take");
    assert!(bookings.contains("badge warn"), "{bookings}");
    assert!(bookings.contains("16 min 6 s"), "{bookings}");
}
