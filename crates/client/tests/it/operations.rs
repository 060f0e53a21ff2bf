//! What operations do beyond their plain case.

use crate::support::{Hub, Outcome};
use jiff::civil::date;
use slotbridge_client::{
    Error,
    wire::{
        availability::{AvailabilityRange, AvailabilitySnapshot},
        requests::RequestName,
    },
};

fn snapshot(ranges: usize) -> AvailabilitySnapshot {
    let range = AvailabilityRange {
        start: 32_400,
        end: 86_400,
        slot_length: 900,
        pms_appointment_type_ids: vec![],
    };
    AvailabilitySnapshot {
        id: None,
        date: date(2027, 4, 4),
        pms_resource_id: "R 1".to_owned(),
        availability: vec![range; ranges],
    }
}

#[tokio::test]
async fn a_poll_names_the_kinds_that_are_known_req_1() -> Outcome {
    let answer = r#"["bookings", "somethingNew", "availability"]"#;
    let (_, client, _) = Hub::start(&[(200, answer)]).await?;
    let names = client.poll_requests().await?;
    assert_eq!(names, [RequestName::Bookings, RequestName::Availability]);
    Ok(())
}

#[tokio::test]
async fn bookings_are_read_with_nulls_and_without_book_1() -> Outcome {
    let booking = |id: i64, more: &str| {
        format!(
            r#"{{"bookingId":{id},"bookedTime":"2027-04-03 22:00:00","bookingStatus":"Requested","pmsAppointmentTime":"2027-04-04 09:00:00","pmsAppointmentLength":900,"patient":{{"firstname":"A","lastname":"L","dob":"01-02-1980"}}{more}}}"#
        )
    };
    let data = format!(
        r#"{{"data":[{},{}],"page":{{"currentPage":1,"totalPages":1,"perPage":100,"total":2}}}}"#,
        booking(1, r#","pmsResourceId":null"#),
        booking(2, "")
    );
    let (_, client, _) = Hub::start(&[(200, &data)]).await?;
    let read = client.booking_requests(1).await?;
    let ids: Vec<i64> = read.data.iter().map(|booking| booking.booking_id).collect();
    assert_eq!(ids, [1, 2]);
    assert_eq!(read.data[0].pms_resource_id.value(), None);
    assert_eq!(read.data[0].patient.date_of_birth(), Some(date(1980, 2, 1)));
    Ok(())
}

#[tokio::test]
async fn a_reason_need_not_be_given_book_5() -> Outcome {
    let (hub, client, _) = Hub::start(&[]).await?;
    client.reject_booking_insert(1, None).await?;
    client.confirm_attach_document(1, None).await?;
    assert_eq!(
        [&*hub.received()[0].body, &*hub.received()[1].body],
        ["{}", "{}"]
    );
    Ok(())
}

#[tokio::test]
async fn a_success_without_a_body_is_one_wire_7() -> Outcome {
    let (_, client, _) = Hub::start(&[(200, ""), (200, "not JSON")]).await?;
    client.confirm_booking_update(3, 4).await?;
    client.confirm_booking_update(3, 4).await?;
    Ok(())
}

#[tokio::test]
async fn a_short_snapshot_goes_out_as_it_is_and_a_long_one_packed_wire_3() -> Outcome {
    let (hub, client, _) = Hub::start(&[]).await?;
    client.send_availability_snapshot(&snapshot(1)).await?;
    client.send_availability_snapshot(&snapshot(100)).await?;
    let received = hub.received();
    assert_eq!(
        received[0].body,
        r#"{"date":"2027-04-04","pmsResourceId":"R 1","availability":[{"start":"09:00","end":"24:00","slotLength":900}]}"#
    );
    assert_eq!([received[0].packed, received[1].packed], [false, true]);
    assert_eq!(received[1].body.matches("slotLength").count(), 100);
    Ok(())
}

#[tokio::test]
async fn a_packed_body_is_packed_again_when_it_is_sent_again_wire_3() -> Outcome {
    let (hub, client, _) = Hub::start(&[(503, ""), (200, "{}")]).await?;
    client.send_availability_snapshot(&snapshot(100)).await?;
    let received = hub.received();
    assert_eq!([received[0].packed, received[1].packed], [true, true]);
    assert_eq!(received[0].body, received[1].body);
    Ok(())
}

#[tokio::test]
async fn what_the_hub_does_not_have_is_not_found_conf_1() -> Outcome {
    let (hub, client, _) = Hub::start(&[(200, "[]"), (200, "[]")]).await?;
    assert_eq!(client.find_by_pms_resource_id("R 2").await?, None);
    assert_eq!(client.find_by_pms_appointment_type_id("").await?, None);
    assert_eq!(
        hub.lines(),
        [
            "GET /pms-api/v1/config/pmsResources/findById?id=R+2",
            "GET /pms-api/v1/config/pmsAppointmentTypes/findById?id=",
        ]
    );
    Ok(())
}

#[tokio::test]
async fn an_id_that_would_name_another_operation_is_not_sent() -> Outcome {
    let (hub, client, _) = Hub::start(&[]).await?;
    let error = client.delete_subscription("..").await.err();
    assert!(matches!(error, Some(Error::NotFound { .. })));
    client.enable_feature("a/../../b").await?;
    assert_eq!(
        hub.lines(),
        ["POST /pms-api/v1/features/a%2F..%2F..%2Fb/enable"]
    );
    Ok(())
}

#[tokio::test]
async fn a_client_shows_no_keys_auth_1() -> Outcome {
    let (_, client, _) = Hub::start(&[]).await?;
    assert!(!format!("{client:?}").contains("secret"));
    Ok(())
}

#[tokio::test]
async fn a_client_for_another_practice_calls_with_its_keys_and_the_consumer_s_auth_1() -> Outcome {
    let (hub, client, _) = Hub::start(&[(200, "[]"), (200, "[]"), (200, "[]")]).await?;
    let other = client.for_practice(99, "sbp_other")?;
    client.poll_requests().await?;
    other.poll_requests().await?;
    client.poll_requests().await?;
    let received = hub.received();
    let keys: Vec<[&str; 3]> = received
        .iter()
        .map(|call| ["api-key", "practice-id", "practice-key"].map(|name| call.header(name)))
        .collect();
    assert_eq!(keys[1][1..], ["99", "sbp_other"]);
    assert_eq!(keys[0], keys[2]);
    assert_eq!(keys[0][0], keys[1][0]);
    assert_ne!(keys[0][1..], keys[1][1..]);
    assert!(!format!("{other:?}").contains("sbp_other"));
    Ok(())
}
