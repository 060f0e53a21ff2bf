//! When an integration is unhealthy, and when it is well again (HEALTH-1, HEALTH-3).

use super::{OPENING, changes, clinic, go_to, health, office_hours, pass, state};
use jiff::SignedDuration;
use serde_json::{Value, json};
use slotbridge_testkit::{Clinic, TestApp, behind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[tokio::test]
async fn a_silent_one_is_unhealthy_after_ten_minutes_and_well_at_its_next_call_health_1() {
    let clinic = clinic().await;
    clinic.poll().await;
    pass(&clinic, 600).await;
    assert_eq!(
        state(&clinic).await,
        "healthy",
        "ten minutes are not over ten"
    );
    pass(&clinic, 1).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact");
    clinic.poll().await;
    assert_eq!(state(&clinic).await, "healthy", "at once");
    let at = |text: &str| text.to_owned();
    assert_eq!(
        changes(&clinic).await,
        [
            (at("2026-11-23T00:10:00.000001Z"), at("unhealthy")),
            (at("2026-11-23T00:10:01Z"), at("healthy")),
        ]
    );
}

#[tokio::test]
async fn polls_keep_it_well_and_write_nothing_health_1_req_3() {
    let clinic = clinic().await;
    for _ in 0..20 {
        pass(&clinic, 599).await;
        let before = clinic.app.database.content();
        clinic.poll().await;
        assert_eq!(clinic.app.database.content(), before);
        assert_eq!(state(&clinic).await, "healthy");
    }
    assert!(changes(&clinic).await.is_empty());
}

#[tokio::test]
async fn a_call_that_changes_nothing_of_it_writes_nothing_req_3() {
    let clinic = clinic().await;
    clinic.book("2026-11-24T09:00").await;
    pass(&clinic, 601).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact bookingsWaiting");
    clinic.poll().await;
    assert_eq!(state(&clinic).await, "unhealthy bookingsWaiting");
    let before = clinic.app.database.content();
    clinic.poll().await;
    assert_eq!(clinic.app.database.content(), before);
}

#[tokio::test]
async fn what_waits_for_ten_minutes_makes_it_unhealthy_until_it_is_answered_health_1() {
    let clinic = clinic().await;
    let confirmed = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&confirmed).await;
    clinic.cancel(&confirmed).await;
    let booked = clinic.book("2026-11-24T10:00").await;
    let ask = json!({"type": "availability", "date": "2026-11-25"});
    clinic.admin("POST", "/requests", ask).await.expect(201);
    // It polls all the time and answers nothing.
    for _ in 0..2 {
        assert_eq!(state(&clinic).await, "healthy");
        pass(&clinic, 300).await;
        clinic.poll().await;
    }
    pass(&clinic, 1).await;
    clinic.poll().await;
    let all = "unhealthy bookingUpdatesWaiting availabilityWaiting bookingsWaiting";
    let mut found: Vec<String> = state(&clinic).await.split(' ').map(str::to_owned).collect();
    let mut expected: Vec<String> = all.split(' ').map(str::to_owned).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    clinic.confirm(&booked).await;
    let update = clinic.list("bookingUpdates").await[0]["requestId"].clone();
    let path = format!("/bookings/{}/confirmUpdate/{update}", confirmed.id);
    clinic.pms("POST", &path, Value::Null).await.expect(200);
    pass(&clinic, 0).await;
    assert_eq!(state(&clinic).await, "unhealthy availabilityWaiting");
    for resource in ["12345", "12346"] {
        let body = slotbridge_testkit::clinic::snapshot(resource, "2026-11-25");
        clinic
            .pms("POST", "/availability/snapshot", body)
            .await
            .expect(200);
    }
    pass(&clinic, 0).await;
    assert_eq!(state(&clinic).await, "healthy", "as soon as nothing waits");
}

#[tokio::test]
async fn what_the_patient_takes_back_waits_no_longer_health_1() {
    let clinic = clinic().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    pass(&clinic, 601).await;
    clinic.poll().await;
    assert_eq!(state(&clinic).await, "unhealthy bookingsWaiting");
    clinic.cancel(&booked).await;
    pass(&clinic, 0).await;
    assert_eq!(state(&clinic).await, "healthy");
}

#[tokio::test]
async fn a_booking_that_has_begun_no_longer_counts_health_1() {
    let clinic = clinic().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    // Ten minutes before it begins: it waits for a day, and the integration polls.
    go_to(&clinic, "2026-11-23T21:59:59Z").await;
    clinic.poll().await;
    assert_eq!(state(&clinic).await, "unhealthy bookingsWaiting");
    pass(&clinic, 1).await;
    assert_eq!(
        state(&clinic).await,
        "healthy",
        "it is the staff's to sort out"
    );
    assert_eq!(clinic.attention().await, [("notInPms".into(), booked.id)]);
}

#[tokio::test]
async fn outside_of_its_hours_it_is_neither_health_3() {
    let clinic = clinic().await;
    office_hours(&clinic).await;
    // Silent since 16:55, five live minutes; the hours end at 17:00.
    go_to(&clinic, "2026-11-23T05:55:00Z").await;
    clinic.poll().await;
    pass(&clinic, 300).await;
    assert_eq!(state(&clinic).await, "outsideLiveHours");
    assert!(!clinic.starts().await.is_empty(), "times stay bookable");
    go_to(&clinic, OPENING).await;
    assert_eq!(state(&clinic).await, "healthy");
    pass(&clinic, 300).await;
    assert_eq!(state(&clinic).await, "healthy");
    pass(&clinic, 1).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact");
    let last = changes(&clinic).await;
    let last = last.last().unwrap();
    assert_eq!(
        last.0, "2026-11-23T22:05:00.000001Z",
        "09:05 at the practice"
    );
}

#[tokio::test]
async fn unhealthy_ends_with_the_hours_and_comes_back_with_them_health_3() {
    let clinic = clinic().await;
    office_hours(&clinic).await;
    go_to(&clinic, "2026-11-23T05:00:00Z").await;
    assert_eq!(state(&clinic).await, "unhealthy noContact");
    assert!(clinic.starts().await.is_empty());
    go_to(&clinic, "2026-11-23T06:00:00Z").await;
    assert_eq!(state(&clinic).await, "outsideLiveHours");
    assert!(!clinic.starts().await.is_empty());
    go_to(&clinic, OPENING).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact");
    let states: Vec<String> = changes(&clinic)
        .await
        .into_iter()
        .map(|one| one.1)
        .collect();
    assert_eq!(states, ["unhealthy", "outsideLiveHours", "unhealthy"]);
}

#[tokio::test]
async fn hours_that_are_replaced_rule_at_once_health_1_conf_3() {
    let clinic = clinic().await;
    clinic.book("2026-11-24T16:00").await;
    pass(&clinic, 700).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact bookingsWaiting");
    // It is Monday; the new hours have no Monday.
    let hours = json!({"liveHours": {"tuesday": [{"start": "09:00", "end": "17:00"}]}});
    clinic
        .pms("POST", "/config/livenessContract", hours)
        .await
        .expect(200);
    pass(&clinic, 0).await;
    assert_eq!(state(&clinic).await, "outsideLiveHours");
    go_to(&clinic, OPENING).await;
    assert_eq!(state(&clinic).await, "healthy", "no live minute has passed");
    pass(&clinic, 601).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact bookingsWaiting");
}

#[tokio::test]
async fn it_goes_on_after_a_restart_health_1() {
    let mut clinic = clinic().await;
    clinic.poll().await;
    clinic.app.hub.flush_contacts().await.unwrap();
    pass(&clinic, 300).await;
    clinic.app = clinic.app.restart_as(true).await;
    pass(&clinic, 0).await;
    pass(&clinic, 300).await;
    assert_eq!(state(&clinic).await, "healthy");
    pass(&clinic, 1).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact");
    clinic.app = clinic.app.restart_as(true).await;
    pass(&clinic, 0).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact");
}

#[tokio::test]
async fn a_hub_that_was_away_blames_nobody_for_it_health_1() {
    let mut clinic = clinic().await;
    clinic.book("2026-11-24T09:00").await;
    clinic.app.hub.flush_contacts().await.unwrap();
    // Away for an hour: nobody could call.
    clinic.app.clock.advance(3_600);
    clinic.app = clinic.app.restart_as(true).await;
    pass(&clinic, 0).await;
    assert_eq!(state(&clinic).await, "healthy");
    pass(&clinic, 601).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact bookingsWaiting");
}

#[tokio::test]
async fn a_practice_without_an_integration_has_no_health_health_1() {
    let clinic = clinic().await;
    assert_eq!(state(&clinic).await, "healthy");
    let path = format!("/consents/{}", clinic.pms.consumer_id);
    clinic.admin("DELETE", &path, Value::Null).await.expect(204);
    pass(&clinic, 3_600).await;
    assert_eq!(health(&clinic).await["state"], Value::Null);
    // A new one starts with its consent.
    let pms = clinic.app.consent(
        clinic.pms.practice_id,
        clinic.pms.consumer_id,
        &clinic.pms.api_key,
    );
    let clinic = Clinic {
        pms: pms.await,
        ..clinic
    };
    pass(&clinic, 600).await;
    assert_eq!(state(&clinic).await, "healthy");
    pass(&clinic, 1).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact");
}

#[tokio::test]
async fn unhealthy_integrations_are_counted_health_2() {
    let one = clinic().await;
    pass(&one, 601).await;
    let text = |app: TestApp| async move {
        let bearer = format!("Bearer {}", app.operator_token);
        let headers = [("authorization".to_owned(), bearer)];
        let answer = app.raw("GET", "/metrics", &headers, "").await;
        String::from_utf8(answer.bytes.to_vec()).unwrap()
    };
    let figures = text(one.app).await;
    assert!(
        figures.contains("\nslotbridge_practices_unhealthy 1\n"),
        "{figures}"
    );
}

async fn subscribe(clinic: &Clinic, topic: &str, expire_at: Option<&str>) {
    let body = json!({
        "topic": topic, "callbackUrl": "https://pms.example/hook", "expireAt": expire_at,
    });
    clinic.pms("POST", "/subscription", body).await.expect(201);
}

#[tokio::test]
async fn called_back_for_all_that_is_urgent_it_may_poll_hourly_health_1() {
    let clinic = clinic().await;
    for topic in ["requests.bookings", "requests.bookingUpdates"] {
        subscribe(&clinic, topic, None).await;
    }
    pass(&clinic, 601).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact", "two of three");
    subscribe(&clinic, "requests.availability", None).await;
    pass(&clinic, 75 * 60).await;
    assert_eq!(state(&clinic).await, "healthy");
    pass(&clinic, 1).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact");
}

#[tokio::test]
async fn a_callback_that_it_answers_is_contact_health_1() {
    let clinic = clinic().await;
    subscribe(&clinic, "requests.*", None).await;
    pass(&clinic, 70 * 60).await;
    // Told and answered, then silence.
    let booked = clinic.book("2026-11-24T09:00").await;
    pass(&clinic, 0).await;
    assert_eq!(clinic.app.receiver.count(), 1);
    clinic.cancel(&booked).await;
    pass(&clinic, 75 * 60).await;
    assert_eq!(state(&clinic).await, "healthy");
    pass(&clinic, 1).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact");
    // The next one makes it well at once.
    let ask = json!({"type": "pmsResources"});
    clinic.admin("POST", "/requests", ask).await.expect(201);
    pass(&clinic, 0).await;
    assert_eq!(state(&clinic).await, "healthy");
}

#[tokio::test]
async fn an_answer_is_no_contact_of_an_integration_that_must_poll_health_1() {
    let clinic = clinic().await;
    subscribe(&clinic, "requests.bookings", None).await;
    pass(&clinic, 300).await;
    let booked = clinic.book("2026-11-24T09:00").await;
    pass(&clinic, 0).await;
    assert_eq!(clinic.app.receiver.count(), 1);
    clinic.cancel(&booked).await;
    pass(&clinic, 301).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact");
}

#[tokio::test]
async fn when_a_subscription_ends_it_must_poll_again_health_1() {
    let clinic = clinic().await;
    subscribe(&clinic, "requests.*", Some("2026-11-23 00:30:00")).await;
    pass(&clinic, 30 * 60 - 1).await;
    assert_eq!(state(&clinic).await, "healthy");
    pass(&clinic, 1).await;
    assert_eq!(state(&clinic).await, "unhealthy noContact");
}

#[tokio::test]
async fn one_that_cannot_be_judged_keeps_no_other_from_it_health_1() {
    let one = Clinic::new().await;
    let broken = one.pms.practice_id;
    let two = Clinic::at(one.app, json!({})).await;
    two.app.advance(0).await;
    assert_eq!(state(&two).await, "healthy");
    behind::spoil_health(&two.app, broken).await;
    two.app.clock.advance(601);
    assert!(two.app.hub.timers().await.run().await.is_err());
    assert_eq!(state(&two).await, "unhealthy noContact");
}

/// More than are judged in one transaction.
#[tokio::test]
async fn each_of_many_is_judged_again_ten_minutes_later_health_1() {
    const MANY: usize = 45;
    let app = TestApp::new().await;
    let first = app.link(json!({})).await;
    for _ in 1..MANY {
        let practice = app.practice(json!({})).await;
        app.consent(practice, first.consumer_id, &first.api_key)
            .await;
    }
    app.advance(0).await;
    let put_off = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&put_off);
    app.hub.store().watch(move |sql, _| {
        let is_one = sql.name.ends_with("due::PUT_OFF");
        counted.fetch_add(usize::from(is_one), Ordering::SeqCst);
    });
    let next = app.hub.timers().await.next().await.unwrap();
    assert_eq!(next, Some(app.now() + SignedDuration::from_mins(10)));
    app.advance(599).await;
    assert_eq!(put_off.load(Ordering::SeqCst), 0);
    app.advance(1).await;
    assert_eq!(put_off.load(Ordering::SeqCst), MANY);
    // Nobody has called for ten minutes: the next moment tells.
    let next = app.hub.timers().await.next().await.unwrap();
    assert!(next > Some(app.now()));
}
