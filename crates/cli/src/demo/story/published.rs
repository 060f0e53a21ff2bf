//! Chapter one: the practice publishes itself and its free times, and a patient finds them.

use super::{DOCTOR, Times};
use crate::demo::check::{Outcome, Teller, equal, holds, unmet};
use crate::demo::patient::Slot;
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
        .step("The PMS sends its resources", async |teller| {
            resources(stage, teller).await
        })
        .await?;
    teller
        .step("The PMS sends its appointment types", async |teller| {
            types(stage, teller).await
        })
        .await?;
    teller
        .step("The PMS sends 14 days of availability", async |teller| {
            availability(stage, teller, &days).await
        })
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
    stage.pms.publish_contract().await?;
    let got = stage.observer.get_liveness_contract().await?;
    equal(
        "GET /config/livenessContract",
        &stage.samples.contract,
        &got,
    )?;
    teller.saw("GET /config/livenessContract answers it as sent");
    Ok(())
}

async fn resources(stage: &Stage, teller: &mut Teller) -> Outcome<()> {
    stage.pms.publish_resources().await?;
    let mut got = stage.observer.get_resources().await?;
    got.sort_by(|a, b| a.pms_resource_id.cmp(&b.pms_resource_id));
    equal("GET /config/pmsResources", &stage.samples.resources, &got)?;
    let one = stage.observer.find_by_pms_resource_id(DOCTOR).await?;
    equal("findById", got.first().cloned(), one)?;
    let names: Vec<&str> = got
        .iter()
        .map(|doctor| &*doctor.pms_resource_name)
        .collect();
    teller.saw(format!(
        "GET /config/pmsResources answers {}",
        names.join(", ")
    ));
    Ok(())
}

async fn types(stage: &Stage, teller: &mut Teller) -> Outcome<()> {
    stage.pms.publish_types().await?;
    let got = stage.observer.get_pms_appointment_types().await?;
    equal(
        "GET /config/pmsAppointmentTypes",
        &stage.samples.types,
        &got,
    )?;
    for kind in got {
        teller.saw(format!(
            "GET /config/pmsAppointmentTypes answers {}, {} minutes, of resource {}",
            kind.pms_appointment_type_name,
            kind.pms_appointment_length.unwrap_or_default(),
            kind.pms_resource_id.unwrap_or_default()
        ));
    }
    Ok(())
}

async fn availability(stage: &Stage, teller: &mut Teller, days: &[Date]) -> Outcome<()> {
    equal("the coming days", 14, days.len())?;
    let expected = days.len() * stage.samples.resources.len();
    let first = stage.pms.publish_days(days).await?;
    equal("snapshots that the hub refused", Vec::new(), first.failed)?;
    equal("snapshots that the hub took", expected, first.created.len())?;
    let again = stage.pms.publish_days(days).await?;
    equal(
        "snapshots that it had, sent again",
        expected,
        again.existing.len(),
    )?;
    teller.saw(format!(
        "{expected} snapshots taken; sent again, it has all of them already"
    ));
    Ok(())
}

/// The starts that the working hours of the samples make.
fn starts(stage: &Stage, days: &[Date]) -> BTreeSet<DateTime> {
    let mut starts = BTreeSet::new();
    for range in &stage.samples.day.availability {
        let step = u32::try_from(range.slot_length).unwrap_or(1).max(1);
        let mut at = range.start;
        while at + step <= range.end {
            let minutes = i64::from(at / 60);
            let span = jiff::Span::new().minutes(minutes);
            starts.extend(
                days.iter()
                    .filter_map(|day| day.at(0, 0, 0, 0).checked_add(span).ok()),
            );
            at += step;
        }
    }
    starts
}

async fn find(stage: &Stage, teller: &mut Teller, days: &[Date]) -> Outcome<Times> {
    let (Some(from), Some(to)) = (days.first(), days.last()) else {
        return unmet("the coming days", "14", days.len());
    };
    let slots = stage.patient.slots(*from, *to).await?;
    let expected = starts(stage, days);
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
    let length = |slot: &&Slot| slot.end.duration_since(slot.start).as_secs() == 1800;
    equal(
        "times of 30 minutes",
        slots.len(),
        slots.iter().filter(length).count(),
    )?;
    let page = stage.patient.practice().await?;
    let who = page
        .pointer("/practitioners/0/name")
        .and_then(Value::as_str);
    equal("the practitioner", Some("Doctor Do Good"), who)?;
    teller.saw(format!(
        "{} times of Doctor Do Good from {from} to {to}, each of 30 minutes, all as the working \
         hours say",
        slots.len()
    ));
    let on = |day: usize, hour: i8, minute: i8| {
        let time = days.get(day)?.at(hour, minute, 0, 0);
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
