//! Managers say who works at their practice, and everybody looks after their own account.

use crate::desk::Desk;
use crate::headers::{HOSTILE, is_harmless, is_protected};
use crate::portal::{OURS, signed_in, token};
use crate::visitor::{Visitor, between, html};
use serde_json::json;
use slotbridge_hub::Settings;
use slotbridge_hub::staff::totp;
use slotbridge_testkit::staff::{PASSWORD, secret_of};
use slotbridge_testkit::{Clinic, Postbox, TestApp};
use std::sync::Arc;

const NEW: &str = "green herons wade slowly";

fn once(page: &str) -> String {
    between(page, "name=\"once\" value=\"", "\"").to_owned()
}

#[tokio::test]
async fn who_is_taken_on_gets_one_link_however_often_it_is_pressed() {
    let clinic = Clinic::new().await;
    let desk = Desk::new(&clinic, "staff").await;
    let number = once(&desk.page().await);
    let fields = [
        ("deed", "takeOn"),
        ("once", number.as_str()),
        ("name", "Zoe Marsh"),
        ("email", "zoe@clinic.example"),
        ("role", "receptionist"),
    ];
    let given = desk.press(&fields).await;
    assert_eq!(given.status, 200, "no address holds the link");
    let page = html(&given);
    let link = between(&page, "/portal/open?token=", "<").to_owned();
    let again = html(&desk.press(&fields).await);
    assert_eq!(between(&again, "/portal/open?token=", "<"), link);
    let page = desk.page().await;
    assert_eq!(page.matches("zoe@clinic.example").count(), 1);
    assert!(page.contains("Has not set up the account yet") && !page.contains(&link));
    let zoe = Visitor::new(&clinic.app);
    let opened = zoe.get(&format!("/portal/open?token={link}")).await;
    assert!(html(&zoe.follow(&opened).await).contains("Zoe Marsh"));
    let number = once(&page);
    let same = [
        fields[0],
        ("once", &number),
        fields[2],
        fields[3],
        fields[4],
    ];
    let refused = desk.press(&same).await;
    assert_eq!(refused.status, 409);
    assert!(html(&refused).contains("id=\"email-error\""));
    assert!(html(&refused).contains("value=\"Zoe Marsh\""));
}

#[tokio::test]
async fn where_mail_goes_out_the_link_goes_to_its_owner_alone() {
    let postbox = Arc::new(Postbox::default());
    let settings = Settings {
        public_url: Some("https://book.example".into()),
        ..Settings::default()
    };
    let app = TestApp::set(postbox.outgoing(), settings).await;
    let clinic = Clinic::on(app).await;
    let desk = Desk::new(&clinic, "staff").await;
    let number = once(&desk.page().await);
    let fields = [
        ("deed", "takeOn"),
        ("once", number.as_str()),
        ("name", "Zoe Marsh"),
        ("email", "zoe@clinic.example"),
        ("role", "manager"),
    ];
    for _ in 0..2 {
        let page = html(&desk.press(&fields).await);
        assert!(
            page.contains("We have mailed it to zoe@clinic.example"),
            "{page}"
        );
        assert!(!page.contains("open?token="), "{page}");
    }
    clinic.app.advance(60).await;
    let sent = postbox.taken();
    let [mail] = sent.as_slice() else {
        panic!("{sent:?}")
    };
    assert_eq!(mail.to, "zoe@clinic.example");
    let link = between(&mail.text, "https://book.example", "\n").to_owned();
    let zoe = Visitor::new(&clinic.app);
    let opened = zoe.get(&link).await;
    assert!(html(&zoe.follow(&opened).await).contains("Set up your account"));
}

#[tokio::test]
async fn taking_off_asks_signs_out_at_once_and_leaves_a_manager() {
    let clinic = Clinic::new().await;
    let practice = clinic.pms.practice_id;
    let desk = Desk::new(&clinic, "staff").await;
    let (jo, member) = signed_in(&clinic.app, practice, "jo", "receptionist").await;
    let id = member.staff_id.to_string();
    let remove = [("deed", "remove"), ("staff", id.as_str())];
    let before = clinic.app.database.content();
    let asked = html(&desk.press(&remove).await);
    assert!(
        asked.contains("They are signed out everywhere at once"),
        "{asked}"
    );
    assert_eq!(clinic.app.database.content(), before, "asking does nothing");
    let promote = [("deed", "role"), remove[1], ("role", "manager")];
    desk.pressed(&promote).await;
    let home = format!("/portal/{practice}");
    assert_eq!(jo.get(&home).await.status, 303, "their session has ended");
    let demote = [("deed", "role"), remove[1], ("role", "receptionist")];
    desk.pressed(&demote).await;
    let page = desk.page().await;
    let own = between(&page, "id=\"staff-", "\"").to_owned();
    assert_ne!(own, id);
    for deed in [
        vec![("deed", "remove"), ("staff", &own), ("sure", "yes")],
        vec![("deed", "role"), ("staff", &own), ("role", "receptionist")],
    ] {
        let refused = desk.press(&deed).await;
        assert_eq!(refused.status, 409);
        assert!(html(&refused).contains("the only manager who can sign in"));
    }
    let sure = [remove[0], remove[1], ("sure", "yes")];
    let page = desk.pressed(&sure).await;
    assert!(!page.contains("jo@staff.example"), "{page}");
    assert_eq!(desk.press(&sure).await.status, 200, "pressed twice");
}

#[tokio::test]
async fn nobody_of_elsewhere_is_changed_and_what_is_entered_is_text() {
    let clinic = Clinic::new().await;
    let desk = Desk::new(&clinic, "staff").await;
    let other = clinic.app.practice(json!({"name": "Other"})).await;
    let lee = clinic.app.member(other, "lee", "receptionist").await;
    let id = lee.staff_id.to_string();
    let number = once(&desk.page().await);
    let before = clinic.app.database.content();
    for deed in ["setUp", "password", "remove", "role"] {
        let fields = [
            ("deed", deed),
            ("staff", &id),
            ("once", &number),
            ("sure", "yes"),
            ("role", "manager"),
        ];
        let answer = desk.press(&fields).await;
        assert!(!html(&answer).contains("open?token="), "{deed}");
    }
    assert_eq!(clinic.app.database.content(), before);
    let fields = [
        ("deed", "takeOn"),
        ("once", number.as_str()),
        ("name", HOSTILE),
        ("email", HOSTILE),
    ];
    let wrong = desk.press(&fields).await;
    assert_eq!(wrong.status, 400);
    is_harmless(&html(&wrong), "staff");
    assert!(html(&wrong).contains("id=\"email-error\""));
    let fields = [
        fields[0],
        fields[1],
        fields[2],
        ("email", "z@clinic.example"),
    ];
    desk.press(&fields).await;
    is_harmless(&desk.page().await, "staff");
    let asked = between(&desk.page().await, "onerror", "</article>").to_owned();
    let id = between(&asked, "name=\"staff\" value=\"", "\"");
    let asked = desk.press(&[("deed", "remove"), ("staff", id)]).await;
    is_harmless(&html(&asked), "the question");
    assert!(html(&asked).contains("onerror"));
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_and_all_other_sessions_end() {
    let app = TestApp::new().await;
    let practice = app.practice(json!({})).await;
    let (kim, member) = signed_in(&app, practice, "kim", "receptionist").await;
    app.advance(60).await;
    let elsewhere = Visitor::new(&app);
    let code = member.code(&app);
    let session = app.sign_in(&member.email, PASSWORD, &code).await.unwrap();
    elsewhere.take_cookie("/portal", "staff", &session);
    let seen = kim.get("/portal/account").await;
    is_protected(&seen, "account");
    let page = html(&seen);
    assert!(page.contains("You have 10 recovery codes left.") && page.contains("Somewhere else"));
    let token = token(&page);
    let form = |present, new| {
        [
            ("token", token.as_str()),
            ("deed", "password"),
            ("password", present),
            ("newPassword", new),
        ]
    };
    let before = app.database.content();
    let short = kim
        .post_as("/portal/account", &form(PASSWORD, "short"), &[OURS])
        .await;
    assert_eq!(short.status, 400);
    assert!(html(&short).contains("id=\"new-error\""));
    assert_eq!(app.database.content(), before);
    let wrong = kim
        .post_as("/portal/account", &form("wrong", NEW), &[OURS])
        .await;
    assert_eq!(wrong.status, 400);
    assert!(html(&wrong).contains("id=\"password-error\">That is not your password."));
    assert!(!html(&wrong).contains(NEW), "no password stands in a page");
    let done = kim
        .post_as("/portal/account", &form(PASSWORD, NEW), &[OURS])
        .await;
    let page = html(&kim.follow(&done).await);
    assert!(page.contains("Your password is changed"), "{page}");
    assert!(!page.contains("Somewhere else"), "{page}");
    assert_eq!(elsewhere.get("/portal").await.status, 303);
    app.advance(60).await;
    let code = member.code(&app);
    assert!(app.sign_in(&member.email, PASSWORD, &code).await.is_err());
    app.advance(60).await;
    let code = member.code(&app);
    assert!(app.sign_in(&member.email, NEW, &code).await.is_ok());
}

#[tokio::test]
async fn an_open_browser_gives_nobody_guesses_at_the_password() {
    let app = TestApp::new().await;
    let practice = app.practice(json!({})).await;
    let (kim, _) = signed_in(&app, practice, "kim", "manager").await;
    let token = token(&html(&kim.get("/portal/account").await));
    let mut statuses = Vec::new();
    for _ in 0..6 {
        let fields = [
            ("token", token.as_str()),
            ("deed", "setUp"),
            ("password", "wrong"),
        ];
        let answer = kim.post_as("/portal/account", &fields, &[OURS]).await;
        statuses.push(answer.status.as_u16());
    }
    assert_eq!(statuses, [400, 400, 400, 400, 400, 429]);
}

/// Ends the first session that the account's page shows beside the own one, twice; gives the page's
/// token.
async fn end_another_session(of: &Visitor<'_>) -> String {
    let page = html(&of.get("/portal/account").await);
    let own = token(&page);
    let session = between(&page, "name=\"session\" value=\"", "\"");
    let end = [
        ("token", own.as_str()),
        ("deed", "end"),
        ("session", session),
    ];
    for _ in 0..2 {
        let ended = of.post_as("/portal/account", &end, &[OURS]).await;
        assert_eq!(ended.status, 303);
    }
    own
}

#[tokio::test]
async fn who_signs_out_stands_in_the_audit_of_each_of_their_practices_once() {
    let clinic = Clinic::new().await;
    let app = &clinic.app;
    let (one, two) = (clinic.pms.practice_id, app.practice(json!({})).await);
    let (kim, member) = signed_in(app, one, "kim", "manager").await;
    let also = json!({"name": "kim", "email": member.email, "role": "manager"});
    app.admin("POST", &format!("/practices/{two}/staff"), also)
        .await
        .expect(201);
    app.advance(60).await;
    let code = member.code(app);
    let other = app.sign_in(&member.email, PASSWORD, &code).await.unwrap();
    let own = end_another_session(&kim).await;
    assert!(app.signed_in(&other).await.is_err());
    let fields = [("token", own.as_str())];
    let out = kim.post_as("/portal/sign-out", &fields, &[OURS]).await;
    assert_eq!(out.header("location"), Some("/portal/sign-in"));
    let call = out.header("x-request-id").unwrap();
    assert!(app.signed_in(&member.session).await.is_err());
    kim.post_as("/portal/sign-out", &fields, &[OURS]).await;
    for practice in [one, two] {
        let path = format!("/practices/{practice}/audit?action=signOut");
        let found = app.admin("GET", &path, serde_json::Value::Null).await;
        let found = found.expect(200);
        let entries: Vec<_> = found["data"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|entry| entry["action"] == "signOut")
            .collect();
        assert_eq!(entries.len(), 2, "{found}");
        let actor = format!("staff:{}", member.staff_id);
        assert!(entries.iter().all(|entry| entry["actor"] == actor));
        assert!(found.to_string().contains(call), "{found}");
    }
}

#[tokio::test]
async fn a_phone_is_set_up_anew_by_who_knows_the_password_and_a_session_ended() {
    let app = TestApp::new().await;
    let practice = app.practice(json!({})).await;
    let (kim, member) = signed_in(&app, practice, "kim", "manager").await;
    app.advance(60).await;
    let code = member.code(&app);
    let other = app.sign_in(&member.email, PASSWORD, &code).await.unwrap();
    let own = end_another_session(&kim).await;
    assert!(app.signed_in(&other).await.is_err());
    let fields = [
        ("token", own.as_str()),
        ("deed", "setUp"),
        ("password", PASSWORD),
    ];
    let begun = kim.post_as("/portal/account", &fields, &[OURS]).await;
    let page = html(&kim.follow(&begun).await);
    let secret = secret_of(&between(&page, "<code class=\"key\">", "<").replace(' ', ""));
    let code = totp::code_at(&secret, app.now());
    let fields = [("password", PASSWORD), ("code", code.as_str())];
    let ready = kim.post("/portal/set-up", &fields).await;
    assert_eq!(ready.status, 200, "{}", html(&ready));
    assert_eq!(html(&ready).matches("<li><code>").count(), 10);
    assert_eq!(kim.get("/portal/account").await.status, 200);
}
