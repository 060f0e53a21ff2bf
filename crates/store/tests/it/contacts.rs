//! Contacts, as several nodes write them (AUTH-5, REQ-3).

use crate::support::Fixture;
use jiff::Timestamp;
use slotbridge_domain::ids::{ConsumerId, PracticeId};
use slotbridge_store::Tx;
use slotbridge_store::contacts::{self, Contact};

fn write(fixture: &Fixture, contacts: &[(PracticeId, Contact)]) {
    let contacts = contacts.to_vec();
    let upsert = move |tx: &mut Tx<'_>| contacts::upsert(tx, &contacts);
    let written = fixture.store.begin_global().keep_books(upsert);
    fixture.runtime.block_on(written).unwrap();
}

/// More than one statement takes, and not a multiple of that.
#[test]
fn each_of_many_is_written_req_3() {
    let fixture = Fixture::new();
    let practices: Vec<_> = (0..35).map(|_| fixture.practice()).collect();
    for round in [1, 2] {
        let contact = |practice: &PracticeId| Contact {
            consumer_id: ConsumerId::new(practice.get() + 100).unwrap(),
            last_contact_at: Timestamp::from_second(round * 1000 + practice.get()).unwrap(),
            user_agent: (round == 1).then(|| format!("agent {practice}")),
        };
        let all: Vec<_> = practices.iter().map(|id| (*id, contact(id))).collect();
        write(&fixture, &all);
        for (practice, sent) in all {
            let found = fixture.read(practice, contacts::list).unwrap();
            let [found] = <[Contact; 1]>::try_from(found).unwrap();
            assert_eq!(found.consumer_id, sent.consumer_id);
            assert_eq!(found.last_contact_at, sent.last_contact_at);
            assert_eq!(found.user_agent, Some(format!("agent {practice}")));
        }
    }
}

#[test]
fn a_later_contact_stays_whoever_writes_last_req_3() {
    let fixture = Fixture::new();
    let practice = fixture.practice();
    let at = |second| Timestamp::from_second(second).unwrap();
    let written = |second, agent: Option<&str>| {
        let contact = Contact {
            consumer_id: ConsumerId::new(1).unwrap(),
            last_contact_at: at(second),
            user_agent: agent.map(str::to_owned),
        };
        write(&fixture, &[(practice, contact)]);
        let all = fixture.read(practice, contacts::list).unwrap();
        let [one] = <[Contact; 1]>::try_from(all).unwrap();
        (one.last_contact_at, one.user_agent.unwrap())
    };
    assert_eq!(written(20, Some("A")), (at(20), "A".to_owned()));
    let after = written(10, None);
    assert_eq!(after, (at(20), "A".to_owned()), "an earlier one is no news");
    assert_eq!(written(30, Some("B")), (at(30), "B".to_owned()));
}
