//! Slots on the days when clocks change (AVAIL-5).

use crate::pms::support::{
    at, book_at, day, raise, range, send, send_resources, send_types, try_book_at,
};
use serde_json::{Value, json};
use slotbridge_testkit::clinic::DAY;
use slotbridge_testkit::{Clinic, TestApp};

/// The bookable starts and ends of a day with their offsets.
async fn slots(clinic: &Clinic, date: &str) -> Vec<[String; 2]> {
    let path = format!(
        "/practices/{}/slots?from={date}&to={date}&practitionerId={}",
        clinic.pms.practice_id, clinic.practitioners[0]
    );
    let found = clinic.app.patient("GET", &path, Value::Null).await;
    let found = found.expect(200);
    let text = |slot: &Value, name: &str| slot[name].as_str().unwrap()[11..].to_owned();
    let slots = found["slots"].as_array().unwrap().iter();
    slots
        .map(|slot| [text(slot, "start"), text(slot, "end")])
        .collect()
}

async fn in_sydney(now: &str, date: &str, ranges: &[Value]) -> Clinic {
    let clinic = Clinic::new().await;
    at(&clinic, now).await;
    send(&clinic, "12345", date, ranges).await;
    clinic
}

#[tokio::test]
async fn a_time_that_happens_twice_is_offered_once_avail_5() {
    let date = "2027-04-04";
    let range = range("01:00", "04:00", 1800);
    let clinic = in_sydney("2027-04-03T12:00:00+11:00", date, &[range]).await;
    let expected = [
        ["01:00:00+11:00", "01:30:00+11:00"],
        ["01:30:00+11:00", "02:00:00+11:00"],
        ["02:00:00+11:00", "02:30:00+11:00"],
        ["02:30:00+11:00", "02:00:00+10:00"],
        ["03:00:00+10:00", "03:30:00+10:00"],
        ["03:30:00+10:00", "04:00:00+10:00"],
    ];
    assert_eq!(slots(&clinic, date).await, expected);
    // The second 02:00 is no start; the first is booked once.
    let again = "2027-04-04T02:00:00+10:00";
    try_book_at(&clinic, again, clinic.appointment_type)
        .await
        .expect(409);
    book_at(&clinic, "2027-04-04T02:30:00+11:00").await;
    let listed = &clinic.list("bookings").await[0];
    assert_eq!(listed["pmsAppointmentTime"], "2027-04-04 02:30:00");
    assert_eq!(listed["pmsAppointmentLength"], 1800);
    let left: Vec<String> = slots(&clinic, date)
        .await
        .into_iter()
        .map(|[s, _]| s)
        .collect();
    assert!(!left.contains(&"02:30:00+11:00".to_owned()));
    assert_eq!(left.len(), 5);
}

#[tokio::test]
async fn a_range_that_ends_in_the_repeated_hour_ends_at_the_later_one_avail_5() {
    let date = "2027-04-04";
    let range = range("02:00", "02:30", 1800);
    let clinic = in_sydney("2027-04-03T12:00:00+11:00", date, &[range]).await;
    // 02:00 (+11:00) to 02:30 (+10:00) are 90 minutes, but only one start of the wall clock.
    assert_eq!(
        slots(&clinic, date).await,
        [["02:00:00+11:00", "02:30:00+11:00"]]
    );
    let types = json!([{"pmsAppointmentTypeId": "G1235", "pmsAppointmentTypeName": "General",
        "pmsAppointmentLength": 90}]);
    send_types(&clinic, types).await;
    assert_eq!(
        slots(&clinic, date).await,
        [["02:00:00+11:00", "02:30:00+10:00"]]
    );
    book_at(&clinic, "2027-04-04T02:00:00+11:00").await;
    assert_eq!(
        clinic.list("bookings").await[0]["pmsAppointmentLength"],
        5400
    );
}

#[tokio::test]
async fn a_booking_on_each_side_of_a_change_has_the_practice_s_time_avail_5() {
    // Zone, day, and two starts with what the wall clock of the practice shows.
    for (zone, date, starts) in [
        (
            "Australia/Sydney",
            "2027-10-03",
            [
                ("01:30:00+10:00", "01:30:00"),
                ("03:00:00+11:00", "03:00:00"),
            ],
        ),
        (
            "Australia/Lord_Howe",
            "2027-04-04",
            [
                ("01:30:00+11:00", "01:30:00"),
                ("02:00:00+10:30", "02:00:00"),
            ],
        ),
        (
            "Australia/Lord_Howe",
            "2027-10-03",
            [
                ("01:30:00+10:30", "01:30:00"),
                ("02:30:00+11:00", "02:30:00"),
            ],
        ),
        (
            "Australia/Perth",
            "2027-04-04",
            [
                ("02:00:00+08:00", "02:00:00"),
                ("03:00:00+08:00", "03:00:00"),
            ],
        ),
    ] {
        let clinic = Clinic::at(TestApp::new().await, json!({"timezone": zone})).await;
        send(&clinic, "12345", date, &[range("00:00", "24:00", 1800)]).await;
        for (start, _) in starts {
            book_at(&clinic, &format!("{date}T{start}")).await;
        }
        let listed = clinic.list("bookings").await;
        for (booking, (_, wall)) in listed.iter().zip(starts) {
            let time = &booking["pmsAppointmentTime"];
            assert_eq!(*time, json!(format!("{date} {wall}")), "{zone}");
            assert_eq!(booking["pmsAppointmentLength"], 1800);
        }
        assert_eq!(listed.len(), 2);
    }
}

#[tokio::test]
async fn a_time_that_does_not_exist_is_not_offered_avail_5() {
    let date = "2027-10-03";
    let range = range("01:00", "04:00", 1800);
    let clinic = in_sydney("2027-10-02T12:00:00+10:00", date, &[range]).await;
    let expected = [
        ["01:00:00+10:00", "01:30:00+10:00"],
        ["01:30:00+10:00", "03:00:00+11:00"],
        ["03:00:00+11:00", "03:30:00+11:00"],
        ["03:30:00+11:00", "04:00:00+11:00"],
    ];
    assert_eq!(slots(&clinic, date).await, expected);
}

#[tokio::test]
async fn both_days_are_whole_days_avail_5() {
    for (now, date, length) in [
        ("2027-04-03T12:00:00+11:00", "2027-04-04", 24 * 2),
        ("2027-10-02T12:00:00+10:00", "2027-10-03", 23 * 2),
        ("2027-11-22T12:00:00+11:00", "2027-11-23", 24 * 2),
    ] {
        let clinic = in_sydney(now, date, &[range("00:00", "24:00", 1800)]).await;
        let found = slots(&clinic, date).await;
        assert_eq!(found.len(), length, "{date}");
        assert_eq!(&found[0][0][..5], "00:00");
        assert_eq!(&found[length - 1][0][..5], "23:30");
        assert_eq!(&found[length - 1][1][..5], "00:00", "24:00");
    }
}

#[tokio::test]
async fn the_day_ends_where_the_clock_says_when_it_changes_avail_5_avail_7() {
    let clinic = in_sydney("2027-04-03T12:00:00+11:00", "2027-04-04", &[]).await;
    raise(
        &clinic,
        json!({"type": "availability", "date": "2027-04-04"}),
    )
    .await;
    // 24 hours after its beginning the day of 25 hours has not ended.
    at(&clinic, "2027-04-05T00:00:00+11:00").await;
    assert_eq!(clinic.poll().await, ["availability"]);
    at(&clinic, "2027-04-05T00:00:00+10:00").await;
    assert!(clinic.poll().await.is_empty());
}

#[tokio::test]
async fn the_zone_is_fixed_once_there_is_availability_avail_5() {
    let app = TestApp::new().await;
    let pms = app.link(json!({})).await;
    let path = format!("/practices/{}", pms.practice_id);
    let zone = async |app: &TestApp, zone: &str| {
        app.admin("PATCH", &path, json!({"timezone": zone})).await
    };
    zone(&app, "Australia/Perth").await.expect(200);
    let resources = json!([{"pmsResourceId": "1", "pmsResourceName": "One"}]);
    let send = app.pms(&pms, "POST", "/config/pmsResources/snapshot", resources);
    send.await.expect(200);
    zone(&app, "Australia/Sydney").await.expect(200);
    let body = day("1", DAY, &[]);
    app.pms(&pms, "POST", "/availability/snapshot", body)
        .await
        .expect(200);
    let refused = zone(&app, "Australia/Perth").await;
    assert!(refused.error().contains("zone"), "{}", refused.error());
    refused.expect(409);
    // What it is already is no change, and other details can change.
    zone(&app, "Australia/Sydney").await.expect(200);
    let named = app
        .admin("PATCH", &path, json!({"name": "New"}))
        .await
        .expect(200);
    assert_eq!(
        [&named["name"], &named["timezone"]],
        ["New", "Australia/Sydney"]
    );
}

#[tokio::test]
async fn the_zone_stays_fixed_while_bookings_stand_avail_5() {
    let clinic = Clinic::new().await;
    let perth = json!({"timezone": "Australia/Perth"});
    clinic.book("2026-11-24T09:00").await;
    // The availability is dropped with its resources; the booking stands.
    send_resources(&clinic, &[]).await;
    clinic.admin("PATCH", "", perth.clone()).await.expect(409);
    let time = clinic.list("bookings").await[0]["pmsAppointmentTime"].clone();
    assert_eq!(time, "2026-11-24 09:00:00");
    // One that never had either may move.
    let unused = Clinic::at(TestApp::new().await, json!({})).await;
    send_resources(&unused, &[]).await;
    unused.admin("PATCH", "", perth).await.expect(200);
}

#[tokio::test]
async fn the_first_and_the_last_days_there_are_break_nothing_avail_1() {
    let clinic = Clinic::new().await;
    let date = "9999-12-31";
    let sent = day("12345", date, &[range("00:00", "24:00", 1800)]);
    let sent = clinic.pms("POST", "/availability/snapshot", sent).await;
    assert!(!sent.status.is_server_error(), "{}", sent.error());
    let asked = json!({"type": "availability", "date": date, "pmsResourceId": "12345"});
    let asked = clinic.admin("POST", "/requests", asked).await;
    assert!(!asked.status.is_server_error(), "{}", asked.error());
    clinic.app.advance(86_400).await;
    for date in [date, "0000-01-01", "0001-01-01", "-009999-01-01"] {
        let practice = clinic.pms.practice_id;
        let path = format!("/practices/{practice}/slots?from={date}&to={date}");
        let found = clinic.app.patient("GET", &path, Value::Null).await;
        assert!(!found.status.is_server_error(), "{date}: {}", found.error());
    }
    for start in [
        "9999-12-31T10:00:00+11:00",
        "9999-12-30T10:00:00Z",
        "9999-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z",
        "-009999-01-02T01:59:59Z",
    ] {
        let answer = try_book_at(&clinic, start, clinic.appointment_type).await;
        assert!(
            !answer.status.is_server_error(),
            "{start}: {}",
            answer.error()
        );
        let path = format!(
            "/bookability?practitionerId={}&appointmentTypeId={}&start={}",
            clinic.practitioners[0],
            clinic.appointment_type,
            start.replace('+', "%2B")
        );
        let why = clinic.admin("GET", &path, Value::Null).await;
        assert!(!why.status.is_server_error(), "{start}: {}", why.error());
    }
}
