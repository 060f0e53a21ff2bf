//! Keys, secrets, tokens and accounts at the console: shown once, revoked when one is sure.

use crate::console::{OURS, operator, row_with, send, surely};
use crate::visitor::{between, html};
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, TestApp};

#[tokio::test]
async fn a_consumer_s_secrets_are_shown_once_and_a_form_sent_twice_makes_one_auth_2() {
    let app = TestApp::new().await;
    let visitor = operator(&app).await;
    let page = html(&visitor.get("/console/consumers").await);
    assert!(page.contains("There is no consumer yet"), "{page}");
    let token = between(&page, "name=\"token\" value=\"", "\"").to_owned();
    let once = between(&page, "name=\"once\" value=\"", "\"").to_owned();
    let fields = [
        ("token", token.as_str()),
        ("once", &once),
        ("name", "Acme PMS"),
        ("contactEmail", "dev@acme.example"),
        ("wireProfile", "documented"),
    ];
    let ours = [OURS];
    let made = visitor.post_as("/console/consumers", &fields, &ours).await;
    let again = visitor.post_as("/console/consumers", &fields, &ours).await;
    let key = between(&html(&made), "class=\"key\">", "<").to_owned();
    assert_eq!(between(&html(&again), "class=\"key\">", "<"), key);
    let list = html(&visitor.get("/console/consumers").await);
    assert_eq!(
        list.matches("href=\"/console/consumers/").count(),
        1,
        "{list}"
    );
    assert!(!list.contains(&key));
    let one = "/console/consumers/1";
    assert!(!html(&visitor.get(one).await).contains(&key));
    // The key opens what it should, until it is revoked.
    let practice = app.practice(json!({})).await;
    let pms = app.consent(practice, 1, &key).await;
    app.pms(&pms, "GET", "/requests/bookings", Value::Null)
        .await
        .expect(200);
    let more = html(&send(&visitor, one, &[("deed", "addKey"), ("once", "a")]).await);
    assert!(more.contains("This is shown this once"), "{more}");
    let fields = [("deed", "revokeKey"), ("key", "1")];
    let done = surely(&app, &visitor, one, &fields, "refused, on every node").await;
    assert!(html(&visitor.follow(&done).await).contains("Revoked "));
    let refused = app
        .pms(&pms, "GET", "/requests/bookings", Value::Null)
        .await;
    assert_eq!(refused.status, 401);
    let fields = [("deed", "rotateSecret"), ("once", "b")];
    let secret = surely(&app, &visitor, one, &fields, "for 24 hours").await;
    assert!(html(&secret).contains("whsec_"), "{}", html(&secret));
    let done = surely(
        &app,
        &visitor,
        one,
        &[("deed", "deactivate")],
        "None of its keys",
    )
    .await;
    assert!(html(&visitor.follow(&done).await).contains("None of its keys opens"));
}

#[tokio::test]
async fn what_is_wrong_with_a_new_consumer_is_named_and_nothing_is_made() {
    let app = TestApp::new().await;
    let visitor = operator(&app).await;
    let before = app.database.content();
    let long = "x".repeat(201);
    for (name, mail, profile, fault) in [
        ("", "dev@acme.example", "documented", "Name: must be"),
        (&long, "dev@acme.example", "documented", "Name: must be"),
        ("Acme", "nobody", "documented", "ContactEmail: "),
        ("Acme", "dev@acme.example", "x", "WireProfile: must be"),
    ] {
        let fields = [
            ("name", name),
            ("contactEmail", mail),
            ("wireProfile", profile),
        ];
        let refused = send(&visitor, "/console/consumers", &fields).await;
        assert_eq!(refused.status, 400);
        assert!(html(&refused).contains(fault), "{}", html(&refused));
    }
    for path in [
        "/console/consumers/1",
        "/console/practices/1",
        "/console/staff/1",
    ] {
        assert_eq!(visitor.get(path).await.status, 404, "{path}");
    }
    assert_eq!(app.database.content(), before);
}

#[tokio::test]
async fn operator_tokens_are_shown_once_and_the_last_one_stays_auth_2() {
    let app = TestApp::new().await;
    let visitor = operator(&app).await;
    let path = "/console/operator-tokens";
    let fields = [("deed", "revoke"), ("tokenId", "1")];
    let last = surely(&app, &visitor, path, &fields, "you too, if it is yours").await;
    assert_eq!(last.status, 409);
    assert!(
        html(&last).contains("make another one first"),
        "{}",
        html(&last)
    );
    let fields = [("deed", "create"), ("name", "Kim"), ("once", "a")];
    let made = html(&send(&visitor, path, &fields).await);
    let token = between(&made, "class=\"key\">", "<").to_owned();
    let list = html(&visitor.get(path).await);
    assert!(list.contains("Kim") && !list.contains(&token), "{list}");
    app.hub.sign_in_operator(&token, None).await.unwrap();
    let fields = [("deed", "revoke"), ("tokenId", "2")];
    let done = surely(&app, &visitor, path, &fields, "never comes back").await;
    let list = html(&visitor.follow(&done).await);
    assert!(row_with(&list, "Kim", "li").contains("Revoked "), "{list}");
    assert!(app.hub.sign_in_operator(&token, None).await.is_err());
}

#[tokio::test]
async fn staff_are_found_by_their_mail_locked_and_given_links_without_being_shown() {
    let clinic = Clinic::new().await;
    let app = &clinic.app;
    let kim = app.member(clinic.pms.practice_id, "kim", "manager").await;
    let visitor = operator(app).await;
    let unknown = [("email", "nobody@staff.example")];
    assert_eq!(send(&visitor, "/console/staff", &unknown).await.status, 404);
    let found = send(&visitor, "/console/staff", &[("email", kim.email.as_str())]).await;
    let path = found.header("location").unwrap().to_owned();
    assert_eq!(path, format!("/console/staff/{}", kim.staff_id));
    for path in ["/console/staff", &path] {
        let page = html(&visitor.get(path).await);
        assert!(
            !page.contains("kim") && !page.contains("staff.example"),
            "{page}"
        );
    }
    let done = surely(
        app,
        &visitor,
        &path,
        &[("deed", "endSessions")],
        "signed out at once",
    )
    .await;
    assert!(html(&visitor.follow(&done).await).contains("Nowhere at the moment"));
    assert!(app.signed_in(&kim.session).await.is_err());
    app.advance(60).await;
    let session = app
        .sign_in(
            &kim.email,
            slotbridge_testkit::staff::PASSWORD,
            &kim.code(app),
        )
        .await;
    let session = session.unwrap();
    let done = surely(
        app,
        &visitor,
        &path,
        &[("deed", "lock")],
        "signed out everywhere",
    )
    .await;
    assert!(html(&visitor.follow(&done).await).contains("Nobody can sign in to it"));
    assert!(app.signed_in(&session).await.is_err());
    send(&visitor, &path, &[("deed", "unlock")]).await;
    let fields = [("deed", "newLink"), ("kind", "password")];
    let link = surely(app, &visitor, &path, &fields, "can become the owner").await;
    let page = html(&link);
    let link = between(&page, "/portal/open?token=", "<").to_owned();
    app.hub.open_staff_link(&link).await.unwrap();
}
