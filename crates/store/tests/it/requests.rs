//! Raising and resolving requests (REQ-1, REQ-2).

use crate::support::{Fixture, failed_statement, target};
use slotbridge_domain::request::RequestType;
use slotbridge_store::requests::{self, Target};
use slotbridge_store::{Tx, numbers};
use std::collections::BTreeSet;

fn day(day: &str, resource: Option<&str>) -> Target {
    Target::Day {
        day: day.into(),
        pms_resource_id: resource.map(str::to_owned),
    }
}

#[test]
fn raising_again_answers_the_outstanding_one_req_2() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let raised: Vec<_> = (0..32)
        .map(|_| {
            fixture.queue(practice, move |tx| {
                requests::raise(tx, RequestType::BookingUpdates, &target(practice, 7))
            })
        })
        .collect();
    let raised: Vec<_> = raised
        .into_iter()
        .map(|call| call.wait(&fixture).unwrap())
        .collect();
    let ids: BTreeSet<_> = raised.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids.len(), 1, "{raised:?}");
    assert_eq!(raised.iter().filter(|(_, new)| *new).count(), 1);
    assert_eq!(fixture.requests(practice).len(), 1);
}

#[test]
fn each_type_and_target_has_a_request_of_its_own_req_2() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let other = fixture.practice();
    let wanted = [
        (RequestType::Bookings, target(practice, 7)),
        (RequestType::BookingUpdates, target(practice, 7)),
        (RequestType::Bookings, target(practice, 8)),
        (RequestType::PmsResources, Target::Practice),
        (RequestType::PmsAppointmentTypes, Target::Practice),
        (RequestType::Availability, day("2026-11-23", None)),
        (RequestType::Availability, day("2026-11-23", Some("r1"))),
        (RequestType::Availability, day("2026-11-23", Some("r2"))),
        (RequestType::Availability, day("2026-11-24", Some("r1"))),
    ];
    let count = wanted.len();
    for practice in [practice, other] {
        let wanted = wanted.clone();
        let ids = fixture
            .write(practice, move |tx| {
                let raise = |(kind, target)| requests::raise(tx, kind, &target);
                wanted
                    .clone()
                    .into_iter()
                    .map(raise)
                    .collect::<Result<Vec<_>, _>>()
            })
            .unwrap();
        assert!(ids.iter().all(|(_, new)| *new), "{ids:?}");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), count);
        assert!(ids.iter().all(|(id, _)| id.practice() == practice));
        assert_eq!(fixture.requests(practice).len(), count);
    }
}

#[test]
fn a_resolved_request_never_comes_back_req_2() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let raise = move |tx: &mut slotbridge_store::Tx<'_>| {
        requests::raise(tx, RequestType::Bookings, &target(practice, 1))
    };
    let (first, _) = fixture.write(practice, raise).unwrap();
    let resolved = fixture
        .write(practice, move |tx| {
            let once = requests::resolve_id(tx, first, "confirmed")?;
            Ok((once, requests::resolve_id(tx, first, "rejected")?))
        })
        .unwrap();
    assert_eq!(resolved, (true, false));

    let (second, new) = fixture.write(practice, raise).unwrap();
    assert!(new && second > first, "{second} after {first}");
    let outstanding: Vec<_> = fixture
        .requests(practice)
        .iter()
        .map(|request| request.request_id)
        .collect();
    assert_eq!(outstanding, [second]);
    let answer = fixture
        .read(practice, move |tx| requests::get(tx, first))
        .unwrap()
        .unwrap()
        .answer;
    assert_eq!(answer.as_deref(), Some("confirmed"));
}

#[test]
fn the_schema_itself_refuses_a_second_outstanding_one_req_2() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let twice = fixture.write(practice, move |tx| {
        for _ in 0..2 {
            let id = numbers::request(tx)?;
            requests::insert(tx, id, RequestType::Bookings, &target(practice, 1))?;
        }
        Ok(())
    });
    assert_eq!(
        failed_statement(twice),
        "slotbridge_store::requests::INSERT"
    );
    assert!(fixture.requests(practice).is_empty());
}

#[test]
fn outstanding_types_are_named_once_in_order_req_1() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let types = fixture
        .write(practice, move |tx| {
            requests::raise(tx, RequestType::PmsAppointmentTypes, &Target::Practice)?;
            requests::raise(tx, RequestType::PmsResources, &Target::Practice)?;
            for n in 1..4 {
                requests::raise(tx, RequestType::Bookings, &target(practice, n))?;
            }
            let (done, _) =
                requests::raise(tx, RequestType::Availability, &day("2026-11-23", None))?;
            requests::resolve_id(tx, done, "closed")?;
            requests::outstanding_types(tx)
        })
        .unwrap();
    let expected = [
        RequestType::Bookings,
        RequestType::PmsResources,
        RequestType::PmsAppointmentTypes,
    ];
    assert_eq!(types, expected);
    let later = fixture.read(practice, requests::outstanding_types).unwrap();
    assert_eq!(later, expected);
    let [other, not_asked_for] = [fixture.practice(), fixture.practice()];
    for practice in [other, not_asked_for] {
        let raise = |tx: &mut Tx<'_>| {
            requests::raise(tx, RequestType::Availability, &day("2026-11-23", None)).map(drop)
        };
        fixture.write(practice, raise).unwrap();
    }
    let empty = fixture.practice();
    let of_each =
        move |tx: &mut Tx<'_>| requests::outstanding_types_of_each(tx, &[other, empty, practice]);
    let of_each: Vec<_> = fixture.read_global(of_each).unwrap().into_iter().collect();
    let expected = [
        (practice, expected.to_vec()),
        (other, vec![RequestType::Availability]),
        (empty, vec![]),
    ];
    assert_eq!(of_each, expected);
}
