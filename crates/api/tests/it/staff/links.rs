//! Links that set up an account or a new password.

use super::{app, refused};
use serde_json::json;
use slotbridge_domain::ids::StaffId;
use slotbridge_domain::staff::LinkKind;
use slotbridge_hub::staff::totp;
use slotbridge_testkit::TestApp;
use slotbridge_testkit::staff::{PASSWORD, secret_of};

const ANOTHER: &str = "seven grey lamps hum";

async fn link(app: &TestApp, practice: i64, id: StaffId, kind: &str) -> String {
    let path = format!("/practices/{practice}/staff/{id}/links");
    let made = app.admin("POST", &path, json!({"kind": kind})).await;
    made.expect(201)["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_link_is_used_once_and_only_for_three_days() {
    let (app, practice) = app().await;
    let (id, token) = app.take_on(practice, "kimberley", "manager").await;
    let opened = app.hub.open_staff_link(&token).await.unwrap();
    assert_eq!(opened.person.name, "kimberley");
    assert_eq!(opened.kind, LinkKind::SetUp);
    assert!(opened.totp_uri.unwrap().starts_with("otpauth://totp/"));

    // What is wrong with what was typed does not use it up.
    for (password, code, why) in [
        ("too short", "000000", "password"),
        ("kimberley rides", "000000", "password"),
        (PASSWORD, "000000", "code"),
    ] {
        let used = app
            .hub
            .use_staff_link(&token, password.to_owned().into(), code);
        let Err(slotbridge_hub::Error::Invalid(faults)) = used.await else {
            panic!("{password}")
        };
        assert_eq!(faults[0].field, why);
    }
    app.advance(72 * 3600).await;
    assert_eq!(refused(app.hub.open_staff_link(&token).await), "gone");
    let late = app
        .hub
        .use_staff_link(&token, PASSWORD.to_owned().into(), "000000");
    assert_eq!(refused(late.await), "gone");

    let first = link(&app, practice, id, "setUp").await;
    let second = link(&app, practice, id, "setUp").await;
    assert_eq!(refused(app.hub.open_staff_link(&first).await), "gone");
    assert!(app.hub.open_staff_link(&second).await.is_ok());

    let jo = app.member(practice, "jo", "receptionist").await;
    let token = link(&app, practice, jo.staff_id, "password").await;
    let one = || {
        app.hub
            .use_staff_link(&token, ANOTHER.to_owned().into(), "")
    };
    let (a, b) = tokio::join!(one(), one());
    assert_eq!([a, b].iter().filter(|used| used.is_ok()).count(), 1);
    assert_eq!(refused(one().await), "gone");
}

#[tokio::test]
async fn a_new_password_ends_sessions_and_a_lock_and_leaves_the_second_factor() {
    let (app, practice) = app().await;
    let kim = app.member(practice, "kim", "manager").await;
    for _ in 0..5 {
        let wrong = app.sign_in(&kim.email, "wrong wrong wrong", "000000").await;
        assert_eq!(refused(wrong), "unauthorized");
    }
    let blocked = app.sign_in(&kim.email, PASSWORD, &kim.code(&app)).await;
    assert_eq!(refused(blocked), "too many");

    let token = link(&app, practice, kim.staff_id, "password").await;
    let opened = app.hub.open_staff_link(&token).await.unwrap();
    assert_eq!((opened.totp_secret, opened.totp_uri), (None, None));
    let used = app
        .hub
        .use_staff_link(&token, ANOTHER.to_owned().into(), "")
        .await;
    let used = used.unwrap();
    assert_eq!(used.session, None, "the second factor is asked for");
    assert!(used.recovery_codes.is_empty());
    assert_eq!(refused(app.signed_in(&kim.session).await), "unauthorized");

    app.clock.advance(60);
    let code = kim.code(&app);
    let old = app.sign_in(&kim.email, PASSWORD, &code).await;
    assert_eq!(refused(old), "unauthorized");
    app.sign_in(&kim.email, ANOTHER, &code).await.unwrap();
}

#[tokio::test]
async fn a_link_that_sets_up_replaces_the_second_factor_and_its_recovery_codes() {
    let (app, practice) = app().await;
    let kim = app.member(practice, "kim", "manager").await;
    let token = link(&app, practice, kim.staff_id, "setUp").await;
    app.clock.advance(60);
    // The codes of the lost device do not set the new one up.
    let code = kim.code(&app);
    let used = app
        .hub
        .use_staff_link(&token, ANOTHER.to_owned().into(), &code);
    assert_eq!(refused(used.await), "invalid");
    let before = app.database.content();
    let again = app.hub.open_staff_link(&token).await.unwrap();
    assert_eq!(app.database.content(), before, "looking changes nothing");
    let old = app
        .sign_in(&kim.email, PASSWORD, &kim.recovery_codes[0])
        .await;
    assert!(old.is_ok(), "until it is used all is as it was");

    let secret = secret_of(&again.totp_secret.unwrap());
    let code = totp::code_at(&secret, app.now());
    let used = app
        .hub
        .use_staff_link(&token, ANOTHER.to_owned().into(), &code)
        .await
        .unwrap();
    assert_eq!(used.recovery_codes.len(), 10);
    app.clock.advance(60);
    for old in [&kim.code(&app), &kim.recovery_codes[1]] {
        let signed_in = app.sign_in(&kim.email, ANOTHER, old).await;
        assert_eq!(refused(signed_in), "unauthorized");
    }
    for new in [&totp::code_at(&secret, app.now()), &used.recovery_codes[9]] {
        app.sign_in(&kim.email, ANOTHER, new).await.unwrap();
    }
}
