//! Accounts: one may work for several practices, and is deleted with the last.

use super::app;
use serde_json::{Value, json};
use slotbridge_testkit::TestApp;
use slotbridge_testkit::staff::PASSWORD;

async fn add(app: &TestApp, practice: i64, email: &str) -> slotbridge_testkit::Answer {
    let body = json!({"name": "Kim Lee", "email": email, "role": "receptionist"});
    let path = format!("/practices/{practice}/staff");
    app.admin("POST", &path, body).await
}

#[tokio::test]
async fn one_account_works_for_several_practices() {
    let (app, first) = app().await;
    let second = app.practice(json!({"name": "Hill Clinic"})).await;
    let kim = app.member(first, "kim", "manager").await;
    let added = add(&app, second, &kim.email.to_uppercase())
        .await
        .expect(201);
    assert_eq!(added["staffId"], kim.staff_id.get());
    assert_eq!(added["link"], Value::Null, "the account is kept");
    assert_eq!(add(&app, second, &kim.email).await.status, 409);

    let path = format!("/staff/{}", kim.staff_id);
    let seen = app.admin("GET", &path, Value::Null).await.expect(200);
    assert_eq!(
        seen["memberships"],
        json!([{"practiceId": first, "role": "manager"},
            {"practiceId": second, "role": "receptionist"}])
    );
    assert_eq!(
        (&seen["name"], &seen["setUp"]),
        (&json!("kim"), &json!(true))
    );
    let session = app.signed_in(&kim.session).await.unwrap();
    assert_eq!(session.practices().len(), 2);

    // It outlives the first and is deleted with the last.
    for (practice, left) in [(first, 200), (second, 404)] {
        let path = format!("/practices/{practice}/staff/{}", kim.staff_id);
        app.admin("DELETE", &path, Value::Null).await.expect(204);
        let path = format!("/staff/{}", kim.staff_id);
        app.admin("GET", &path, Value::Null).await.expect(left);
    }
    // The address is free again.
    assert_ne!(
        add(&app, first, &kim.email).await.expect(201)["link"],
        Value::Null
    );
}

#[tokio::test]
async fn what_is_changed_is_shown_and_is_in_the_audit_trail_of_each_practice() {
    let (app, first) = app().await;
    let second = app.practice(json!({"name": "Hill Clinic"})).await;
    let kim = app.member(first, "kim", "manager").await;
    let jo = app.member(first, "jo", "manager").await;
    add(&app, second, &kim.email).await.expect(201);
    let path = format!("/staff/{}", kim.staff_id);
    let taken = json!({"email": jo.email});
    assert_eq!(app.admin("PATCH", &path, taken).await.status, 409);
    let change = json!({"name": "Kim Ng", "email": "ng@staff.example"});
    let seen = app.admin("PATCH", &path, change).await.expect(200);
    assert_eq!(
        (&seen["name"], &seen["email"]),
        (&json!("Kim Ng"), &json!("ng@staff.example"))
    );
    app.clock.advance(60);
    let code = kim.code(&app);
    app.sign_in("ng@staff.example", PASSWORD, &code)
        .await
        .unwrap();

    for practice in [first, second] {
        let path = format!("/practices/{practice}/audit");
        let trail = app.admin("GET", &path, Value::Null).await.expect(200);
        let entry = &trail["data"][0];
        assert_eq!(entry["action"], "updateStaff");
        assert!(entry["actor"].as_str().unwrap().starts_with("operator:"));
        let text = trail.to_string();
        assert!(text.contains("addStaff"), "{text}");
        assert!(
            !text.contains("staff.example") && !text.contains("Kim"),
            "{text}"
        );
    }
    let path = format!("/practices/{first}/audit");
    let trail = app.admin("GET", &path, Value::Null).await.expect(200);
    let by_kim = format!("staff:{}", kim.staff_id);
    let mut entries = trail["data"].as_array().unwrap().iter();
    let used = entries.find(|entry| entry["actor"] == by_kim).unwrap();
    assert_eq!(used["action"], "useStaffLink");
}

#[tokio::test]
async fn erasing_a_practice_deletes_whoever_worked_for_no_other() {
    let (app, first) = app().await;
    let second = app.practice(json!({"name": "Hill Clinic"})).await;
    let kim = app.member(first, "kim", "manager").await;
    let jo = app.member(first, "jo", "manager").await;
    add(&app, second, &jo.email).await.expect(201);
    let path = format!("/practices/{first}/erase");
    let name = json!({"name": "Harbour Clinic"});
    app.admin("POST", &path, name).await.expect(200);
    let all = app.admin("GET", "/staff", Value::Null).await.expect(200);
    assert_eq!(all["data"].as_array().unwrap().len(), 1);
    assert_eq!(all["data"][0]["staffId"], jo.staff_id.get());
    assert!(app.signed_in(&kim.session).await.is_err());
}
