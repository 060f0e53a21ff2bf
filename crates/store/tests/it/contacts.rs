//! Contacts, as several nodes write them (AUTH-5, REQ-3).

use crate::support::Fixture;
use jiff::Timestamp;
use slotbridge_domain::ids::ConsumerId;
use slotbridge_store::Tx;
use slotbridge_store::contacts::{self, Contact};

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
        let write = move |tx: &mut Tx<'_>| contacts::upsert(tx, &contact);
        fixture.write(practice, write).unwrap();
        let all = fixture.read(practice, contacts::list).unwrap();
        let [one] = <[Contact; 1]>::try_from(all).unwrap();
        (one.last_contact_at, one.user_agent.unwrap())
    };
    assert_eq!(written(20, Some("A")), (at(20), "A".to_owned()));
    let after = written(10, None);
    assert_eq!(after, (at(20), "A".to_owned()), "an earlier one is no news");
    assert_eq!(written(30, Some("B")), (at(30), "B".to_owned()));
}
