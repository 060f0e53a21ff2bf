//! Sessions: how they end, and what proves that a form came from one.

use super::{app, refused};
use serde_json::{Value, json};
use slotbridge_hub::staff::sign_in::Credentials;
use slotbridge_hub::{Actor, Context};
use slotbridge_testkit::staff::PASSWORD;

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_and_after_twelve_hours_in_any_case() {
    let (app, practice) = app().await;
    let kim = app.member(practice, "kim", "manager").await;
    for _ in 0..24 {
        app.clock.advance(29 * 60);
        assert!(app.signed_in(&kim.session).await.is_ok());
    }
    app.clock.advance(24 * 60 - 1);
    assert!(app.signed_in(&kim.session).await.is_ok(), "11:59:59");
    app.clock.advance(1);
    assert_eq!(refused(app.signed_in(&kim.session).await), "unauthorized");

    let jo = app.member(practice, "jo", "receptionist").await;
    app.clock.advance(30 * 60);
    assert_eq!(refused(app.signed_in(&jo.session).await), "unauthorized");
}

#[tokio::test]
async fn whoever_signs_in_gets_a_new_session_and_the_one_before_ends() {
    let (app, practice) = app().await;
    let kim = app.member(practice, "kim", "manager").await;
    app.clock.advance(60);
    let credentials = Credentials {
        email: kim.email.clone(),
        password: PASSWORD.to_owned().into(),
        code: kim.code(&app).into(),
    };
    let session = app
        .hub
        .sign_in(credentials, Some(&kim.session))
        .await
        .unwrap();
    assert_ne!(session, kim.session);
    assert!(app.signed_in(&session).await.is_ok());
    assert_eq!(refused(app.signed_in(&kim.session).await), "unauthorized");
    app.hub.sign_out(&session).await.unwrap();
    assert_eq!(refused(app.signed_in(&session).await), "unauthorized");
}

#[tokio::test]
async fn sessions_are_ended_one_by_one_and_all_at_once() {
    let (app, practice) = app().await;
    let kim = app.member(practice, "kim", "manager").await;
    let jo = app.member(practice, "jo", "manager").await;
    app.clock.advance(60);
    let second = app.sign_in(&kim.email, PASSWORD, &kim.code(&app)).await;
    let second = second.unwrap();
    let path = format!("/staff/{}/sessions", kim.staff_id);
    let all = app.admin("GET", &path, Value::Null).await.expect(200);
    let ids: Vec<&Value> = all["data"].as_array().unwrap().iter().collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0]["sessionId"], kim.session_id);

    let own = app.signed_in(&jo.session).await.unwrap();
    let context = Context {
        actor: Actor::Staff(jo.staff_id),
        call_id: "call".to_owned(),
    };
    let theirs = app
        .hub
        .end_own_sessions(&own, context.clone(), Some(kim.session_id))
        .await;
    assert_eq!(refused(theirs), "not found");
    let one = format!("{path}/{}", kim.session_id);
    app.admin("DELETE", &one, Value::Null).await.expect(204);
    app.admin("DELETE", &one, Value::Null).await.expect(404);
    assert_eq!(refused(app.signed_in(&kim.session).await), "unauthorized");
    assert!(app.signed_in(&second).await.is_ok());
    app.admin("DELETE", &path, Value::Null).await.expect(204);
    assert_eq!(refused(app.signed_in(&second).await), "unauthorized");

    assert_eq!(app.hub.own_sessions(&own).await.unwrap().len(), 1);
    app.hub.end_own_sessions(&own, context, None).await.unwrap();
    assert_eq!(refused(app.signed_in(&jo.session).await), "unauthorized");
}

#[tokio::test]
async fn a_session_ends_with_the_account_the_membership_and_the_role() {
    let (app, practice) = app().await;
    let member = async |name| app.member(practice, name, "manager").await;
    let (kim, jo, lee) = (member("kim").await, member("jo").await, member("lee").await);
    let path = format!("/staff/{}", kim.staff_id);
    let off = json!({"active": false});
    app.admin("PATCH", &path, off).await.expect(200);
    let path = format!("/practices/{practice}/staff/{}", jo.staff_id);
    app.admin("DELETE", &path, Value::Null).await.expect(204);
    let path = format!("/practices/{practice}/staff/{}", lee.staff_id);
    let role = json!({"role": "receptionist"});
    app.admin("PATCH", &path, role).await.expect(204);
    for who in [&kim, &jo, &lee] {
        assert_eq!(refused(app.signed_in(&who.session).await), "unauthorized");
    }
    app.clock.advance(60);
    for (who, said) in [
        (&kim, "unauthorized"),
        (&jo, "unauthorized"),
        (&lee, "not refused"),
    ] {
        let signed_in = app.sign_in(&who.email, PASSWORD, &who.code(&app)).await;
        assert_eq!(refused(signed_in), said, "{}", who.email);
    }
}

#[tokio::test]
async fn a_form_is_taken_only_with_the_token_of_its_session() {
    let (app, practice) = app().await;
    let kim = app.member(practice, "kim", "manager").await;
    let jo = app.member(practice, "jo", "manager").await;
    let (own, theirs) = (
        app.signed_in(&kim.session).await.unwrap(),
        app.signed_in(&jo.session).await.unwrap(),
    );
    let token = own.csrf_token();
    assert_eq!(
        token,
        app.signed_in(&kim.session).await.unwrap().csrf_token()
    );
    assert!(own.check_csrf(&token).is_ok());
    let cut = &token[..token.len() - 2];
    for wrong in [&theirs.csrf_token(), "", "x", cut, "éé", &kim.session] {
        assert_eq!(refused(own.check_csrf(wrong)), "forbidden", "{wrong}");
    }
}

#[tokio::test]
async fn an_operator_s_session_dies_with_the_token() {
    let (app, practice) = app().await;
    let made = json!({"name": "Kim"});
    let made = app.admin("POST", "/operatorTokens", made).await.expect(201);
    let token = made["token"].as_str().unwrap();
    let hub = &app.hub;
    let session = hub.sign_in_operator(token, None).await.unwrap();
    let operator = hub.authenticate_operator_session(Some(&session)).await;
    let operator = operator.unwrap();
    assert_eq!(json!(operator.operator().token_id()), made["tokenId"]);
    assert!(operator.check_csrf(&operator.csrf_token()).is_ok());

    // One kind of session is not another.
    let kim = app.member(practice, "kim", "manager").await;
    let wrong = hub.authenticate_operator_session(Some(&kim.session)).await;
    assert_eq!(refused(wrong), "unauthorized");
    assert_eq!(refused(app.signed_in(&session).await), "unauthorized");
    for wrong in [None, Some(""), Some(token), Some("sbs_x")] {
        assert_eq!(
            refused(hub.authenticate_operator_session(wrong).await),
            "unauthorized"
        );
        assert_eq!(refused(hub.authenticate_staff(wrong).await), "unauthorized");
    }
    assert_eq!(
        refused(hub.sign_in_operator("x", None).await),
        "unauthorized"
    );

    let path = format!("/operatorTokens/{}", made["tokenId"]);
    app.admin("DELETE", &path, Value::Null).await.expect(204);
    let gone = hub.authenticate_operator_session(Some(&session)).await;
    assert_eq!(refused(gone), "unauthorized");
}
