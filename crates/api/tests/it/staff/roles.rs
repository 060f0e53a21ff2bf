//! Staff do at their own practice what their role allows, and reach nothing of another's.

use super::refused;
use jiff::Timestamp;
use serde_json::json;
use slotbridge_domain::ids::{AppointmentTypeId, BookingId, PracticeId, PractitionerId};
use slotbridge_domain::staff::{LinkKind, Role};
use slotbridge_hub::admin::bookings::{Deed, PersonSearch};
use slotbridge_hub::admin::practices::Details;
use slotbridge_hub::admin::{
    attention, bookability, bookings, catalogue, client_snapshots, consents, deliveries, documents,
    health, messages, practices, requests, trail,
};
use slotbridge_hub::auth::Staff;
use slotbridge_hub::rows::{WantedDeliveries, Window};
use slotbridge_hub::staff::{Person, accounts, links};
use slotbridge_hub::{Hub, Result};
use slotbridge_testkit::{Clinic, TestApp};

const WINDOW: Window = Window {
    limit: 10,
    offset: 0,
};

/// What is done at a practice.
struct At {
    hub: Hub,
    id: PracticeId,
    booking: BookingId,
    practitioner: PractitionerId,
    kind: AppointmentTypeId,
}

/// Makes the use cases of a list: each by its name, with whether a receptionist may.
macro_rules! use_cases {
    ($at:ident, $who:ident, $tx:ident; $($name:literal $everybody:literal $write:ident => $call:expr;)*) => {
        [$({
            let at = $at;
            let (hub, id) = (at.hub.clone(), at.id);
            let (booking, practitioner, kind) = (at.booking, at.practitioner, at.kind);
            let _ = (booking, practitioner, kind, &hub);
            let $who = $who.clone();
            let done: Result<()> = at.hub.$write(id, move |$tx| {
                let $at = (id, booking, practitioner, kind, &hub);
                let _ = $at;
                $call.map(drop)
            }).await;
            ($name, $everybody, refused(done))
        }),*]
    };
}

async fn all(at: &At, who: &Staff) -> Vec<(&'static str, bool, &'static str)> {
    let mut seen: Vec<_> = use_cases! { at, who, tx;
        "attention" true read => attention::list(tx, &who, at.0);
        "bookability" true read =>
            bookability::get(tx, &who, at.0, at.2, at.3, Timestamp::UNIX_EPOCH);
        "bookings" true read => bookings::list(tx, &who, at.0, (None, None), WINDOW);
        "search" true read =>
            bookings::search(tx, &who, at.0, &PersonSearch::Phone("0491570156".into()));
        "booking" true read => bookings::get(tx, &who, at.0, at.1);
        "change" true write => bookings::change(
            tx, &who, &who.context(String::new()), at.0, at.1, Deed::Cancel, None);
        "documents" true read => documents::list(tx, &who, at.0, at.1);
        "trail of a booking" true read => trail::list(tx, &who, at.0, Some(at.1), WINDOW);
        "trail" false read => trail::list(tx, &who, at.0, None, WINDOW);
        "catalogue" true read => catalogue::get(tx, &who, at.0);
        "put practitioner" false write => catalogue::put_practitioner(
            tx, &who, &who.context(String::new()), at.0, Some(at.2), &Default::default());
        "put type" false write => catalogue::put_appointment_type(
            tx, &who, &who.context(String::new()), at.0, Some(at.3), &Default::default());
        "snapshots" false read => client_snapshots::list(tx, &who, at.0, WINDOW);
        "client catalogue" false read => client_snapshots::catalogue(tx, &who, at.0);
        "deliveries" false read =>
            deliveries::list(tx, &who, at.0, WantedDeliveries::default(), WINDOW);
        "messages" false read => messages::list(tx, &who, at.0, WINDOW);
        "requests" false read => requests::list(tx, &who, at.0, WINDOW);
        "holidays" true read => health::holidays(tx, &who, at.0);
        "set holidays" false write =>
            health::set_holidays(tx, &who, &who.context(String::new()), at.0, &[]);
        "practice" true read => practices::get(tx, &who, at.0);
        "update practice" false write => practices::update(
            tx, &who, &who.context(String::new()), at.0, Details::default());
        "staff" false read => accounts::of_practice(tx, &who, at.0);
        "add staff" false write => accounts::add(
            tx, &who, &who.context(String::new()), at.0,
            &Person { name: "Z".into(), email: format!("z{}@staff.example", at.0) },
            Role::Receptionist, &at.4.new_staff_link(LinkKind::SetUp));
        "link" false write => links::make(
            tx, &who, &who.context(String::new()), at.0, who.staff_id(),
            &at.4.new_staff_link(LinkKind::Password));
    }
    .into_iter()
    .collect();
    let read = health::get(&at.hub, who, at.id, WINDOW).await;
    seen.push(("health", true, refused(read)));
    let read = consents::list(&at.hub, who, at.id).await;
    seen.push(("consents", false, refused(read)));
    let id = at.id;
    let someone = who.clone();
    let context = who.context(String::new());
    let revoked = at
        .hub
        .write(id, move |tx| {
            consents::revoke(
                tx,
                &someone,
                &context,
                slotbridge_domain::ids::ConsumerId::new(9).unwrap(),
            )
        })
        .await;
    // There is none, for whoever may look.
    let revoked = match refused(revoked) {
        "not found" if who.practice_id() == id => "not refused",
        other => other,
    };
    seen.push(("revoke consent", false, revoked));
    seen
}

async fn at(clinic: &Clinic, start: &str) -> At {
    let booked = clinic.book(start).await;
    At {
        hub: clinic.app.hub.clone(),
        id: PracticeId::new(clinic.pms.practice_id).unwrap(),
        booking: BookingId::new(booked.id).unwrap(),
        practitioner: PractitionerId::new(clinic.practitioners[0]).unwrap(),
        kind: AppointmentTypeId::new(clinic.appointment_type).unwrap(),
    }
}

async fn staff(app: &TestApp, practice: PracticeId, name: &str, role: &str) -> Staff {
    let member = app.member(practice.get(), name, role).await;
    let session = app.signed_in(&member.session).await.unwrap();
    session.at(practice).unwrap()
}

#[tokio::test]
async fn managers_may_all_and_receptionists_what_bookings_need() {
    let clinic = Clinic::new().await;
    let own = at(&clinic, "2026-11-24T09:00").await;
    let manager = staff(&clinic.app, own.id, "kim", "manager").await;
    let receptionist = staff(&clinic.app, own.id, "jo", "receptionist").await;
    for (name, _, said) in all(&own, &manager).await {
        assert_eq!(said, "not refused", "{name}");
    }
    for (name, everybody, said) in all(&own, &receptionist).await {
        let wanted = if everybody {
            "not refused"
        } else {
            "forbidden"
        };
        assert_eq!(said, wanted, "{name}");
    }
    let trail = clinic
        .admin("GET", "/audit", serde_json::Value::Null)
        .await
        .expect(200);
    let by = format!("staff:{}", manager.staff_id());
    let mut entries = trail["data"].as_array().unwrap().iter();
    assert!(entries.any(|entry| entry["actor"] == by && entry["action"] == "cancel"));
}

#[tokio::test]
async fn another_practice_is_not_found_whatever_the_role() {
    let other = Clinic::new().await;
    let foreign = at(&other, "2026-11-24T09:00").await;
    let own = Clinic::on(other.app).await;
    let id = PracticeId::new(own.pms.practice_id).unwrap();
    let member = own.app.member(id.get(), "kim", "manager").await;
    let session = own.app.signed_in(&member.session).await.unwrap();
    assert_eq!(refused(session.at(foreign.id)), "not found");
    let kim = session.at(id).unwrap();
    let jo = staff(&own.app, id, "jo", "receptionist").await;
    let before = own.app.database.content();
    for who in [&kim, &jo] {
        for (name, _, said) in all(&foreign, who).await {
            assert_eq!(said, "not found", "{name}");
        }
    }
    assert_eq!(own.app.database.content(), before);
}

#[tokio::test]
async fn a_manager_does_not_become_whoever_works_elsewhere_too() {
    let (app, first) = super::app().await;
    let second = app.practice(json!({"name": "Hill Clinic"})).await;
    let id = PracticeId::new(first).unwrap();
    let kim = staff(&app, id, "kim", "manager").await;
    let jo = app.member(first, "jo", "receptionist").await;
    let link = |who: Staff| {
        let (draft, jo) = (app.hub.new_staff_link(LinkKind::Password), jo.staff_id);
        let context = who.context(String::new());
        app.hub.write(id, move |tx| {
            links::make(tx, &who, &context, id, jo, &draft)
        })
    };
    assert!(link(kim.clone()).await.is_ok());
    let body = json!({"name": "Jo", "email": jo.email, "role": "receptionist"});
    let path = format!("/practices/{second}/staff");
    app.admin("POST", &path, body).await.expect(201);
    assert_eq!(refused(link(kim.clone()).await), "forbidden");

    // Nor is somebody of another practice taken on without an operator.
    let lee = app.member(second, "lee", "manager").await;
    let (person, draft) = (
        Person {
            name: "Lee".into(),
            email: lee.email.clone(),
        },
        app.hub.new_staff_link(LinkKind::SetUp),
    );
    let context = kim.context(String::new());
    let added = app.hub.write(id, move |tx| {
        accounts::add(tx, &kim, &context, id, &person, Role::Receptionist, &draft)
    });
    assert_eq!(refused(added.await), "conflict");
}

#[tokio::test]
async fn whether_a_practice_takes_part_is_the_operator_s_to_say() {
    let (app, practice) = super::app().await;
    let id = PracticeId::new(practice).unwrap();
    let kim = staff(&app, id, "kim", "manager").await;
    let context = kim.context(String::new());
    let off = Details {
        active: Some(false),
        ..Details::default()
    };
    let update = app.hub.write(id, move |tx| {
        practices::update(tx, &kim, &context, id, off.clone())
    });
    assert_eq!(refused(update.await), "forbidden");
}
