//! "Tell me if an earlier time comes free."

use super::problem;
use serde_json::{Value, json};
use slotbridge_hub::Settings;
use slotbridge_hub::outgoing::Message;
use slotbridge_testkit::{Booked, Clinic, Postbox, TestApp};
use std::sync::Arc;

/// How long a time that is freed is left before somebody looks, and how long an offer holds.
const PAUSE: i64 = 2;
const OFFER: i64 = 900;

async fn posting() -> (Clinic, Arc<Postbox>) {
    let postbox = Arc::new(Postbox::default());
    let settings = Settings {
        public_url: Some("https://book.example".into()),
        ..Settings::default()
    };
    let app = TestApp::set(postbox.outgoing(), settings).await;
    let clinic = Clinic::on(app).await;
    clinic.promise_nothing().await;
    (clinic, postbox)
}

/// A day on which the first practitioner has these times and no others.
async fn times(clinic: &Clinic, ranges: &[(&str, &str)]) {
    for (resource, ranges) in [("12345", ranges), ("12346", &[][..])] {
        let ranges: Vec<Value> = ranges
            .iter()
            .map(|(start, end)| json!({"start": start, "end": end, "slotLength": 1800}))
            .collect();
        let day = json!({"date": "2026-11-24", "pmsResourceId": resource, "availability": ranges});
        clinic
            .pms("POST", "/availability/snapshot", day)
            .await
            .expect(200);
    }
}

async fn join(clinic: &Clinic, booked: &Booked) -> Value {
    clinic
        .mine(booked, "POST", "/waitlist", json!({}))
        .await
        .expect(201)
}

/// What somebody is offered: the start.
async fn offered(clinic: &Clinic, booked: &Booked) -> Option<String> {
    let place = clinic.mine(booked, "GET", "/waitlist", Value::Null).await;
    let place = place.expect(200);
    place["offer"]["start"]
        .as_str()
        .map(|start| start[11..16].to_owned())
}

async fn take(clinic: &Clinic, booked: &Booked) -> u16 {
    let place = clinic.mine(booked, "GET", "/waitlist", Value::Null).await;
    let offer = place.expect(200)["offer"].clone();
    let body = json!({"start": offer["start"], "practitionerId": offer["practitionerId"],
        "holdId": offer["holdId"]});
    let answer = clinic.mine(booked, "POST", "/reschedule", body).await;
    answer.status.as_u16()
}

fn offers(mails: Vec<Message>) -> Vec<Message> {
    let mut mails = mails;
    mails.retain(|mail| mail.subject == "An earlier time at Test Practice");
    mails
}

/// Three bookings, of which the last two wait for an earlier time; all other times are taken.
async fn line() -> (Clinic, Arc<Postbox>, [Booked; 3]) {
    let (clinic, postbox) = posting().await;
    times(&clinic, &[("09:00", "10:30")]).await;
    let all = [
        clinic.book("2026-11-24T09:00").await,
        clinic.book("2026-11-24T09:30").await,
        clinic.book("2026-11-24T10:00").await,
    ];
    for waiting in &all[1..] {
        join(&clinic, waiting).await;
        clinic.app.advance(1).await;
    }
    assert!(offers(postbox.taken()).is_empty());
    (clinic, postbox, all)
}

#[tokio::test]
async fn what_comes_free_is_offered_to_the_first_in_line_and_kept_for_them() {
    let (clinic, postbox, [first, second, third]) = line().await;
    clinic.cancel(&first).await;
    clinic.app.advance(PAUSE).await;
    assert_eq!(offered(&clinic, &second).await.as_deref(), Some("09:00"));
    assert_eq!(offered(&clinic, &third).await, None);
    let mails = offers(postbox.taken());
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("at 9:00 am"), "{}", mails[0].text);
    let link = format!(
        "https://book.example/bookings/{}/open?token={}",
        second.id, second.token
    );
    assert!(mails[0].text.contains(&link), "{}", mails[0].text);
    // Nobody else gets it while it is kept, the next in line neither.
    clinic.try_book("2026-11-24T09:00").await.expect(409);
    let to = json!({"start": "2026-11-24T09:00:00+11:00"});
    let answer = clinic.mine(&third, "POST", "/reschedule", to).await;
    problem(&answer, 409);
    assert_eq!(take(&clinic, &second).await, 201);
    assert_eq!(clinic.status(&second).await, "cancelled");
    problem(
        &clinic.mine(&second, "GET", "/waitlist", Value::Null).await,
        404,
    );
    // The time that they gave up goes to the next.
    clinic.app.advance(PAUSE).await;
    assert_eq!(offered(&clinic, &third).await.as_deref(), Some("09:30"));
}

#[tokio::test]
async fn an_offer_that_nobody_takes_goes_to_the_next_in_line_and_to_nobody_twice() {
    let (clinic, postbox, [first, second, third]) = line().await;
    clinic.cancel(&first).await;
    clinic.app.advance(PAUSE).await;
    clinic.app.advance(OFFER - 1).await;
    assert!(offered(&clinic, &second).await.is_some());
    assert!(offered(&clinic, &third).await.is_none());
    clinic.app.advance(1).await;
    assert_eq!(offered(&clinic, &second).await, None);
    assert_eq!(offered(&clinic, &third).await.as_deref(), Some("09:00"));
    clinic.app.advance(OFFER).await;
    clinic.app.advance(3600).await;
    for waiting in [&second, &third] {
        assert_eq!(offered(&clinic, waiting).await, None);
        // Nor by leaving and coming again.
        clinic
            .mine(waiting, "DELETE", "/waitlist", Value::Null)
            .await
            .expect(204);
        join(&clinic, waiting).await;
        clinic.app.advance(PAUSE).await;
        assert_eq!(offered(&clinic, waiting).await, None);
    }
    assert_eq!(offers(postbox.taken()).len(), 2);
    clinic.book("2026-11-24T09:00").await;
}

#[tokio::test]
async fn a_new_snapshot_a_hold_that_ends_and_a_rejection_free_times_too() {
    let (clinic, _, [first, second, _]) = line().await;
    times(&clinic, &[("08:30", "10:30")]).await;
    clinic.app.advance(PAUSE).await;
    assert_eq!(offered(&clinic, &second).await.as_deref(), Some("08:30"));
    clinic.app.advance(OFFER).await;
    // It went to the third; then it is held by somebody who books it.
    clinic.app.advance(OFFER).await;
    clinic
        .say(&first, "cancel", json!({"reason": "moved"}))
        .await
        .expect(200);
    let held = clinic.booking("2026-11-24T09:00");
    clinic.app.patient("POST", "/holds", held).await.expect(201);
    clinic.app.advance(PAUSE).await;
    assert_eq!(offered(&clinic, &second).await, None, "it is held");
    clinic.app.advance(300).await;
    clinic.app.advance(PAUSE).await;
    assert_eq!(offered(&clinic, &second).await.as_deref(), Some("09:00"));
}

#[tokio::test]
async fn nobody_is_written_to_at_night() {
    let (clinic, postbox, [first, second, _]) = line().await;
    // Monday 11:00 to 23:00.
    clinic.app.advance(12 * 3600).await;
    clinic.cancel(&first).await;
    clinic.app.advance(PAUSE).await;
    assert_eq!(offered(&clinic, &second).await, None);
    // Tuesday 07:59, then 08:00.
    clinic
        .app
        .clock
        .set("2026-11-23T20:59:00Z".parse().unwrap());
    clinic.app.advance(0).await;
    assert_eq!(offered(&clinic, &second).await, None);
    assert!(offers(postbox.taken()).is_empty());
    clinic.app.advance(60).await;
    assert_eq!(offered(&clinic, &second).await.as_deref(), Some("09:00"));
    assert_eq!(offers(postbox.taken()).len(), 1);
}

#[tokio::test]
async fn only_a_time_that_suits_is_offered() {
    let (clinic, _) = posting().await;
    times(&clinic, &[("13:00", "13:30")]).await;
    let booked = clinic.book("2026-11-24T13:00").await;
    let wish = json!({"earliest": "2026-11-24T10:00:00+11:00",
        "latest": "2026-11-24T11:00:00+11:00"});
    clinic
        .mine(&booked, "POST", "/waitlist", wish)
        .await
        .expect(201);
    times(
        &clinic,
        &[("09:00", "09:30"), ("11:30", "12:00"), ("13:00", "14:00")],
    )
    .await;
    clinic.app.advance(PAUSE).await;
    assert_eq!(offered(&clinic, &booked).await, None);
    let other = json!({"date": "2026-11-24", "pmsResourceId": "12346",
        "availability": [{"start": "10:30", "end": "11:00", "slotLength": 1800}]});
    clinic
        .pms("POST", "/availability/snapshot", other)
        .await
        .expect(200);
    clinic.app.advance(PAUSE).await;
    assert_eq!(offered(&clinic, &booked).await, None, "with somebody else");
    let wish = json!({"earliest": "2026-11-24T10:00:00+11:00",
        "latest": "2026-11-24T11:00:00+11:00", "anyPractitioner": true});
    clinic
        .mine(&booked, "POST", "/waitlist", wish)
        .await
        .expect(201);
    clinic.app.advance(PAUSE).await;
    assert_eq!(offered(&clinic, &booked).await.as_deref(), Some("10:30"));
}

#[tokio::test]
async fn the_wait_ends_with_a_cancellation_and_what_was_offered_with_it() {
    let (clinic, _, [first, second, third]) = line().await;
    clinic.cancel(&first).await;
    clinic.app.advance(PAUSE).await;
    clinic.cancel(&second).await;
    let place = clinic.mine(&second, "GET", "/waitlist", Value::Null).await;
    problem(&place, 404);
    clinic.app.advance(PAUSE).await;
    assert_eq!(offered(&clinic, &third).await.as_deref(), Some("09:00"));
    // Nor does it outlast the booking's beginning.
    clinic
        .app
        .clock
        .set("2026-11-23T23:00:00Z".parse().unwrap());
    let place = clinic.mine(&third, "GET", "/waitlist", Value::Null).await;
    problem(&place, 404);
    problem(
        &clinic.mine(&third, "POST", "/waitlist", json!({})).await,
        409,
    );
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let (clinic, _) = posting().await;
    let booked = clinic.book("2026-11-24T10:00").await;
    for wish in [
        json!({"latest": "2026-11-22T10:00:00+11:00"}),
        json!({"earliest": "2026-11-24T10:00:00+11:00"}),
        json!({"practitionerId": clinic.appointment_type}),
        json!({"anyPractitioner": "yes"}),
    ] {
        let answer = clinic.mine(&booked, "POST", "/waitlist", wish).await;
        problem(&answer, 400);
    }
    clinic.cancel(&booked).await;
    problem(
        &clinic.mine(&booked, "POST", "/waitlist", json!({})).await,
        409,
    );
}

#[tokio::test]
async fn where_nobody_waits_a_changed_snapshot_plans_nothing() {
    let (clinic, _) = posting().await;
    let looks = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = Arc::clone(&looks);
    clinic.app.hub.store().watch(move |sql, _| {
        if sql.name.contains("waitlist") {
            counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        }
    });
    times(&clinic, &[("09:00", "11:00")]).await;
    clinic.app.advance(PAUSE).await;
    // One for each of the two calls, and none afterwards.
    assert_eq!(looks.load(std::sync::atomic::Ordering::SeqCst), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_is_taken_once_and_by_nobody_else_avail_4() {
    let clinic = Arc::new(Clinic::raced().await);
    times(&clinic, &[("09:00", "10:30")]).await;
    let first = clinic.book("2026-11-24T09:00").await;
    let second = clinic.book("2026-11-24T09:30").await;
    let third = clinic.book("2026-11-24T10:00").await;
    for waiting in [&second, &third] {
        join(&clinic, waiting).await;
    }
    clinic.cancel(&first).await;
    clinic.app.advance(PAUSE).await;
    let (second_offer, third_offer) = (
        offered(&clinic, &second).await,
        offered(&clinic, &third).await,
    );
    assert!(
        second_offer.is_some() != third_offer.is_some(),
        "one of them"
    );
    let taker = if second_offer.is_some() {
        second
    } else {
        third
    };
    let mut calls = Vec::new();
    for own in [true, false, true, false] {
        let (clinic, taker) = (Arc::clone(&clinic), taker.clone());
        calls.push(tokio::spawn(async move {
            if own {
                take(&clinic, &taker).await == 201
            } else {
                clinic.try_book("2026-11-24T09:00").await.status.as_u16() == 201
            }
        }));
    }
    let mut taken = Vec::new();
    for call in calls {
        taken.push(call.await.unwrap_or(false));
    }
    assert!(!taken[1] && !taken[3], "kept for them: {taken:?}");
    assert!(taken[0] != taken[2], "once: {taken:?}");
}

/// At the end of an offer its taking and the next in line meet: one of them has the time.
#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_an_offer_and_its_taking_do_not_meet_half_way() {
    let clinic = Arc::new(Clinic::raced().await);
    clinic.promise_nothing().await;
    times(&clinic, &[("09:00", "10:30")]).await;
    let first = clinic.book("2026-11-24T09:00").await;
    let second = clinic.book("2026-11-24T09:30").await;
    join(&clinic, &second).await;
    clinic.app.advance(1).await;
    let third = clinic.book("2026-11-24T10:00").await;
    join(&clinic, &third).await;
    clinic.cancel(&first).await;
    clinic.app.advance(PAUSE).await;
    assert!(offered(&clinic, &second).await.is_some());
    let place = clinic.mine(&second, "GET", "/waitlist", Value::Null).await;
    let offer = place.expect(200)["offer"].clone();
    clinic.app.clock.advance(OFFER);
    let ending = {
        let clinic = Arc::clone(&clinic);
        tokio::spawn(async move { clinic.app.advance(0).await })
    };
    let body = json!({"start": offer["start"], "holdId": offer["holdId"]});
    let taken = clinic.mine(&second, "POST", "/reschedule", body).await;
    ending.await.unwrap();
    clinic.app.advance(PAUSE).await;
    let next = offered(&clinic, &third).await;
    match taken.status.as_u16() {
        // The time that they gave up is the next one's.
        201 => assert_eq!(next.as_deref(), Some("09:30")),
        409 => {
            assert_eq!(next.as_deref(), Some("09:00"));
            assert_eq!(clinic.status(&second).await, "confirmed");
        }
        status => panic!("{status}"),
    }
}
