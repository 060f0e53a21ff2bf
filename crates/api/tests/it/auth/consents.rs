//! A practice has at most one live consent (AUTH-0).

use super::{consumer, poll_as, revoke};
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, Pms, TestApp};

async fn grant(app: &TestApp, practice: i64, body: Value) -> slotbridge_testkit::Answer {
    let path = format!("/practices/{practice}/consents");
    app.admin("POST", &path, body).await
}

#[tokio::test]
async fn granting_again_makes_a_new_key_and_ends_the_old_one_auth_0() {
    let app = TestApp::new().await;
    let old = app.link(json!({})).await;
    let body = json!({"consumerId": old.consumer_id});
    let granted = grant(&app, old.practice_id, body).await.expect(201);
    assert_eq!(granted["practiceId"], old.practice_id);
    let new = Pms {
        practice_key: granted["practiceKey"].as_str().unwrap().into(),
        ..old.clone()
    };
    assert_ne!(old.practice_key, new.practice_key);
    assert_eq!(
        (poll_as(&app, &old).await, poll_as(&app, &new).await),
        (403, 200)
    );
}

#[tokio::test]
async fn another_consumer_is_409_unless_the_grant_says_replace_auth_0() {
    let app = TestApp::new().await;
    let old = app.link(json!({})).await;
    let (id, key) = consumer(&app, "Other", false).await;
    for body in [
        json!({"consumerId": id}),
        json!({"consumerId": id, "replace": false}),
    ] {
        let refused = grant(&app, old.practice_id, body).await;
        assert_eq!(refused.status, 409);
        assert!(refused.error().contains("replace"), "{}", refused.error());
        assert_eq!(poll_as(&app, &old).await, 200, "nothing has changed");
    }
    let body = json!({"consumerId": id, "replace": true});
    let granted = grant(&app, old.practice_id, body).await.expect(201);
    let new = Pms {
        consumer_id: id,
        api_key: key,
        practice_key: granted["practiceKey"].as_str().unwrap().into(),
        ..old.clone()
    };
    assert_eq!(
        (poll_as(&app, &old).await, poll_as(&app, &new).await),
        (403, 200)
    );
    // Back again: every grant is a key of its own.
    let body = json!({"consumerId": old.consumer_id, "replace": true});
    grant(&app, old.practice_id, body).await.expect(201);
    assert_eq!(
        (poll_as(&app, &old).await, poll_as(&app, &new).await),
        (403, 403)
    );
    let path = format!("/practices/{}/consents", old.practice_id);
    let list = app.admin("GET", &path, Value::Null).await.expect(200);
    let live: Vec<(i64, bool)> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["consumerId"].as_i64().unwrap(), c["revokedAt"].is_null()))
        .collect();
    assert_eq!(
        live,
        [
            (old.consumer_id, false),
            (id, false),
            (old.consumer_id, true)
        ]
    );
}

#[tokio::test]
async fn after_a_revocation_another_consumer_needs_no_replace_auth_0() {
    let app = TestApp::new().await;
    let old = app.link(json!({})).await;
    assert_eq!(revoke(&app, &old).await, 204);
    assert_eq!(poll_as(&app, &old).await, 403);
    assert_eq!(revoke(&app, &old).await, 404, "there is none to revoke");
    let (id, _) = consumer(&app, "Other", false).await;
    grant(&app, old.practice_id, json!({"consumerId": id}))
        .await
        .expect(201);
}

#[tokio::test]
async fn a_new_integration_finds_what_the_old_one_left_outstanding_auth_0() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let cancelled = clinic.book("2026-11-24T09:30").await;
    clinic.confirm(&cancelled).await;
    clinic.cancel(&cancelled).await;
    let body = json!({"type": "availability", "date": "2026-11-25"});
    clinic.admin("POST", "/requests", body).await.expect(201);
    let (before, bookings) = (clinic.poll().await, clinic.list("bookings").await);
    assert_eq!(before, ["bookings", "bookingUpdates", "availability"]);
    let (id, key) = consumer(&clinic.app, "Other", false).await;
    let new = clinic.app.consent(clinic.pms.practice_id, id, &key).await;
    let clinic = Clinic { pms: new, ..clinic };
    assert_eq!(clinic.poll().await, before);
    assert_eq!(clinic.list("bookings").await, bookings);
    assert_eq!(
        clinic.list("bookingUpdates").await[0]["bookingId"],
        cancelled.id
    );
    clinic.confirm(&booked).await;
    assert_eq!(clinic.poll().await, ["bookingUpdates", "availability"]);
}

#[tokio::test]
async fn a_grant_to_nobody_or_of_nobody_is_refused_auth_0() {
    let app = TestApp::new().await;
    let pms = app.link(json!({})).await;
    let (id, _) = consumer(&app, "Gone", false).await;
    app.admin("DELETE", &format!("/consumers/{id}"), Value::Null)
        .await
        .expect(204);
    for (body, field) in [
        (json!({"consumerId": id, "replace": true}), "consumerId"),
        (json!({"consumerId": 4711, "replace": true}), "consumerId"),
        (json!({"consumerId": 0}), "consumerId"),
        (json!({"consumerId": "x", "replace": "maybe"}), "consumerId"),
        (json!({}), "consumerId"),
    ] {
        let refused = grant(&app, pms.practice_id, body.clone()).await;
        assert_eq!(refused.status, 400, "{body}");
        assert_eq!(refused.faults()[0].0, field, "{body}");
    }
    let body = json!({"consumerId": pms.consumer_id});
    assert_eq!(grant(&app, 4711, body).await.status, 404);
    assert_eq!(poll_as(&app, &pms).await, 200);
}

#[tokio::test]
async fn grants_at_once_leave_one_live_consent_auth_0() {
    let app = TestApp::new().await;
    let practice = app.practice(json!({})).await;
    let mut consumers = Vec::new();
    for name in ["A", "B", "C", "D"] {
        consumers.push(consumer(&app, name, false).await.0);
    }
    let [a, b, c, d] = consumers[..] else {
        panic!()
    };
    let at = |id: i64| grant(&app, practice, json!({"consumerId": id}));
    let (a, b, c, d) = tokio::join!(at(a), at(b), at(c), at(d));
    let mut statuses = [a, b, c, d].map(|answer| answer.status.as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);
}
