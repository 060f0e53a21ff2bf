//! Chapter one: the practice publishes itself and its free times, and a patient finds them.

use super::Times;
use crate::demo::check::{Outcome, Teller, equal, holds, unmet};
use crate::demo::patient::Slot;
use crate::demo::pms::{DOCTOR, DOCTOR_NAME, KIND_NAME, MINUTES, starts};
use crate::demo::setup::PRACTICE;
use crate::demo::stage::Stage;
use crate::failure::Failure;
use jiff::civil::{Date, DateTime};
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) async fn play(stage: &Stage, teller: &mut Teller) -> Result<Times, Failure> {
    let days = stage.wall.coming_days();
    teller
        .step(
            "A practice, a vendor and a consent are set up",
            async |teller| set_up(stage, teller).await,
        )
        .await?;
    teller
        .step("The PMS sends its liveness contract", async |teller| {
            contract(stage, teller).await
        })
        .await?;
    teller
        .step(
            "The PMS sends resources, appointment types and availability",
            async |teller| publish(stage, teller).await,
        )
        .await?;
    teller
        .step("A patient finds the times", async |teller| {
            find(stage, teller, &days).await
        })
        .await
}

async fn set_up(stage: &Stage, teller: &mut Teller) -> Outcome<()> {
    let id = stage.account.practice_id;
    let found = stage.patient.search("harbour").await?;
    let practices = found
        .get("data")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let ours = |practice: &&Value| practice.get("practiceId") == Some(&Value::from(id));
    let Some(practice) = practices.iter().find(ours) else {
        return unmet(
            "patients who search for harbour",
            format!("practice {id}"),
            found,
        );
    };
    equal(
        "its name",
        Some(PRACTICE),
        practice.get("name").and_then(Value::as_str),
    )?;
    let listed = stage.operator_sees("consents").await?;
    let holder = listed.pointer("/data/0/consumerId").and_then(Value::as_i64);
    equal(
        "the consumer with the consent",
        Some(stage.account.consumer_id),
        holder,
    )?;
    teller.saw(format!(
        "practice {id}, {PRACTICE}, is found by patients who search for harbour"
    ));
    Ok(())
}

async fn contract(stage: &Stage, teller: &mut Teller) -> Outcome<()> {
    let sent = stage.pms.link().await?;
    let got = stage.observer.get_liveness_contract().await?;
    equal("GET /config/livenessContract", Some(sent), got.live_hours)?;
    teller.saw("GET /config/livenessContract answers it as sent");
    Ok(())
}

async fn publish(stage: &Stage, teller: &mut Teller) -> Outcome<()> {
    stage.pms.publish().await?;
    let resources = stage.observer.get_resources().await?;
    let doctor = resources.iter().find(|one| one.pms_resource_id == DOCTOR);
    equal(
        "GET /config/pmsResources",
        Some(DOCTOR_NAME),
        doctor.map(|one| &*one.pms_resource_name),
    )?;
    let one = stage.observer.find_by_pms_resource_id(DOCTOR).await?;
    equal("findById", doctor.cloned(), one)?;
    let names = resources.iter().map(|one| &*one.pms_resource_name);
    let names: Vec<&str> = names.collect();
    teller.saw(format!(
        "GET /config/pmsResources answers {}",
        names.join(", ")
    ));
    for kind in stage.observer.get_pms_appointment_types().await? {
        teller.saw(format!(
            "GET /config/pmsAppointmentTypes answers {}, {} minutes",
            kind.pms_appointment_type_name,
            kind.pms_appointment_length.unwrap_or_default(),
        ));
    }
    Ok(())
}

/// What is offered of the doctor and the kind of appointment that the story is about.
async fn offered(stage: &Stage, days: &[Date]) -> Outcome<Vec<Slot>> {
    let (Some(from), Some(to)) = (days.first(), days.last()) else {
        return unmet("the coming days", "14", days.len());
    };
    let page = stage.patient.practice().await?;
    let named = |list: &Value, name: &str| {
        let all = list.as_array().into_iter().flatten();
        let mut found = all.filter(|one| one.get("name").and_then(Value::as_str) == Some(name));
        found.next().cloned().unwrap_or_default()
    };
    let id = |value: &Value, key: &str| value.get(key).and_then(Value::as_i64);
    let doctor = named(
        page.get("practitioners").unwrap_or(&Value::Null),
        DOCTOR_NAME,
    );
    let kind = named(
        doctor.get("appointmentTypes").unwrap_or(&Value::Null),
        KIND_NAME,
    );
    let ids = (
        id(&doctor, "practitionerId"),
        id(&kind, "appointmentTypeId"),
    );
    let mut slots = stage.patient.slots(*from, *to).await?;
    slots.retain(|slot| ids == (Some(slot.practitioner_id), Some(slot.appointment_type_id)));
    Ok(slots)
}

async fn find(stage: &Stage, teller: &mut Teller, days: &[Date]) -> Outcome<Times> {
    let slots = offered(stage, days).await?;
    let expected: BTreeSet<DateTime> = days.iter().flat_map(|day| starts(*day)).collect();
    let found: BTreeSet<DateTime> = slots.iter().map(|slot| stage.time_of(slot)).collect();
    let differ: Vec<String> = expected
        .symmetric_difference(&found)
        .map(ToString::to_string)
        .collect();
    let none = differ.is_empty();
    holds(
        "the times that are offered",
        none,
        "those of the working hours",
        differ.join(", "),
    )?;
    equal("how many times are offered", expected.len(), slots.len())?;
    let length = |slot: &&Slot| slot.end.duration_since(slot.start).as_secs() == MINUTES * 60;
    equal(
        "times of their length",
        slots.len(),
        slots.iter().filter(length).count(),
    )?;
    teller.saw(format!(
        "{} times of {DOCTOR_NAME} in the coming 14 days, each of {MINUTES} minutes, all as the \
         working hours say",
        slots.len()
    ));
    let open: Vec<&Date> = days
        .iter()
        .filter(|day| starts(**day).next().is_some())
        .collect();
    let on = |day: usize, hour: i8, minute: i8| {
        let time = open.get(day)?.at(hour, minute, 0, 0);
        slots
            .iter()
            .find(|slot| stage.time_of(slot) == time)
            .cloned()
    };
    match (on(0, 9, 0), on(1, 10, 30), on(2, 14, 0)) {
        (Some(first), Some(second), Some(third)) => Ok(Times {
            first,
            second,
            third,
        }),
        _ => unmet("times to book", "on the first three days", "one is missing"),
    }
}
