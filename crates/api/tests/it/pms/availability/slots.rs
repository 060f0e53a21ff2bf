//! Where slots lie and how long they are (AVAIL-2), and which of them are offered (AVAIL-3).

use crate::pms::support::{
    at, book_at, book_second, page, range, reasons, send, send_types, times, try_book_at,
};
use serde_json::{Value, json};
use slotbridge_testkit::clinic::DAY;
use slotbridge_testkit::{Clinic, TestApp};

#[tokio::test]
async fn starts_lie_every_slot_length_and_a_rest_is_dropped_avail_2() {
    let clinic = Clinic::new().await;
    // 40 minutes are less than a booking of 30 in slots of 20, for which two are taken.
    send(&clinic, "12345", DAY, &[range("09:00", "10:10", 1200)]).await;
    assert_eq!(times(&clinic, DAY).await, ["09:00-09:40", "09:20-10:00"]);
    let booked = clinic.book("2026-11-24T09:20").await;
    assert_eq!(
        clinic.list("bookings").await[0]["pmsAppointmentLength"],
        2400
    );
    assert!(times(&clinic, DAY).await.is_empty());
    clinic.say(&booked, "cancel", json!({})).await.expect(200);
    assert_eq!(times(&clinic, DAY).await.len(), 2);
}

#[tokio::test]
async fn below_sixty_seconds_the_type_s_length_counts_avail_2() {
    let clinic = Clinic::new().await;
    for slot_length in [59, 1, 0, -1, -1800] {
        send(
            &clinic,
            "12345",
            DAY,
            &[range("09:00", "10:10", slot_length)],
        )
        .await;
        let expected = ["09:00-09:30", "09:30-10:00"];
        assert_eq!(times(&clinic, DAY).await, expected, "{slot_length}");
    }
    let types = json!([{"pmsAppointmentTypeId": "G1235", "pmsAppointmentTypeName": "General"}]);
    send_types(&clinic, types).await;
    send(&clinic, "12345", DAY, &[range("09:00", "09:40", 0)]).await;
    assert_eq!(
        times(&clinic, DAY).await,
        ["09:00-09:15", "09:15-09:30"],
        "the default"
    );
    let minutes = json!({"defaultLengthMinutes": 40});
    clinic.admin("PATCH", "", minutes).await.expect(200);
    assert_eq!(times(&clinic, DAY).await, ["09:00-09:40"]);
    clinic.book("2026-11-24T09:00").await;
    assert_eq!(
        clinic.list("bookings").await[0]["pmsAppointmentLength"],
        2400
    );
}

#[tokio::test]
async fn a_type_without_a_length_takes_one_slot_avail_2() {
    let clinic = Clinic::new().await;
    for length in [json!(0), Value::Null, json!("0")] {
        let types = json!([{"pmsAppointmentTypeId": "G1235",
            "pmsAppointmentTypeName": "General", "pmsAppointmentLength": length}]);
        send_types(&clinic, types).await;
        send(&clinic, "12345", DAY, &[range("09:00", "10:00", 1200)]).await;
        let expected = ["09:00-09:20", "09:20-09:40", "09:40-10:00"];
        assert_eq!(times(&clinic, DAY).await, expected, "{length}");
    }
}

#[tokio::test]
async fn the_length_that_the_portal_sets_counts_before_the_pms_s_avail_2() {
    let clinic = Clinic::new().await;
    send(&clinic, "12345", DAY, &[range("09:00", "10:00", 0)]).await;
    let path = format!("/appointmentTypes/{}", clinic.appointment_type);
    let set = async |minutes: Value| {
        let body = json!({"lengthMinutes": minutes});
        clinic.admin("PATCH", &path, body).await.expect(200);
    };
    set(json!(60)).await;
    assert_eq!(times(&clinic, DAY).await, ["09:00-10:00"]);
    // The PMS sends its own again: the portal's still counts.
    let types = json!([{"pmsAppointmentTypeId": "G1235", "pmsAppointmentTypeName": "General",
        "pmsAppointmentLength": 20}]);
    send_types(&clinic, types).await;
    assert_eq!(times(&clinic, DAY).await, ["09:00-10:00"]);
    set(Value::Null).await;
    let expected = ["09:00-09:20", "09:20-09:40", "09:40-10:00"];
    assert_eq!(times(&clinic, DAY).await, expected);
}

#[tokio::test]
async fn starts_are_the_union_of_the_ranges_own_grids_avail_3() {
    let clinic = Clinic::new().await;
    let ranges = [range("09:00", "10:00", 1800), range("09:15", "10:15", 1800)];
    send(&clinic, "12345", DAY, &ranges).await;
    let all = ["09:00-09:30", "09:15-09:45", "09:30-10:00", "09:45-10:15"];
    assert_eq!(times(&clinic, DAY).await, all);
    // A booking moves no grid.
    clinic.book("2026-11-24T09:15").await;
    assert_eq!(times(&clinic, DAY).await, ["09:45-10:15"]);
}

#[tokio::test]
async fn a_booking_may_cross_ranges_that_touch_and_no_gap_avail_3() {
    let clinic = Clinic::new().await;
    let ranges = [range("09:00", "09:15", 900), range("09:15", "09:30", 900)];
    send(&clinic, "12345", DAY, &ranges).await;
    assert_eq!(times(&clinic, DAY).await, ["09:00-09:30"]);
    let ranges = [range("09:00", "09:15", 900), range("09:16", "09:31", 900)];
    send(&clinic, "12345", DAY, &ranges).await;
    assert!(times(&clinic, DAY).await.is_empty());
    let why = reasons(&clinic, "2026-11-24T09:00:00+11:00").await;
    assert!(why[0].contains("does not fit"), "{why:?}");
    clinic.try_book("2026-11-24T09:00").await.expect(409);
}

#[tokio::test]
async fn a_booking_ends_by_24_00_avail_3() {
    let clinic = Clinic::new().await;
    let late = [range("23:00", "24:00", 900)];
    send(&clinic, "12345", DAY, &late).await;
    send(
        &clinic,
        "12345",
        "2026-11-25",
        &[range("00:00", "01:00", 900)],
    )
    .await;
    let expected = ["23:00-23:30", "23:15-23:45", "23:30-00:00"];
    assert_eq!(times(&clinic, DAY).await, expected);
    clinic.try_book("2026-11-24T23:45").await.expect(409);
    clinic.book("2026-11-24T23:30").await;
    let next = times(&clinic, "2026-11-25").await;
    assert_eq!(
        next[0], "00:00-00:30",
        "nothing of it reaches into the next day"
    );
}

#[tokio::test]
async fn a_slot_starts_in_the_future_avail_3() {
    let clinic = Clinic::new().await;
    at(&clinic, "2026-11-24T15:59:59.999999+11:00").await;
    assert_eq!(times(&clinic, DAY).await, ["16:00-16:30", "16:30-17:00"]);
    at(&clinic, "2026-11-24T16:00:00+11:00").await;
    assert_eq!(times(&clinic, DAY).await, ["16:30-17:00"]);
    let why = reasons(&clinic, "2026-11-24T16:00:00+11:00").await;
    assert_eq!(why, ["the time has passed"]);
    clinic.try_book("2026-11-24T16:00").await.expect(409);
    clinic.book("2026-11-24T16:30").await;
}

#[tokio::test]
async fn the_practice_s_notice_is_kept_exactly_avail_3() {
    let clinic = Clinic::new().await;
    let notice = json!({"minimumNoticeMinutes": 60});
    clinic.admin("PATCH", "", notice).await.expect(200);
    at(&clinic, "2026-11-24T15:30:00.000001+11:00").await;
    assert!(times(&clinic, DAY).await.is_empty());
    let why = reasons(&clinic, "2026-11-24T16:30:00+11:00").await;
    assert_eq!(why, ["the practice wants more notice"]);
    clinic.try_book("2026-11-24T16:30").await.expect(409);
    at(&clinic, "2026-11-24T15:30:00+11:00").await;
    assert_eq!(
        times(&clinic, DAY).await,
        ["16:30-17:00"],
        "an hour before to the moment"
    );
    clinic.book("2026-11-24T16:30").await;
}

#[tokio::test]
async fn only_starts_on_a_grid_are_bookable_avail_3() {
    let clinic = Clinic::new().await;
    for start in ["2026-11-24T09:10", "2026-11-24T12:00", "2026-11-24T17:00"] {
        let refused = clinic.try_book(start).await.expect(409);
        assert!(
            !refused["alternatives"].as_array().unwrap().is_empty(),
            "{start}"
        );
    }
    clinic.try_book("2026-11-26T09:00").await.expect(409);
    let seconds = "2026-11-24T09:00:01+11:00";
    try_book_at(&clinic, seconds, clinic.appointment_type)
        .await
        .expect(409);
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn every_reason_against_a_time_is_named_avail_3() {
    let clinic = Clinic::new().await;
    clinic.book("2026-11-24T09:00").await;
    at(&clinic, "2026-11-24T10:00:00+11:00").await;
    let why = reasons(&clinic, "2026-11-24T09:00:00+11:00").await;
    assert_eq!(why, ["the time has passed", "the time is booked"]);
    assert!(
        reasons(&clinic, "2026-11-24T10:30:00+11:00")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn without_an_integration_nothing_is_bookable_avail_3() {
    let clinic = Clinic::new().await;
    let path = format!("/consents/{}", clinic.pms.consumer_id);
    clinic.admin("DELETE", &path, Value::Null).await.expect(204);
    assert!(times(&clinic, DAY).await.is_empty());
    clinic.try_book("2026-11-24T09:00").await.expect(409);
    let why = reasons(&clinic, "2026-11-24T09:00:00+11:00").await;
    assert_eq!(why, ["the practice has given no integration its consent"]);
}

#[tokio::test]
async fn each_practitioner_has_their_own_times_avail_3() {
    let clinic = Clinic::new().await;
    clinic.book("2026-11-24T09:00").await;
    book_second(&clinic, "2026-11-24T09:00").await;
    send(&clinic, "12346", DAY, &[]).await;
    assert_eq!(clinic.starts().await.len(), 13);
}

#[tokio::test]
async fn perth_is_not_where_the_server_is_avail_5() {
    let clinic = Clinic::perth(TestApp::new().await).await;
    // Today in Perth, 08:00; the range begins at 07:00 there, 23:00 UTC the day before.
    send(
        &clinic,
        "12345",
        "2026-11-23",
        &[range("07:00", "09:00", 1800)],
    )
    .await;
    assert_eq!(times(&clinic, "2026-11-23").await, ["08:30-09:00"]);
    let booked = book_at(&clinic, "2026-11-23T00:30:00Z").await;
    let shown = page(&clinic, &booked).await;
    assert_eq!(shown["start"], "2026-11-23T08:30:00+08:00");
    assert_eq!(shown["end"], "2026-11-23T09:00:00+08:00");
}
