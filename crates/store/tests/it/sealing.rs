//! Personal data is sealed from the first commit on.

use crate::support::{Fixture, Raw, booking, insert_booking, noted};
use slotbridge_domain::clock::Random;
use slotbridge_domain::ids::BookingId;
use slotbridge_store::bookings::{self, Indexes};
use slotbridge_store::seal::DataKey;
use slotbridge_store::{Result, Tx, audit, operator_tokens};
use std::sync::Arc;

const SEALED: &str = "Wilhelmina Canary, 0491 570 156";
/// What is not personal stands there in plain: the search that finds it would find the other.
const PLAIN: &str = "Plain as the day";

fn write_person(tx: &mut Tx<'_>, id: BookingId, random: Arc<dyn Random>) -> Result<()> {
    let key = tx.practice_key()?;
    let data_key = DataKey::generate(random)?;
    let mut booking = booking(tx, id);
    booking.comments = PLAIN.into();
    booking.data_key = Some(key.wrap(id, &data_key)?);
    booking.person = Some(data_key.seal("person", SEALED.as_bytes())?);
    booking.pms_record = Some(data_key.seal("pms record", SEALED.as_bytes())?);
    let indexes = Indexes {
        phone: key.blind_index("phone", SEALED),
        name: key.blind_index("name", SEALED),
        email: key.blind_index("email", SEALED),
    };
    bookings::insert(tx, &booking, &indexes)?;
    if let Some(record) = &booking.pms_record {
        bookings::set_pms_record(tx, id, record)?;
    }
    let note = key.seal(audit::NOTE, SEALED.as_bytes())?;
    audit::record(tx, &noted(tx, id, note))
}

fn write(fixture: &Fixture) -> BookingId {
    let id = BookingId::of(fixture.practice(), 1);
    let random: Arc<dyn Random> = fixture.random.clone();
    fixture
        .write(id.practice(), move |tx| {
            write_person(tx, id, Arc::clone(&random))
        })
        .unwrap();
    id
}

/// Which files of a folder hold a text.
fn files_with(folder: &std::path::Path, text: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let bytes = std::fs::read(path).unwrap();
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        })
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// All rows of the tables that hold personal data, as PostgreSQL gives them.
fn rows_with(raw: &crate::support::RawPostgres, text: &str) -> usize {
    raw.execute("SET slotbridge.practice_id = '0'");
    let rows = raw.query(
        "SELECT encode(convert_to(b::text, 'UTF8'), 'escape') || encode(person, 'escape')
            || encode(pms_record, 'escape') || encode(data_key, 'escape')
            || encode(phone_index, 'escape') || encode(name_index, 'escape') FROM bookings b
         UNION ALL SELECT a::text || encode(note, 'escape') FROM audit a",
    );
    assert_eq!(rows.len(), 2);
    rows.iter()
        .filter(|row| row.get::<_, &str>(0).contains(text))
        .count()
}

#[test]
fn personal_data_lies_nowhere_in_plain() {
    let fixture = Fixture::new();
    let id = write(&fixture);
    match Raw::open(&fixture.database) {
        Raw::Postgres(raw) => {
            assert_eq!((rows_with(&raw, PLAIN), rows_with(&raw, SEALED)), (1, 0));
        }
        Raw::Sqlite(raw) => {
            let folder = fixture.database.folder().unwrap();
            let found = |text| files_with(folder, text);
            assert_eq!(found(PLAIN), ["slotbridge.sqlite-wal"]);
            assert_eq!(found(SEALED), Vec::<String>::new());
            raw.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
                .unwrap();
            assert_eq!(found(PLAIN), ["slotbridge.sqlite"]);
            assert_eq!(found(SEALED), Vec::<String>::new());
        }
    }
    let person = fixture
        .read(id.practice(), move |tx| {
            let booking = bookings::get(tx, id)?.unwrap();
            let key = tx.practice_key()?.unwrap(id, &booking.data_key.unwrap())?;
            key.open("person", &booking.person.unwrap())
        })
        .unwrap();
    assert_eq!(person.as_slice(), SEALED.as_bytes());
}

#[test]
fn an_error_never_quotes_a_row() {
    let fixture = Fixture::new();
    let id = write(&fixture);
    let error = fixture
        .write(id.practice(), move |tx| {
            let mut twice = booking(tx, id);
            twice.comments = SEALED.into();
            let indexes = Indexes {
                phone: vec![],
                name: vec![],
                email: vec![],
            };
            bookings::insert(tx, &twice, &indexes)?;
            bookings::get(tx, id).map(drop)
        })
        .unwrap_err();
    let words = format!("{error} {error:?}");
    assert!(words.contains("bookings::INSERT"), "{words}");
    assert!(
        !words.contains(SEALED) && !words.contains(&id.to_string()),
        "{words}"
    );
}

#[test]
fn an_error_never_quotes_a_key_s_hash() {
    let fixture = Fixture::new();
    let twice = fixture.store.begin_global().write(|tx| {
        operator_tokens::insert(tx, "one", &[0xab; 32])?;
        operator_tokens::insert(tx, "two", &[0xab; 32])
    });
    let error = fixture.runtime.block_on(twice).unwrap_err();
    let words = format!("{error} {error:?}");
    assert!(words.contains("operator_tokens::INSERT"), "{words}");
    assert!(!words.contains("abab"), "{words}");
}

#[test]
fn the_blind_index_finds_the_person_s_bookings() {
    let fixture = Fixture::new();
    let id = write(&fixture);
    let other = BookingId::of(id.practice(), 2);
    fixture
        .write(id.practice(), move |tx| insert_booking(tx, other))
        .unwrap();
    let found = fixture
        .read(id.practice(), |tx| {
            let key = tx.practice_key()?;
            let by_phone = bookings::by_phone(tx, &key.blind_index("phone", SEALED), 10)?;
            let by_name = bookings::by_name(tx, &key.blind_index("name", SEALED), 10)?;
            let ids = |found: Vec<bookings::Booking>| -> Vec<_> {
                found
                    .into_iter()
                    .map(|booking| booking.booking_id)
                    .collect()
            };
            Ok((ids(by_phone), ids(by_name)))
        })
        .unwrap();
    assert_eq!(found, (vec![id], vec![id]));
}
