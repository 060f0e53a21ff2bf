//! A new master key, and what it leaves readable of what was there before.

use crate::opening::refusal;
use crate::support::{ALL, Fixture, Raw, noted, runtime};
use jiff::Timestamp;
use slotbridge_domain::clock::Random;
use slotbridge_domain::date_type::DateType;
use slotbridge_domain::ids::{BookingId, PracticeId};
use slotbridge_domain::staff::LinkKind;
use slotbridge_store::client_snapshots::{self, ClientSnapshot};
use slotbridge_store::messages::{self, New};
use slotbridge_store::seal::{DataKey, MasterKey};
use slotbridge_store::staff_links::Link;
use slotbridge_store::{Result, Store, Tx, audit, bookings, staff, staff_links};
use slotbridge_testkit::database::{MASTER_KEY, open};
use slotbridge_testkit::{TestClock, TestDatabase, TestRandom};
use std::sync::Arc;

const DATE: &str = "2026-11-24";

/// Whatever is sealed under a practice's key, as it lies in the rows.
#[derive(Clone, Debug)]
struct Rows {
    booking: Vec<u8>,
    note: Vec<u8>,
    message: Vec<u8>,
    snapshot: Vec<u8>,
    catalogue: Vec<u8>,
}

/// Writes one of each.
fn write(tx: &mut Tx<'_>, random: Arc<dyn Random>) -> Result<()> {
    let id = BookingId::of(tx.practice()?, 1);
    let (key, data_key) = (tx.practice_key()?, DataKey::generate(random)?);
    let mut booking = crate::support::booking(tx, id);
    booking.data_key = Some(key.wrap(id, &data_key)?);
    let indexes = bookings::Indexes {
        phone: vec![],
        name: vec![],
        email: vec![],
    };
    bookings::insert(tx, &booking, &indexes)?;
    let entry = noted(tx, id, key.seal(audit::NOTE, b"Anna")?);
    audit::record(tx, &entry)?;
    let new = New {
        kind: "reminder",
        subject: "1",
        booking_id: None,
        channel: "mail",
        sealed: &key.seal(&messages::sealed_as("reminder", "1"), b"Anna")?,
        expires_at: tx.now(),
    };
    messages::insert(tx, &new)?;
    let name = client_snapshots::sealed_as(DATE, DateType::Appointment);
    let snapshot = ClientSnapshot {
        date: DATE.into(),
        date_type: DateType::Appointment,
        received_at: tx.now(),
        data_key: key.wrap_key_of(&name, &data_key)?,
        content: vec![],
        summary: vec![],
    };
    client_snapshots::put(tx, &snapshot)?;
    let catalogue = key.seal(client_snapshots::CATALOGUE_AS, b"Anna")?;
    client_snapshots::put_catalogue(tx, &catalogue)
}

fn rows(tx: &mut Tx<'_>) -> Result<Rows> {
    let id = BookingId::of(tx.practice()?, 1);
    let snapshot = client_snapshots::get(tx, DATE, DateType::Appointment)?;
    Ok(Rows {
        booking: bookings::get(tx, id)?.unwrap().data_key.unwrap(),
        note: audit::list(tx, None, ALL)?.entries[0].note.clone().unwrap(),
        message: messages::list(tx, ALL)?.entries[0].sealed.clone(),
        snapshot: snapshot.unwrap().data_key,
        catalogue: client_snapshots::catalogue(tx)?.unwrap(),
    })
}

/// Which of them the practice's key opens.
fn opened(tx: &mut Tx<'_>, rows: &Rows) -> Result<[bool; 5]> {
    let (id, key) = (BookingId::of(tx.practice()?, 1), tx.practice_key()?);
    let name = client_snapshots::sealed_as(DATE, DateType::Appointment);
    let message = messages::sealed_as("reminder", "1");
    Ok([
        key.unwrap(id, &rows.booking).is_ok(),
        key.open(audit::NOTE, &rows.note).is_ok(),
        key.open(&message, &rows.message).is_ok(),
        key.unwrap_key_of(&name, &rows.snapshot).is_ok(),
        key.open(client_snapshots::CATALOGUE_AS, &rows.catalogue)
            .is_ok(),
    ])
}

fn read<T: Send + 'static>(
    store: &Store,
    practice: PracticeId,
    use_case: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> T {
    runtime()
        .block_on(store.begin(practice).read(use_case))
        .unwrap()
}

/// A store that was closed, with practices that have one of each, and what lay in their rows.
struct Closed {
    database: TestDatabase,
    practices: Vec<PracticeId>,
    before: Vec<Rows>,
    clock: Arc<TestClock>,
    random: Arc<TestRandom>,
}

impl Closed {
    fn new() -> Self {
        let fixture = Fixture::new();
        let practices = vec![fixture.practice(), fixture.practice()];
        let mut before = Vec::new();
        for practice in practices.iter().copied() {
            let random: Arc<dyn Random> = fixture.random.clone();
            fixture
                .write(practice, move |tx| write(tx, Arc::clone(&random)))
                .unwrap();
            before.push(fixture.read(practice, rows).unwrap());
        }
        let (clock, random, database) = fixture.close();
        Self {
            database,
            practices,
            before,
            clock,
            random,
        }
    }

    fn open(&self, present: MasterKey, previous: Option<MasterKey>) -> Result<Store> {
        let mut options = self
            .database
            .options(self.clock.clone(), self.random.clone());
        options.master_key = present;
        options.previous_master_key = previous;
        open(options)
    }
}

fn old() -> MasterKey {
    MasterKey::new(MASTER_KEY)
}

fn new() -> MasterKey {
    MasterKey::new([8; 32])
}

#[test]
fn a_new_master_key_takes_over_and_opens_nothing_of_an_older_backup() {
    let closed = Closed::new();
    let words = refusal(closed.open(new(), Some(MasterKey::new([9; 32]))));
    assert!(words.contains("master key"), "{words}");
    // Twice: another node may have started in between.
    for _ in 0..2 {
        drop(closed.open(new(), Some(old())).unwrap());
    }
    let words = refusal(closed.open(old(), None));
    assert!(words.contains("master key"), "{words}");
    let store = closed.open(new(), None).unwrap();
    for (practice, before) in closed.practices.iter().zip(&closed.before) {
        let before = before.clone();
        let (kept, lost) = read(&store, *practice, move |tx| {
            let now = rows(tx)?;
            Ok((opened(tx, &now)?, opened(tx, &before)?))
        });
        assert_eq!(kept, [true; 5]);
        assert_eq!(lost, [false; 5], "what was erased since lies so in backups");
    }
}

#[test]
fn nodes_that_have_both_keys_read_what_each_other_writes() {
    let closed = Closed::new();
    drop(closed.open(new(), Some(old())).unwrap());
    // A node that was started before the others had the new key.
    let store = closed.open(old(), Some(new())).unwrap();
    for practice in &closed.practices {
        let all = read(&store, *practice, |tx| {
            let now = rows(tx)?;
            opened(tx, &now)
        });
        assert_eq!(all, [true; 5]);
    }
}

#[test]
fn a_change_that_was_cut_off_is_finished_and_not_begun_without_the_key_before() {
    let closed = Closed::new();
    drop(closed.open(new(), Some(old())).unwrap());
    // As if the process had died after it had changed the practices' keys.
    Raw::open(&closed.database).execute(&format!(
        "UPDATE settings SET value = '{}' WHERE name = 'sealed_under'",
        old().fingerprint()
    ));
    let words = refusal(closed.open(new(), None));
    assert!(words.contains("SLOTBRIDGE_PREVIOUS_MASTER_KEY"), "{words}");
    assert!(words.contains(&old().fingerprint()), "{words}");
    drop(closed.open(new(), Some(old())).unwrap());
    drop(closed.open(new(), None).unwrap());
}

#[test]
fn a_value_that_no_key_opens_holds_nobody_up() {
    let closed = Closed::new();
    let raw = Raw::open(&closed.database);
    if matches!(raw, Raw::Postgres(_)) {
        raw.execute("SET slotbridge.practice_id = '0'");
    }
    raw.execute("UPDATE audit SET note = data_key FROM bookings");
    drop(closed.open(new(), Some(old())).unwrap());
    let store = closed.open(new(), None).unwrap();
    let all = read(&store, closed.practices[0], |tx| {
        let now = rows(tx)?;
        opened(tx, &now)
    });
    assert_eq!(all, [true, false, true, true, true]);
}

#[test]
fn staff_are_found_and_read_before_while_and_after_the_key_is_changed() {
    let closed = Closed::new();
    let store = closed.open(old(), None).unwrap();
    let write = |tx: &mut Tx<'_>| {
        let id = staff::next_id(tx)?;
        let index = staff::email_index(tx, "kim@staff.example")?;
        let person = tx.keyring().seal(&staff::person_context(id), b"Kim")?;
        assert!(staff::insert(tx, id, &person, &index)?);
        let secret = tx.keyring().seal(&staff::totp_context(id), b"secret")?;
        staff::set_totp(tx, id, &secret, 1)?;
        let link_id = staff_links::next_id(tx)?;
        let context = staff_links::totp_context(link_id);
        let link = Link {
            link_id,
            staff_id: id,
            kind: LinkKind::SetUp,
            totp_secret: Some(tx.keyring().seal(&context, b"another")?),
            expires_at: Timestamp::MAX,
        };
        staff_links::put(tx, &link, &[7; 32])
    };
    runtime()
        .block_on(store.begin_global().write(write))
        .unwrap();
    drop(store);
    let is_whole = |store: &Store| {
        let look = |tx: &mut Tx<'_>| -> Result<()> {
            let index = staff::email_index(tx, "KIM@staff.example")?;
            let found = staff::by_email(tx, &index)?.unwrap();
            let id = found.staff_id;
            let open = |context: &str, sealed: &[u8]| tx.keyring().open(context, sealed);
            let person = open(&staff::person_context(id), &found.person)?;
            let secret = open(&staff::totp_context(id), &found.totp_secret.unwrap())?;
            assert_eq!((&person[..], &secret[..]), (&b"Kim"[..], &b"secret"[..]));
            let link = staff_links::find(tx, &[7; 32])?.unwrap();
            let context = staff_links::totp_context(link.link_id);
            let another = tx.keyring().open(&context, &link.totp_secret.unwrap())?;
            assert_eq!(&another[..], b"another");
            Ok(())
        };
        runtime().block_on(store.begin_global().read(look)).unwrap();
    };
    is_whole(&closed.open(old(), Some(new())).unwrap());
    is_whole(&closed.open(new(), Some(old())).unwrap());
    is_whole(&closed.open(new(), None).unwrap());
}
