//! Signing in: one answer to whatever is wrong, each code once, and fewer and fewer attempts.

use super::{app, refused};
use serde_json::json;
use slotbridge_hub::Error;
use slotbridge_testkit::outgoing::Postbox;
use slotbridge_testkit::staff::PASSWORD;
use slotbridge_testkit::{Member, TestApp};
use std::sync::Arc;

/// How long an account that slows down lets nobody try, in seconds.
async fn wait(app: &TestApp, member: &Member) -> i64 {
    match app.sign_in(&member.email, "wrong", "000000").await {
        Err(Error::TooManyAttempts { wait_seconds }) => wait_seconds,
        other => panic!("{other:?}"),
    }
}

async fn wrong(app: &TestApp, email: &str) {
    let answer = app.sign_in(email, "wrong wrong wrong", "000000").await;
    assert_eq!(refused(answer), "unauthorized");
}

#[tokio::test]
async fn mail_password_and_code_open_a_session_and_nothing_less_does() {
    let (app, practice) = app().await;
    let kim = app.member(practice, "kim", "manager").await;
    app.advance(60).await;
    let code = kim.code(&app);
    for (email, password, code) in [
        ("nobody@staff.example", PASSWORD, code.as_str()),
        (kim.email.as_str(), "teal otters sing lower", code.as_str()),
        (kim.email.as_str(), PASSWORD, "000000"),
        (kim.email.as_str(), PASSWORD, ""),
    ] {
        let answer = app.sign_in(email, password, code).await;
        let Err(Error::Unauthorized(text)) = answer else {
            panic!("{email} {password} {code}: {answer:?}")
        };
        assert_eq!(
            text, "the mail address, the password or the code is wrong",
            "nobody learns which"
        );
    }
    let upper = format!(" {} ", kim.email.to_uppercase());
    let session = app.sign_in(&upper, PASSWORD, &code).await.unwrap();
    let signed_in = app.signed_in(&session).await.unwrap();
    assert_eq!(signed_in.staff_id(), kim.staff_id);
}

#[tokio::test]
async fn a_code_opens_once() {
    let (app, practice) = app().await;
    let kim = app.member(practice, "kim", "manager").await;
    // The one that set the account up is used too.
    let code = kim.code(&app);
    let again = app.sign_in(&kim.email, PASSWORD, &code).await;
    assert_eq!(refused(again), "unauthorized");
    app.advance(60).await;
    let code = kim.code(&app);
    app.sign_in(&kim.email, PASSWORD, &code).await.unwrap();
    let again = app.sign_in(&kim.email, PASSWORD, &code).await;
    assert_eq!(refused(again), "unauthorized");

    let recovery = &kim.recovery_codes[3];
    let typed = recovery.to_uppercase().replace('-', " ");
    app.sign_in(&kim.email, PASSWORD, &typed).await.unwrap();
    let again = app.sign_in(&kim.email, PASSWORD, recovery).await;
    assert_eq!(refused(again), "unauthorized");
}

#[tokio::test]
async fn many_at_once_use_a_code_once() {
    let (app, practice) = app().await;
    let kim = app.member(practice, "kim", "manager").await;
    app.advance(60).await;
    let code = kim.code(&app);
    let one = || app.sign_in(&kim.email, PASSWORD, &code);
    let (a, b, c, d) = tokio::join!(one(), one(), one(), one());
    let opened = [a, b, c, d].into_iter().filter(Result::is_ok).count();
    assert_eq!(opened, 1);
}

#[tokio::test]
async fn wrong_attempts_slow_an_account_and_then_lock_it_with_one_mail() {
    let postbox = Arc::new(Postbox::default());
    let app = TestApp::sending(postbox.outgoing()).await;
    let practice = app.practice(json!({"name": "Harbour Clinic"})).await;
    let kim = app.member(practice, "kim", "manager").await;
    for _ in 0..5 {
        wrong(&app, &kim.email).await;
    }
    for seconds in [2, 4, 8, 16, 32] {
        assert_eq!(wait(&app, &kim).await, seconds + 1);
        app.advance(seconds).await;
        wrong(&app, &kim.email).await;
    }
    // The tenth wrong one has locked it, for the right password too.
    let right = app.sign_in(&kim.email, PASSWORD, &kim.code(&app)).await;
    assert_eq!(refused(right), "too many");
    assert_eq!(wait(&app, &kim).await, 901);
    app.advance(0).await;
    let told = postbox.taken();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].to, kim.email);
    assert!(told[0].text.contains("wrong passwords"), "{}", told[0].text);
    // Whoever is signed in stays so.
    assert!(app.signed_in(&kim.session).await.is_ok());

    app.advance(900).await;
    wrong(&app, &kim.email).await;
    assert_eq!(wait(&app, &kim).await, 901, "locked again");
    app.advance(900).await;
    assert_eq!(postbox.taken().len(), 1, "once per lock");
    let code = kim.code(&app);
    let session = app.sign_in(&kim.email, PASSWORD, &code).await.unwrap();
    assert!(app.signed_in(&session).await.is_ok());
    wrong(&app, &kim.email).await;
    wrong(&app, &kim.email).await;
}

#[tokio::test]
async fn a_mail_without_an_account_is_answered_like_one_with() {
    let (app, practice) = app().await;
    let kim = app.member(practice, "kim", "manager").await;
    let mut answers = Vec::new();
    for email in [kim.email.as_str(), "nobody@staff.example"] {
        let mut seen = Vec::new();
        for _ in 0..7 {
            let answer = app.sign_in(email, "wrong wrong wrong", "000000").await;
            seen.push(answer.unwrap_err().to_string());
        }
        answers.push(seen);
    }
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0][6].contains("too many"), "{answers:?}");
}

#[tokio::test]
async fn of_guesses_at_once_each_counts() {
    let (app, practice) = app().await;
    let kim = app.member(practice, "kim", "manager").await;
    let guess = || app.sign_in(&kim.email, "wrong wrong wrong", "000000");
    let tried = futures_util::future::join_all((0..20).map(|_| guess())).await;
    let looked_at = tried
        .into_iter()
        .filter(|answer| matches!(answer, Err(Error::Unauthorized(_))))
        .count();
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn wrong_attempts_are_counted_across_a_restart() {
    let (app, practice) = app().await;
    let kim = app.member(practice, "kim", "manager").await;
    for _ in 0..5 {
        wrong(&app, &kim.email).await;
    }
    let app = app.restart().await;
    assert_eq!(wait(&app, &kim).await, 3);
}
