//! Cancellations here and what the PMS makes of them (BOOK-7, BOOK-8).

use crate::pms::support::{
    NO_ID, answer, asked_days, at, audit, audit_total, deeds, only_the_clock, raise, reject,
    restarted, send_usual, staff, stranger, the_update, updates,
};
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;

#[tokio::test]
async fn a_cancellation_of_a_confirmed_booking_is_listed_until_it_is_confirmed_book_7_book_8() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    only_the_clock(&clinic, "2026-11-23T03:04:05.9Z");
    clinic.cancel(&booked).await;
    assert_eq!(clinic.status(&booked).await, "cancelled");
    assert_eq!(clinic.poll().await, ["bookingUpdates"]);
    let listed = clinic.list("bookingUpdates").await;
    let request = listed[0]["requestId"].as_i64().unwrap();
    assert_eq!(
        listed,
        [json!({
            "requestId": request, "bookingId": booked.id, "pmsAppointmentIds": ["A1"],
            "pmsPatientId": "P1", "updatedAt": "2026-11-23 03:04:05",
            "bookingStatus": "Cancelled",
        })]
    );
    let clinic = restarted(clinic).await;
    assert_eq!(clinic.list("bookingUpdates").await, listed);
    let answered = answer(&clinic, &booked, "confirmUpdate", request).await;
    assert_eq!(answered.expect(200), json!({}));
    assert!(clinic.poll().await.is_empty());
    assert!(clinic.list("bookingUpdates").await.is_empty());
    assert!(clinic.attention().await.is_empty());
}

#[tokio::test]
async fn a_cancellation_in_the_portal_is_one_too_book_7() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    staff(&clinic, &booked, "cancel").await.expect(200);
    assert_eq!(clinic.status(&booked).await, "cancelled");
    assert_eq!(updates(&clinic).await.len(), 1);
    // The patient cancels as well: nothing more.
    clinic.cancel(&booked).await;
    staff(&clinic, &booked, "cancel").await.expect(200);
    assert_eq!(updates(&clinic).await.len(), 1);
    assert_eq!(
        deeds(&clinic, &booked).await,
        ["book", "confirmInsert", "cancel"]
    );
}

#[tokio::test]
async fn a_cancelled_booking_that_was_never_handed_out_just_leaves_the_list_book_7() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    assert_eq!(
        clinic.poll().await,
        ["bookings"],
        "polling hands nothing out"
    );
    let stands = clinic.book("2026-11-24T10:00").await;
    clinic.app.advance(30).await;
    clinic.cancel(&booked).await;
    staff(&clinic, &stands, "cancel").await.expect(200);
    assert!(clinic.poll().await.is_empty());
    assert!(clinic.list("bookings").await.is_empty());
    assert!(updates(&clinic).await.is_empty());
    assert!(clinic.starts().await.contains(&"09:00".to_owned()));
    assert!(clinic.attention().await.is_empty());
}

#[tokio::test]
async fn a_cancelled_booking_that_was_handed_out_raises_an_update_book_7() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.list("bookings").await;
    let clinic = restarted(clinic).await;
    clinic.cancel(&booked).await;
    assert_eq!(clinic.poll().await, ["bookingUpdates"]);
    let listed = &clinic.list("bookingUpdates").await[0];
    assert_eq!(listed["pmsAppointmentIds"], json!([]));
    assert_eq!(listed["bookingStatus"], "Cancelled");
}

#[tokio::test]
async fn a_booking_entered_by_hand_and_cancelled_raises_an_update_book_7() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    staff(&clinic, &booked, "enteredByHand").await.expect(200);
    clinic.cancel(&booked).await;
    let request = the_update(&clinic).await;
    answer(&clinic, &booked, "confirmUpdate", request)
        .await
        .expect(200);
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn a_late_confirm_fills_the_ids_of_the_outstanding_update_book_7() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.list("bookings").await;
    clinic.cancel(&booked).await;
    let request = the_update(&clinic).await;
    clinic.confirm(&booked).await;
    assert_eq!(clinic.status(&booked).await, "cancelled");
    assert_eq!(the_update(&clinic).await, request, "the same one");
    let listed = &clinic.list("bookingUpdates").await[0];
    assert_eq!(listed["pmsAppointmentIds"], json!(["A1"]));
    assert_eq!(listed["pmsPatientId"], "P1");
}

#[tokio::test]
async fn a_late_confirm_raises_an_update_anew_if_the_first_was_answered_book_7() {
    for first_answer in ["confirmUpdate", "rejectUpdate"] {
        let clinic = Clinic::new().await;
        let booked = clinic.book("2026-11-24T09:00").await;
        clinic.list("bookings").await;
        clinic.cancel(&booked).await;
        let first = the_update(&clinic).await;
        answer(&clinic, &booked, first_answer, first)
            .await
            .expect(200);
        assert!(clinic.starts().await.contains(&"09:00".to_owned()));
        let clinic = restarted(clinic).await;
        clinic.confirm(&booked).await;
        assert_eq!(clinic.status(&booked).await, "cancelled");
        let second = the_update(&clinic).await;
        assert!(second > first, "request ids grow");
        assert_eq!(
            clinic.list("bookingUpdates").await[0]["pmsAppointmentIds"],
            json!(["A1"])
        );
        assert!(
            !clinic.starts().await.contains(&"09:00".to_owned()),
            "the PMS has it"
        );
        // The first one, answered again, resolves nothing.
        answer(&clinic, &booked, first_answer, first)
            .await
            .expect(200);
        assert_eq!(the_update(&clinic).await, second);
        answer(&clinic, &booked, "confirmUpdate", second)
            .await
            .expect(200);
        assert!(clinic.starts().await.contains(&"09:00".to_owned()));
        assert!(clinic.poll().await.is_empty());
    }
}

#[tokio::test]
async fn a_confirm_of_a_booking_cancelled_before_it_was_handed_out_raises_an_update_book_7() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.cancel(&booked).await;
    clinic.confirm(&booked).await;
    assert_eq!(clinic.status(&booked).await, "cancelled");
    assert_eq!(clinic.poll().await, ["bookingUpdates"]);
}

#[tokio::test]
async fn a_late_reject_of_a_cancelled_booking_resolves_both_book_7() {
    for seconds in [0, 40] {
        let clinic = Clinic::new().await;
        let booked = clinic.book("2026-11-24T09:00").await;
        clinic.list("bookings").await;
        clinic.cancel(&booked).await;
        clinic.app.advance(seconds).await;
        let request = the_update(&clinic).await;
        reject(&clinic, &booked).await.expect(200);
        assert_eq!(clinic.poll().await, ["availability"]);
        assert_eq!(clinic.status(&booked).await, "cancelled");
        assert!(clinic.attention().await.is_empty());
        // Answers that were on their way are taken and change nothing.
        answer(&clinic, &booked, "confirmUpdate", request)
            .await
            .expect(200);
        answer(&clinic, &booked, "rejectUpdate", request)
            .await
            .expect(200);
        assert!(clinic.attention().await.is_empty());
        reject(&clinic, &booked).await.expect(200);
        send_usual(&clinic).await;
        assert!(clinic.poll().await.is_empty());
        assert!(clinic.starts().await.contains(&"09:00".to_owned()));
    }
}

#[tokio::test]
async fn a_rejected_update_is_resolved_and_alerts_the_practice_book_8() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    clinic.cancel(&booked).await;
    let request = the_update(&clinic).await;
    let what = format!("rejectUpdate/{request}");
    let why = json!({"reason": "already billed"});
    assert_eq!(clinic.say(&booked, &what, why).await.expect(200), json!({}));
    assert!(clinic.poll().await.is_empty());
    assert_eq!(
        clinic.attention().await,
        [("updateRejected".to_owned(), booked.id)]
    );
    assert_eq!(audit(&clinic, &booked).await[3]["note"], "already billed");
    assert_eq!(clinic.status(&booked).await, "cancelled");
    assert!(
        clinic.starts().await.contains(&"09:00".to_owned()),
        "it is resolved"
    );
}

#[tokio::test]
async fn the_same_answer_again_is_200_and_the_opposite_one_400_book_8() {
    for (first, opposite) in [
        ("confirmUpdate", "rejectUpdate"),
        ("rejectUpdate", "confirmUpdate"),
    ] {
        let clinic = Clinic::new().await;
        let booked = clinic.book("2026-11-24T09:00").await;
        clinic.confirm(&booked).await;
        clinic.cancel(&booked).await;
        let request = the_update(&clinic).await;
        answer(&clinic, &booked, first, request).await.expect(200);
        let (entries, alerts) = (audit_total(&clinic).await, clinic.attention().await);
        answer(&clinic, &booked, first, request).await.expect(200);
        let clinic = restarted(clinic).await;
        answer(&clinic, &booked, first, request).await.expect(200);
        let refused = answer(&clinic, &booked, opposite, request).await;
        assert!(!refused.error().is_empty());
        refused.expect(400);
        assert_eq!(audit_total(&clinic).await, entries);
        assert_eq!(clinic.attention().await, alerts);
        assert!(clinic.poll().await.is_empty());
    }
}

#[tokio::test]
async fn a_request_id_of_another_booking_is_404_book_8() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let other = clinic.book("2026-11-24T10:00").await;
    for booked in [&booked, &other] {
        clinic.confirm(booked).await;
        clinic.cancel(booked).await;
    }
    let open = updates(&clinic).await;
    let asked = raise(
        &clinic,
        json!({"type": "availability", "date": "2026-11-24"}),
    )
    .await;
    let elsewhere = stranger(&clinic).await;
    for what in ["confirmUpdate", "rejectUpdate"] {
        for request in [open[1].0, asked, open[0].0 - 1, NO_ID, 0, -1, i64::MAX] {
            answer(&clinic, &booked, what, request).await.expect(404);
        }
        clinic
            .say(&booked, &format!("{what}/x"), json!({}))
            .await
            .expect(404);
        let path = format!("/bookings/{}/{what}/{}", booked.id, open[0].0);
        let theirs = clinic.app.pms(&elsewhere, "POST", &path, json!({}));
        theirs.await.expect(404);
    }
    assert_eq!(updates(&clinic).await, open, "nothing was resolved");
    assert_eq!(asked_days(&clinic).await.len(), 1);
}

#[tokio::test]
async fn an_update_confirmed_needs_no_body_at_all_book_8() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    clinic.cancel(&booked).await;
    let what = format!("confirmUpdate/{}", the_update(&clinic).await);
    clinic.say(&booked, &what, Value::Null).await.expect(200);
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn updates_are_listed_in_the_order_in_which_they_were_raised_book_8_req_2() {
    let clinic = Clinic::new().await;
    let first = clinic.book("2026-11-24T09:00").await;
    let second = clinic.book("2026-11-24T10:00").await;
    clinic.confirm(&first).await;
    clinic.confirm(&second).await;
    clinic.cancel(&second).await;
    clinic.app.clock.advance(1);
    clinic.cancel(&first).await;
    let listed = updates(&clinic).await;
    assert_eq!([listed[0].1, listed[1].1], [second.id, first.id]);
    assert!(listed[0].0 < listed[1].0);
    let times: Vec<Value> = clinic.list("bookingUpdates").await;
    assert_eq!(times[0]["updatedAt"], "2026-11-23 00:00:00");
    assert_eq!(times[1]["updatedAt"], "2026-11-23 00:00:01");
}

#[tokio::test]
async fn a_late_confirm_finds_its_time_booked_anew_and_both_are_told_apart_book_7_avail_4() {
    let clinic = Clinic::new().await;
    let ghost = clinic.book("2026-11-24T09:00").await;
    clinic.cancel(&ghost).await;
    let newer = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&ghost).await;
    assert_eq!(clinic.status(&ghost).await, "cancelled");
    assert_eq!(clinic.status(&newer).await, "requested");
    assert_eq!(updates(&clinic).await[0].1, ghost.id);
    assert_eq!(clinic.list("bookings").await[0]["bookingId"], newer.id);
    clinic.confirm(&newer).await;
    let request = the_update(&clinic).await;
    answer(&clinic, &ghost, "confirmUpdate", request)
        .await
        .expect(200);
    assert!(!clinic.starts().await.contains(&"09:00".to_owned()));
    assert_eq!(clinic.status(&newer).await, "confirmed");
}

#[tokio::test]
async fn nobody_cancels_an_appointment_that_has_begun_but_the_practice_book_7() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.confirm(&booked).await;
    at(&clinic, "2026-11-24T09:00:00+11:00").await;
    let path = format!("/bookings/{}/cancel", booked.id);
    let cancel = clinic.app.manage(&booked.token, "POST", &path, json!({}));
    cancel.await.expect(409);
    staff(&clinic, &booked, "cancel").await.expect(200);
    assert_eq!(updates(&clinic).await.len(), 1);
}

#[tokio::test]
async fn a_confirm_after_a_cancelled_booking_was_rejected_leaves_no_ghost_book_7() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.list("bookings").await;
    clinic.cancel(&booked).await;
    reject(&clinic, &booked).await.expect(200);
    clinic.confirm(&booked).await;
    assert_eq!(clinic.status(&booked).await, "cancelled");
    assert_eq!(updates(&clinic).await.len(), 1);
    reject(&clinic, &booked).await.expect(400);
    assert!(clinic.attention().await.is_empty());
}
