//! What patients can book.

use crate::support::Fixture;
use slotbridge_domain::ids::{AppointmentTypeId, PractitionerId};
use slotbridge_store::appointment_types::AppointmentType;
use slotbridge_store::pms_appointment_types::PmsAppointmentType;
use slotbridge_store::pms_resources::PmsResource;
use slotbridge_store::practitioners::Practitioner;
use slotbridge_store::{
    Result, Tx, appointment_types, offers, pms_appointment_types, pms_resources, practitioners,
};

/// A practitioner with a resource each, and a type of each resource and one of all.
fn write(tx: &mut Tx<'_>) -> Result<()> {
    for n in 1..=4 {
        let practitioner_id = PractitionerId::of(tx.practice()?, n);
        let who = Practitioner {
            practitioner_id,
            name: format!("doctor {n}"),
            title: None,
            firstname: None,
            lastname: None,
            follows_pms: true,
            active: n != 2,
        };
        practitioners::insert(tx, &who)?;
        let resource = PmsResource {
            pms_resource_id: format!("r{n}"),
            name: who.name,
            title: None,
            firstname: None,
            lastname: None,
            live: n != 3,
            position: n,
            practitioner_id: Some(practitioner_id),
        };
        pms_resources::upsert(tx, &resource)?;
    }
    for (n, of, live, active) in [
        (1, None, true, true),
        (2, Some("r1"), true, true),
        (3, None, false, true),
        (4, None, true, false),
    ] {
        let appointment_type_id = AppointmentTypeId::of(tx.practice()?, n);
        let kind = AppointmentType {
            appointment_type_id,
            name: format!("type {n}"),
            length_minutes: None,
            follows_pms: true,
            active,
        };
        appointment_types::insert(tx, &kind)?;
        let of_pms = PmsAppointmentType {
            pms_appointment_type_id: format!("t{n}"),
            name: kind.name,
            length_minutes: Some(20),
            pms_resource_id: of.map(str::to_owned),
            live,
            position: n,
            appointment_type_id: Some(appointment_type_id),
        };
        pms_appointment_types::upsert(tx, &of_pms)?;
    }
    Ok(())
}

#[test]
fn only_what_is_active_and_live_is_offered_by_the_resource_that_it_is_for_conf_2() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    fixture.write(practice, write).unwrap();
    let all = fixture
        .write(practice, |tx| offers::ask(tx)?.all(tx))
        .unwrap();
    let all: Vec<(&str, &str)> = all
        .iter()
        .map(|one| {
            assert_eq!(one.length_minutes, Some(20));
            (
                one.pms_resource_id.as_str(),
                one.pms_appointment_type_id.as_str(),
            )
        })
        .collect();
    assert_eq!(all, [("r1", "t1"), ("r1", "t2"), ("r4", "t1")]);
}
