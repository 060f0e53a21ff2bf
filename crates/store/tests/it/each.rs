//! What one statement reads of each of several practices is what is read of one by one.

use crate::support::{Fixture, insert_booking, now, target};
use jiff::{SignedDuration, Timestamp};
use slotbridge_domain::ids::{AppointmentTypeId, BookingId, PracticeId, PractitionerId};
use slotbridge_domain::request::RequestType;
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::holds::{self, Hold};
use slotbridge_store::pms_resources::{self, PmsResource};
use slotbridge_store::slot_blocks::{self, SlotBlock};
use slotbridge_store::{Result, Tx, requests, resource_days, taken};
use std::collections::BTreeMap;
use std::fmt::Debug;

const DAYS: [&str; 4] = ["2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25"];

/// Of everything something, within the days that are read and beside them; some of it with the number of
/// its practice.
fn fill(tx: &mut Tx<'_>, of_bookings: &[i64]) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    let resource = format!("R{practice}");
    let sent = PmsResource {
        pms_resource_id: resource.clone(),
        name: resource.clone(),
        title: None,
        firstname: None,
        lastname: None,
        live: true,
        position: 1,
        practitioner_id: None,
    };
    pms_resources::upsert(tx, &sent)?;
    for day in DAYS {
        resource_days::upsert(tx, &resource, day, &format!("[\"{practice} {day}\"]"))?;
    }
    for number in of_bookings {
        insert_booking(tx, BookingId::of(practice, *number))?;
        requests::raise(tx, RequestType::Bookings, &target(practice, *number))?;
    }
    let second = BookingId::of(practice, 2);
    if let Some(Booking { mut life, .. }) = bookings::get(tx, second)? {
        life.occupies = false;
        bookings::set_life(tx, second, &life)?;
    }
    let at = |hours| now + SignedDuration::from_hours(hours);
    for (number, start, expires_at) in [(1, at(1), at(1)), (2, at(90), at(1)), (3, at(1), now)] {
        let hold = Hold {
            hold_hash: vec![number, u8::try_from(practice.get() % 100).unwrap_or(0)],
            practitioner_id: PractitionerId::of(practice, 1),
            appointment_type_id: AppointmentTypeId::of(practice, 1),
            pms_resource_id: resource.clone(),
            start,
            end: start + SignedDuration::from_hours(1),
            expires_at,
        };
        holds::insert(tx, &hold)?;
    }
    for (number, day) in (1..).zip(DAYS) {
        let block = SlotBlock {
            pms_resource_id: resource.clone(),
            start: now,
            end: at(1),
        };
        slot_blocks::insert(tx, BookingId::of(practice, number), day, &block)?;
    }
    Ok(())
}

fn sorted<T: Debug>(all: impl IntoIterator<Item = T>) -> Vec<String> {
    let mut all: Vec<_> = all.into_iter().map(|one| format!("{one:?}")).collect();
    all.sort_unstable();
    all
}

/// What the pictures of some days are drawn from, and what is outstanding.
type Read = (Vec<String>, Vec<String>, Vec<RequestType>);

fn of_one(tx: &mut Tx<'_>, lasting: (Timestamp, Timestamp)) -> Result<Read> {
    let ranges = resource_days::between(tx, DAYS[1], DAYS[2])?;
    let taken = taken::ask(tx, lasting, (DAYS[1], DAYS[2]))?;
    let types = requests::ask_outstanding_types(tx)?;
    let (ranges, taken) = (sorted(ranges.all(tx)?), sorted(taken.all(tx)?));
    Ok((ranges, taken, types.all(tx)?))
}

fn of_each(
    tx: &mut Tx<'_>,
    practices: &[PracticeId],
    lasting: (Timestamp, Timestamp),
) -> Result<BTreeMap<PracticeId, Read>> {
    let ranges = resource_days::between_of_each(tx, practices, DAYS[1], DAYS[2])?;
    let taken = taken::ask_of_each(tx, practices, lasting, (DAYS[1], DAYS[2]))?;
    let (ranges, taken) = (ranges.all(tx)?, taken.all(tx)?);
    let mut types = requests::outstanding_types_of_each(tx, practices)?;
    let mut read = |id: &PracticeId| {
        let of = |(practice, _): &&(PracticeId, _)| practice == id;
        let ranges = sorted(ranges.iter().filter(of).map(|(_, day)| day));
        let taken = taken.iter().filter(|(practice, _)| practice == id);
        let taken = sorted(taken.map(|(_, taken)| taken));
        (*id, (ranges, taken, types.remove(id).unwrap_or_default()))
    };
    Ok(practices.iter().map(&mut read).collect())
}

#[test]
fn what_is_read_of_each_of_several_practices_is_what_is_read_of_one() {
    let fixture = Fixture::new();
    let practices = [(); 4].map(|()| fixture.practice());
    for (practice, of_bookings) in practices.into_iter().zip([&[1, 2][..], &[1], &[]]) {
        let fill = fixture.write(practice, move |tx| fill(tx, of_bookings));
        fill.unwrap();
    }
    let now = now(&fixture);
    let lasting = (now, now + SignedDuration::from_hours(48));
    let [first, second, third, empty] = practices;
    let together = [first, third, empty];
    let read = move |tx: &mut Tx<'_>| of_each(tx, &together, lasting);
    let each = fixture.read_global(read).unwrap();
    assert_eq!(each.len(), 3, "not that of {second}");
    for (practice, (ranges, taken, types)) in each {
        let one = fixture.read(practice, move |tx| of_one(tx, lasting));
        assert_eq!((ranges, taken, types), one.unwrap(), "{practice}");
    }
    let counts = |practice| {
        let one = fixture.read(practice, move |tx| of_one(tx, lasting));
        let (ranges, taken, types) = one.unwrap();
        (ranges.len(), taken.len(), types.len())
    };
    assert_eq!(
        practices.map(counts),
        [(2, 4, 1), (2, 4, 1), (2, 3, 0), (0, 0, 0)]
    );
}
