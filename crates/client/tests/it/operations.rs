//! Each operation calls what the API declares and reads what it answers.

use crate::support::{Hub, Outcome};
use jiff::civil::date;
use slotbridge_client::wire::{
    availability::{AvailabilityRange, AvailabilitySnapshot},
    bookings::ConfirmBookingInsert,
    config::{LivenessContract, LivenessRange, PmsAppointmentType, PmsResource, Schedule},
    requests::RequestName,
};

fn page(data: &str, current: i64, pages: i64) -> String {
    format!(
        r#"{{"data":[{data}],"page":{{"currentPage":{current},"totalPages":{pages},"perPage":100,"total":1}}}}"#
    )
}

fn update(request_id: i64) -> String {
    format!(
        r#"{{"requestId":{request_id},"bookingId":1,"pmsAppointmentIds":["A"],"updatedAt":"2027-04-03 22:00:00","bookingStatus":"Cancelled"}}"#
    )
}

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
async fn every_call_says_who_calls_auth_1() -> Outcome {
    let (hub, client, _) = Hub::start(&[(200, "[]")]).await?;
    client.poll_requests().await?;
    assert_eq!(
        hub.received()[0].caller,
        [
            "sbc_first-secret",
            "7",
            "sbp_second-secret",
            "Acme PMS (a@acme.example) test"
        ]
    );
    assert!(!format!("{client:?}").contains("secret"));
    Ok(())
}

#[tokio::test]
async fn a_poll_names_the_kinds_that_are_known_req_1() -> Outcome {
    let answer = r#"["bookings", "somethingNew", "availability"]"#;
    let (hub, client, _) = Hub::start(&[(200, answer)]).await?;
    let names = client.poll_requests().await?;
    assert_eq!(names, [RequestName::Bookings, RequestName::Availability]);
    assert_eq!(hub.lines(), ["GET /pms-api/v1/requests"]);
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
        "{},{}",
        booking(1, r#","pmsResourceId":null"#),
        booking(2, "")
    );
    let (hub, client, _) = Hub::start(&[(200, &page(&data, 3, 3))]).await?;
    let read = client.booking_requests(3).await?;
    let ids: Vec<i64> = read.data.iter().map(|booking| booking.booking_id).collect();
    assert_eq!(ids, [1, 2]);
    assert_eq!(read.data[0].pms_resource_id.value(), None);
    assert_eq!(read.data[0].patient.date_of_birth(), Some(date(1980, 2, 1)));
    assert_eq!(hub.lines(), ["GET /pms-api/v1/requests/bookings?page=3"]);
    Ok(())
}

#[tokio::test]
async fn all_pages_are_read_until_the_last_wire_6() -> Outcome {
    let (first, second) = (page(&update(1), 1, 2), page(&update(2), 2, 2));
    let (hub, client, _) = Hub::start(&[(200, &first), (200, &second)]).await?;
    let updates = client.all_booking_update_requests().await?;
    let ids: Vec<i64> = updates.iter().map(|update| update.request_id).collect();
    assert_eq!(ids, [1, 2]);
    assert_eq!(
        hub.lines(),
        [
            "GET /pms-api/v1/requests/bookingUpdates?page=1",
            "GET /pms-api/v1/requests/bookingUpdates?page=2",
        ]
    );
    Ok(())
}

#[tokio::test]
async fn an_empty_page_is_the_last_whatever_the_count_says_wire_6() -> Outcome {
    let day = r#"{"day":"2027-04-04","pms_resource_id":"R"}"#;
    let (first, second) = (page(day, 1, 9), page("", 2, 9));
    let (hub, client, _) = Hub::start(&[(200, &first), (200, &second)]).await?;
    let wanted = client.all_availability_requests().await?;
    assert_eq!(wanted.len(), 1);
    assert_eq!(wanted[0].pms_resource_id.as_deref(), Some("R"));
    assert_eq!(hub.lines().len(), 2);
    Ok(())
}

#[tokio::test]
async fn answers_go_to_the_booking_and_the_request_book_4() -> Outcome {
    let (hub, client, _) = Hub::start(&[]).await?;
    let inserted = ConfirmBookingInsert {
        pms_appointment_ids: vec!["A".to_owned()],
        pms_patient_id: "P".to_owned(),
        ..ConfirmBookingInsert::default()
    };
    client.confirm_booking_insert(1, &inserted).await?;
    client.reject_booking_insert(2, Some("taken")).await?;
    client.confirm_booking_update(3, 4).await?;
    client.reject_booking_update(5, 6, None).await?;
    client.cancel_booking(7, None).await?;
    client.did_not_attend(8, Some("no show")).await?;
    let received = hub.received();
    let calls: Vec<(&str, &str)> = received
        .iter()
        .map(|call| (call.line.as_str(), call.body.as_str()))
        .collect();
    assert_eq!(
        calls,
        [
            (
                "POST /pms-api/v1/bookings/1/confirmInsert",
                r#"{"pmsAppointmentIds":["A"],"pmsPatientId":"P"}"#
            ),
            (
                "POST /pms-api/v1/bookings/2/rejectInsert",
                r#"{"reason":"taken"}"#
            ),
            ("POST /pms-api/v1/bookings/3/confirmUpdate/4", ""),
            ("POST /pms-api/v1/bookings/5/rejectUpdate/6", "{}"),
            ("POST /pms-api/v1/bookings/7/cancel", "{}"),
            (
                "POST /pms-api/v1/bookings/8/didNotAttend",
                r#"{"reason":"no show"}"#
            ),
        ]
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
    assert_eq!(received[0].line, "POST /pms-api/v1/availability/snapshot");
    assert_eq!(
        received[0].body,
        r#"{"date":"2027-04-04","pmsResourceId":"R 1","availability":[{"start":"09:00","end":"24:00","slotLength":900}]}"#
    );
    assert_eq!([received[0].packed, received[1].packed], [false, true]);
    assert_eq!(received[1].body.matches("slotLength").count(), 100);
    Ok(())
}

#[tokio::test]
async fn a_batch_says_what_became_of_each_avail_6() -> Outcome {
    let answer = r#"{"created":["0"],"existing":[],"failed":[1],"errors":[{"snapshot":"1","error":"no such resource"}]}"#;
    let (hub, client, _) = Hub::start(&[(200, answer)]).await?;
    let result = client
        .send_availability_snapshots(&[snapshot(0), snapshot(0)])
        .await?;
    assert_eq!(
        (result.created, result.failed),
        (vec!["0".to_owned()], vec!["1".to_owned()])
    );
    assert_eq!(result.errors[0].error, "no such resource");
    assert!(hub.received()[0].body.starts_with("[{"));
    assert_eq!(hub.lines(), ["POST /pms-api/v1/availability/snapshots"]);
    Ok(())
}

#[tokio::test]
async fn the_configuration_goes_out_and_comes_back_conf_1() -> Outcome {
    let resource = r#"[{"pmsResourceId":"R&1","pmsResourceName":"Room"}]"#;
    let kind = r#"[{"pmsAppointmentTypeId":"T","pmsAppointmentTypeName":"Long","pmsAppointmentLength":30}]"#;
    let (hub, client, _) = Hub::start(&[
        (200, "{}"),
        (200, resource),
        (200, resource),
        (200, "[]"),
        (200, "{}"),
        (200, kind),
        (200, kind),
    ])
    .await?;
    let resources = [PmsResource {
        pms_resource_id: "R&1".to_owned(),
        pms_resource_name: "Room".to_owned(),
        pms_practitioner_title: None,
        pms_practitioner_firstname: None,
        pms_practitioner_lastname: None,
    }];
    client.upload_pms_resources(&resources).await?;
    assert_eq!(client.get_pms_resources().await?, resources);
    assert_eq!(
        client.find_pms_resource("R&1").await?.as_ref(),
        resources.first()
    );
    assert_eq!(client.find_pms_resource("R 2").await?, None);
    let types = [PmsAppointmentType {
        pms_appointment_type_id: "T".to_owned(),
        pms_appointment_type_name: "Long".to_owned(),
        pms_appointment_length: Some(30),
        pms_resource_id: None,
    }];
    client.upload_pms_appointment_types(&types).await?;
    assert_eq!(client.get_pms_appointment_types().await?, types);
    assert_eq!(
        client.find_pms_appointment_type("T").await?.as_ref(),
        types.first()
    );
    assert_eq!(
        hub.lines(),
        [
            "POST /pms-api/v1/config/pmsResources/snapshot",
            "GET /pms-api/v1/config/pmsResources",
            "GET /pms-api/v1/config/pmsResources/findById?id=R%261",
            "GET /pms-api/v1/config/pmsResources/findById?id=R+2",
            "POST /pms-api/v1/config/pmsAppointmentTypes/snapshot",
            "GET /pms-api/v1/config/pmsAppointmentTypes",
            "GET /pms-api/v1/config/pmsAppointmentTypes/findById?id=T",
        ]
    );
    assert_eq!(
        (&*hub.received()[0].body, &*hub.received()[4].body),
        (resource, kind)
    );
    Ok(())
}

#[tokio::test]
async fn the_liveness_contract_goes_out_and_comes_back_conf_3() -> Outcome {
    let body = r#"{"liveHours":{"monday":[{"start":"08:00","end":"17:30"}]}}"#;
    let (hub, client, _) = Hub::start(&[(200, "{}"), (200, body)]).await?;
    let monday = Some(vec![LivenessRange {
        start: 480,
        end: 1050,
    }]);
    let contract = LivenessContract {
        live_hours: Some(Schedule {
            monday,
            ..Schedule::default()
        }),
    };
    client.upload_liveness_contract(&contract).await?;
    assert_eq!(client.get_liveness_contract().await?, contract);
    assert_eq!(hub.received()[0].body, body);
    Ok(())
}
