//! An operator brings a practice on board: makes it, grants a consumer its consent, takes its first
//! manager on.

use crate::console::{OURS, operator, send, surely};
use crate::headers::{HOSTILE, is_harmless, is_protected};
use crate::visitor::{Visitor, between, html};
use serde_json::{Value, json};
use slotbridge_testkit::{Answer, Clinic, Pms, TestApp};

const NEW: &str = "/console/practices/new";

/// A form of a page as it is filled in, with the number that the page gave it.
async fn filled<'f>(
    visitor: &Visitor<'_>,
    path: &str,
    fields: &[(&'f str, &'f str)],
) -> Vec<(&'f str, String)> {
    let page = html(&visitor.get(path).await);
    let hidden = |name: &str| between(&page, &format!("name=\"{name}\" value=\""), "\"").to_owned();
    let mut all = vec![("token", hidden("token")), ("once", hidden("once"))];
    all.extend(
        fields
            .iter()
            .map(|(name, text)| (*name, (*text).to_owned())),
    );
    all
}

async fn post(visitor: &Visitor<'_>, path: &str, fields: &[(&str, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, text)| (*n, text.as_str())).collect();
    visitor.post_as(path, &fields, &[OURS]).await
}

/// A consumer with its API key.
async fn consumer(app: &TestApp, name: &str, test: bool) -> (i64, String) {
    let new = json!({"name": name, "contactEmail": "dev@vendor.example", "test": test});
    let made = app.admin("POST", "/consumers", new).await.expect(201);
    let id = made.get("consumerId").and_then(Value::as_i64).unwrap();
    let key = made.get("apiKey").and_then(Value::as_str).unwrap();
    (id, key.to_owned())
}

fn practice_key(page: &str) -> String {
    let (_, rest) = page.split_once("practice-key").expect("a practice key");
    between(rest, "class=\"key\">", "<").to_owned()
}

/// The status of a call with these keys.
async fn calls(
    app: &TestApp,
    practice: i64,
    (consumer, api_key): &(i64, String),
    key: &str,
) -> u16 {
    let pms = Pms {
        practice_id: practice,
        consumer_id: *consumer,
        api_key: api_key.clone(),
        practice_key: key.to_owned(),
    };
    let answer = app.pms(&pms, "GET", "/requests", Value::Null).await;
    answer.status.as_u16()
}

#[tokio::test]
async fn a_practice_comes_on_board_without_anything_but_the_console() {
    let app = TestApp::new().await;
    let vendor = consumer(&app, "Acme PMS", false).await;
    let visitor = operator(&app).await;
    let list = html(&visitor.get("/console/practices").await);
    assert!(list.contains("There is no practice yet"), "{list}");
    assert!(list.contains(&format!("href=\"{NEW}\"")), "{list}");
    let details = [
        ("name", " Harbour Street Medical "),
        ("timezone", "Australia/Hobart"),
        ("state", "TAS"),
        ("suburb", "Hobart"),
        ("phone", "03 6200 0000"),
        ("autoPublish", "yes"),
    ];
    let form = filled(&visitor, NEW, &details).await;
    let made = post(&visitor, NEW, &form).await;
    let again = post(&visitor, NEW, &form).await;
    let place = made.header("location").unwrap().to_owned();
    assert_eq!(again.header("location"), Some(&*place), "sent twice");
    assert_eq!(place, "/console/practices/1");
    let all = app
        .admin("GET", "/practices", Value::Null)
        .await
        .expect(200);
    let all = all["data"].as_array().unwrap();
    assert_eq!(all.len(), 1);
    for (name, value) in [
        ("name", json!("Harbour Street Medical")),
        ("timezone", json!("Australia/Hobart")),
        ("state", json!("TAS")),
        ("phone", json!("0362000000")),
        ("email", Value::Null),
        ("autoPublish", json!(true)),
        ("test", json!(false)),
    ] {
        assert_eq!(all[0][name], value, "{name}");
    }

    let page = html(&visitor.get(&place).await);
    assert!(page.contains("None was given") && page.contains("Nobody can sign in for it yet"));
    let id = vendor.0.to_string();
    let form = filled(
        &visitor,
        &place,
        &[("deed", "grantConsent"), ("consumer", &id)],
    )
    .await;
    let granted = post(&visitor, &place, &form).await;
    is_protected(&granted, "the key");
    assert_eq!(granted.header("cache-control"), Some("no-store"));
    let key = practice_key(&html(&granted));
    assert_eq!(calls(&app, 1, &vendor, &key).await, 200);
    let twice = html(&post(&visitor, &place, &form).await);
    assert_eq!(
        practice_key(&twice),
        key,
        "pressed twice, it is the same key"
    );
    assert!(!html(&visitor.get(&place).await).contains(&key));

    let staff = format!("{place}/staff");
    let page = html(&visitor.get(&staff).await);
    assert!(page.contains("There are none yet"), "{page}");
    let manager = page.contains("value=\"manager\" checked");
    assert!(manager, "the first one can take on the others: {page}");
    let kim = [
        ("name", "Kim Lee"),
        ("email", "kim@clinic.example"),
        ("role", "manager"),
    ];
    let form = filled(&visitor, &staff, &kim).await;
    let taken_on = post(&visitor, &staff, &form).await;
    is_protected(&taken_on, "the link");
    let link = between(&html(&taken_on), "/portal/open?token=", "<").to_owned();
    let twice = html(&post(&visitor, &staff, &form).await);
    assert_eq!(between(&twice, "/portal/open?token=", "<"), link);
    let owner = Visitor::new(&app);
    let opened = owner.get(&format!("/portal/open?token={link}")).await;
    assert!(html(&owner.follow(&opened).await).contains("Kim Lee"));
    let page = html(&visitor.get(&staff).await);
    assert!(
        page.contains("Staff 1") && page.contains("Not set up yet"),
        "{page}"
    );
    for path in [&staff, &place, "/console/staff"] {
        let page = html(&visitor.get(path).await);
        let shown = page.contains("Kim") || page.contains("clinic.example");
        assert!(!shown && !page.contains(&link), "{path}: {page}");
    }
    let trail = "/console/audit?practice=1&actor=operator:1";
    let trail = html(&visitor.get(trail).await);
    for action in ["createPractice", "grantConsent", "addStaff"] {
        assert_eq!(
            trail.matches(&format!("<td>{action}")).count(),
            1,
            "{trail}"
        );
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_new_practice_stands_beside_its_field_and_nothing_is_made() {
    let app = TestApp::new().await;
    let visitor = operator(&app).await;
    let before = app.database.content();
    let right = [
        ("name", "Harbour Street"),
        ("timezone", "Australia/Sydney"),
        ("test", "yes"),
    ];
    for (name, text) in [
        ("name", ""),
        ("timezone", ""),
        ("timezone", "Sydney"),
        ("timezone", "../../etc/passwd"),
        ("postcode", "20000"),
        ("phone", "12"),
        ("email", "nobody"),
        ("suburb", &"x".repeat(256)),
        ("email", HOSTILE),
    ] {
        let mut fields = right.to_vec();
        fields.extend([("once", "a"), (name, text)]);
        let refused = send(&visitor, NEW, &fields).await;
        assert_eq!(refused.status, 400, "{name} {text}");
        let page = html(&refused);
        is_harmless(&page, name);
        assert!(page.contains(&format!("id=\"{name}-error\"")), "{page}");
        assert!(page.contains(&format!("href=\"#{name}\"")), "{page}");
        let kept = name == "name" || page.contains("value=\"Harbour Street\"");
        assert!(
            kept && page.contains("name=\"test\" value=\"yes\" checked"),
            "{page}"
        );
        assert!(
            page.contains("name=\"once\" value=\"a\""),
            "its number stays"
        );
    }
    assert_eq!(app.database.content(), before);
    // With the same number, something else is no second practice.
    let mut fields = right.to_vec();
    fields.push(("once", "a"));
    assert_eq!(send(&visitor, NEW, &fields).await.status, 303);
    fields.push(("suburb", "Glebe"));
    let other = send(&visitor, NEW, &fields).await;
    assert_eq!(other.status, 409);
    assert!(
        html(&other).contains("load its page again"),
        "{}",
        html(&other)
    );
}

#[tokio::test]
async fn whatever_ends_a_key_that_is_in_use_is_asked_first_auth_0() {
    let clinic = Clinic::new().await;
    let (app, practice) = (&clinic.app, clinic.pms.practice_id);
    let other = consumer(app, "Other PMS", false).await;
    consumer(app, "Try-out", true).await;
    let visitor = operator(app).await;
    let path = format!("/console/practices/{practice}");
    let page = html(&visitor.get(&path).await);
    assert!(
        page.contains("Other PMS") && !page.contains("Try-out"),
        "AUTH-4: {page}"
    );
    let own = (clinic.pms.consumer_id, clinic.pms.api_key.clone());
    let (id, once) = (own.0.to_string(), ("once", "a"));
    let fields = [("deed", "grantConsent"), ("consumer", id.as_str()), once];
    let done = surely(app, &visitor, &path, &fields, "stops working at once").await;
    let key = practice_key(&html(&done));
    assert_eq!(calls(app, practice, &own, &key).await, 200);
    assert_eq!(
        calls(app, practice, &own, &clinic.pms.practice_key).await,
        403
    );
    let (id, once) = (other.0.to_string(), ("once", "b"));
    let fields = [("deed", "grantConsent"), ("consumer", id.as_str()), once];
    let done = surely(
        app,
        &visitor,
        &path,
        &fields,
        "The consent of Vendor ends at once",
    )
    .await;
    let new = practice_key(&html(&done));
    assert_eq!(calls(app, practice, &other, &new).await, 200);
    assert_eq!(calls(app, practice, &own, &key).await, 403);
    let before = app.database.content();
    for (consumer, status) in [("x", 400), ("", 400), ("99", 400), ("3", 409)] {
        let fields = [
            ("deed", "grantConsent"),
            ("consumer", consumer),
            ("once", "c"),
            ("sure", "yes"),
        ];
        let refused = send(&visitor, &path, &fields).await;
        assert_eq!(refused.status, status, "{consumer}");
    }
    assert_eq!(app.database.content(), before);
    let own = format!("/consumers/{}", own.0);
    app.admin("DELETE", &own, Value::Null).await.expect(204);
    let page = html(&visitor.get(&path).await);
    let offers = |name: &str| page.contains(&format!("{name}</option>"));
    assert!(
        offers("Other PMS") && !offers("Vendor"),
        "it is deactivated"
    );
}

#[tokio::test]
async fn who_has_an_account_works_here_too_and_faults_stand_beside_their_field() {
    let app = TestApp::new().await;
    let (one, two) = (app.practice(json!({})).await, app.practice(json!({})).await);
    app.take_on(one, "kim", "manager").await;
    let visitor = operator(&app).await;
    let path = format!("/console/practices/{two}/staff");
    let before = app.database.content();
    for (name, email, role, wrong) in [
        ("", "kim@staff.example", "manager", Some("name")),
        ("Kim", "kim", "manager", Some("email")),
        (HOSTILE, HOSTILE, "manager", Some("email")),
        ("Kim", "kim@staff.example", "owner", None),
    ] {
        let fields = [
            ("name", name),
            ("email", email),
            ("role", role),
            ("once", "a"),
        ];
        let refused = send(&visitor, &path, &fields).await;
        assert_eq!(refused.status, 400, "{name} {email} {role}");
        let page = html(&refused);
        is_harmless(&page, name);
        if let Some(field) = wrong {
            assert!(page.contains(&format!("id=\"{field}-error\"")), "{page}");
        }
    }
    assert_eq!(app.database.content(), before);
    let kim = [
        ("name", "Kim"),
        ("email", "kim@staff.example"),
        ("role", "receptionist"),
    ];
    let form = filled(&visitor, &path, &kim).await;
    for _ in 0..2 {
        let known = post(&visitor, &path, &form).await;
        let page = html(&visitor.follow(&known).await);
        assert!(page.contains("has an account already"), "{page}");
        assert!(
            page.contains("Receptionist") && !page.contains("open?token="),
            "{page}"
        );
    }
    let form = filled(&visitor, &path, &kim).await;
    let refused = post(&visitor, &path, &form).await;
    assert_eq!(refused.status, 409);
    let page = html(&refused);
    assert!(page.contains("They are on the practice"), "{page}");
    assert!(page.contains("id=\"email-error\""), "{page}");
    assert_eq!(visitor.get("/console/practices/99/staff").await.status, 404);
}
