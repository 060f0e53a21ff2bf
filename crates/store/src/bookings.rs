//! Bookings. What is personal in them comes and goes sealed.

use crate::sql::{Row, statements};
use crate::{Asked, Listed, Result, Tx, Window, args};
use jiff::Timestamp;
use slotbridge_domain::booking::{Attendance, Life, PmsAnswer, Status};
use slotbridge_domain::ids::{AppointmentTypeId, BookingId, PractitionerId};

macro_rules! columns {
    () => {
        "b.booking_id, b.practitioner_id, b.appointment_type_id, b.pms_resource_id, \
         b.pms_appointment_type_id, b.comments, b.start_at, b.end_at, b.is_new_patient, \
         b.status, b.pms_answer, b.attendance, b.handed_out, b.occupies, b.created_at, \
         b.manage_hash, b.data_key, b.person, b.pms_record, b.rescheduled_to"
    };
}

statements! {
    INSERT = "INSERT INTO bookings (practice_id, booking_id, practitioner_id, appointment_type_id,
            pms_resource_id, pms_appointment_type_id, comments, start_at, end_at, is_new_patient,
            status, pms_answer, handed_out, occupies, created_at, manage_hash, data_key, person,
            phone_index, name_index, email_index)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21)";
    GET = concat!("SELECT ", columns!(), " FROM bookings b WHERE practice_id = $1 AND booking_id = $2");
    OUTSTANDING = concat!("SELECT ", columns!(), " FROM requests r
        JOIN bookings b ON b.practice_id = r.practice_id AND b.booking_id = r.booking_id
        WHERE r.practice_id = $1 AND r.type = $2 AND r.resolved_at IS NULL
        ORDER BY r.request_id LIMIT $3 OFFSET $4");
    BY_START = concat!("SELECT ", columns!(), " FROM bookings b WHERE practice_id = $1 AND start_at >= $2 AND start_at < $3
        ORDER BY start_at, booking_id LIMIT $4 OFFSET $5");
    COUNT_BY_START = "SELECT COUNT(*) FROM bookings
        WHERE practice_id = $1 AND start_at >= $2 AND start_at < $3";
    BY_PHONE = concat!("SELECT ", columns!(), " FROM bookings b WHERE practice_id = $1 AND phone_index = $2
        ORDER BY booking_id DESC LIMIT $3");
    BY_NAME = concat!("SELECT ", columns!(), " FROM bookings b WHERE practice_id = $1 AND name_index = $2
        ORDER BY booking_id DESC LIMIT $3");
    LIVE_BY_EMAIL = concat!("SELECT ", columns!(), " FROM bookings b WHERE practice_id = $1 AND email_index = $2
            AND start_at > $3 AND status IN ('requested', 'confirmed')
        ORDER BY start_at, booking_id LIMIT $4");
    SET_RESCHEDULED_TO = "UPDATE bookings SET rescheduled_to = $3
        WHERE practice_id = $1 AND booking_id = $2";
    SET_MANAGE_HASH = "UPDATE bookings SET manage_hash = $3
        WHERE practice_id = $1 AND booking_id = $2";
    UPDATE_LIFE = "UPDATE bookings SET status = $3, pms_answer = $4, attendance = $5,
            handed_out = $6, occupies = $7
        WHERE practice_id = $1 AND booking_id = $2";
    SET_PMS_RECORD = "UPDATE bookings SET pms_record = $3, confirmed_at = $4
        WHERE practice_id = $1 AND booking_id = $2";
    CONFIRMED = "SELECT booking_id, pms_resource_id, start_at, end_at, confirmed_at FROM bookings
        WHERE practice_id = $1 AND start_at >= $2 AND start_at < $3 AND status = 'confirmed'
            AND pms_answer = 'confirmed' AND attendance IS NULL AND confirmed_at <= $4
        ORDER BY booking_id";
    ERASE = "UPDATE bookings SET data_key = NULL, person = NULL, pms_record = NULL,
            phone_index = NULL, name_index = NULL, email_index = NULL
        WHERE practice_id = $1 AND booking_id = $2";
    ERASE_ALL = "UPDATE bookings SET data_key = NULL, person = NULL, pms_record = NULL,
            phone_index = NULL, name_index = NULL, email_index = NULL
        WHERE practice_id = $1 AND data_key IS NOT NULL";
    TO_COME = "SELECT COUNT(*) FROM bookings
        WHERE practice_id = $1 AND start_at > $2 AND occupies = 1 AND end_at > $3";
}

/// A booking.
#[derive(Clone, Debug)]
pub struct Booking {
    /// Its id.
    pub booking_id: BookingId,
    /// Whom it is with.
    pub practitioner_id: PractitionerId,
    /// What for.
    pub appointment_type_id: AppointmentTypeId,
    /// The PMS's resource.
    pub pms_resource_id: String,
    /// The PMS's type.
    pub pms_appointment_type_id: String,
    /// The name of the appointment type when it was booked.
    pub comments: String,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// Whether the patient said to be new at the practice.
    pub is_new_patient: bool,
    /// Where it stands.
    pub life: Life,
    /// The hash of the token with which the patient manages it.
    pub manage_hash: Vec<u8>,
    /// The wrapped key of what follows; gone once erased.
    pub data_key: Option<Vec<u8>>,
    /// The patient, sealed.
    pub person: Option<Vec<u8>>,
    /// What the PMS said when it confirmed, sealed.
    pub pms_record: Option<Vec<u8>>,
    /// The booking that the patient took instead.
    pub rescheduled_to: Option<BookingId>,
}

/// The blind indexes of a booking's patient.
#[derive(Clone, Debug)]
pub struct Indexes {
    /// Of the phone.
    pub phone: Vec<u8>,
    /// Of last name with date of birth.
    pub name: Vec<u8>,
    /// Of the mail.
    pub email: Vec<u8>,
}

fn read(row: &Row<'_>) -> Result<Booking> {
    Ok(Booking {
        booking_id: row.id(0, BookingId::new)?,
        practitioner_id: row.id(1, PractitionerId::new)?,
        appointment_type_id: row.id(2, AppointmentTypeId::new)?,
        pms_resource_id: row.text(3)?,
        pms_appointment_type_id: row.text(4)?,
        comments: row.text(5)?,
        start: row.timestamp(6)?,
        end: row.timestamp(7)?,
        is_new_patient: row.bool(8)?,
        life: Life {
            status: row.named(9, Status::from_name)?,
            pms_answer: row.named(10, PmsAnswer::from_name)?,
            attendance: row
                .opt_text(11)?
                .and_then(|name| Attendance::from_name(&name)),
            handed_out: row.bool(12)?,
            occupies: row.bool(13)?,
            created_at: row.timestamp(14)?,
        },
        manage_hash: row.blob(15)?,
        data_key: row.opt_blob(16)?,
        person: row.opt_blob(17)?,
        pms_record: row.opt_blob(18)?,
        rescheduled_to: row.opt_int(19)?.and_then(BookingId::new),
    })
}

/// Adds a booking.
///
/// # Errors
/// The store's.
pub fn insert(tx: &mut Tx<'_>, booking: &Booking, indexes: &Indexes) -> Result<()> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        booking.booking_id,
        booking.practitioner_id,
        booking.appointment_type_id,
        &booking.pms_resource_id,
        &booking.pms_appointment_type_id,
        &booking.comments,
        booking.start,
        booking.end,
        booking.is_new_patient,
        booking.life.status.as_str(),
        booking.life.pms_answer.as_str(),
        booking.life.handed_out,
        booking.life.occupies,
        booking.life.created_at,
        &booking.manage_hash,
        booking.data_key.as_ref(),
        booking.person.as_ref(),
        &indexes.phone,
        &indexes.name,
        &indexes.email
    ];
    tx.push(&INSERT, args)
}

/// A booking.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>, id: BookingId) -> Result<Option<Booking>> {
    ask(tx, id)?.first(tx)
}

/// Asks for [`get`].
///
/// # Errors
/// The store's.
pub fn ask(tx: &mut Tx<'_>, id: BookingId) -> Result<Asked<Booking>> {
    let practice = tx.practice()?;
    tx.ask(&GET, args![practice, id], read)
}

/// The bookings that have an outstanding request of that type, oldest request first.
///
/// # Errors
/// The store's.
pub fn outstanding(
    tx: &mut Tx<'_>,
    kind: slotbridge_domain::request::RequestType,
    window: Window,
) -> Result<Vec<Booking>> {
    let practice = tx.practice()?;
    let args = args![practice, kind.as_str(), window.limit, window.offset];
    tx.query(&OUTSTANDING, args, read)
}

/// The bookings that start in `[from, to)`.
///
/// # Errors
/// The store's.
pub fn by_start(
    tx: &mut Tx<'_>,
    from: Timestamp,
    to: Timestamp,
    window: Window,
) -> Result<Listed<Booking>> {
    let practice = tx.practice()?;
    let args = args![practice, from, to, window.limit, window.offset];
    let entries = tx.query(&BY_START, args, read)?;
    let total = tx.query_one(&COUNT_BY_START, args![practice, from, to], |row| row.int(0))?;
    Ok(Listed { entries, total })
}

/// The newest bookings with that blind index of a phone.
///
/// # Errors
/// The store's.
pub fn by_phone(tx: &mut Tx<'_>, index: &[u8], limit: i64) -> Result<Vec<Booking>> {
    let practice = tx.practice()?;
    tx.query(&BY_PHONE, args![practice, index, limit], read)
}

/// The newest bookings with that blind index of last name and date of birth.
///
/// # Errors
/// The store's.
pub fn by_name(tx: &mut Tx<'_>, index: &[u8], limit: i64) -> Result<Vec<Booking>> {
    let practice = tx.practice()?;
    tx.query(&BY_NAME, args![practice, index, limit], read)
}

/// The live bookings to come with that blind index of a mail, the nearest first.
///
/// # Errors
/// The store's.
pub fn live_by_email(tx: &mut Tx<'_>, index: &[u8], limit: i64) -> Result<Vec<Booking>> {
    let (practice, now) = (tx.practice()?, tx.now());
    tx.query(&LIVE_BY_EMAIL, args![practice, index, now, limit], read)
}

/// Writes which booking the patient took instead.
///
/// # Errors
/// The store's.
pub fn set_rescheduled_to(tx: &mut Tx<'_>, id: BookingId, to: BookingId) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&SET_RESCHEDULED_TO, args![practice, id, to])
}

/// Gives a booking another token.
///
/// # Errors
/// The store's.
pub fn set_manage_hash(tx: &mut Tx<'_>, id: BookingId, hash: &[u8]) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&SET_MANAGE_HASH, args![practice, id, hash])
}

/// Writes where a booking stands.
///
/// # Errors
/// The store's.
pub fn set_life(tx: &mut Tx<'_>, id: BookingId, life: &Life) -> Result<()> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        id,
        life.status.as_str(),
        life.pms_answer.as_str(),
        life.attendance.map(Attendance::as_str),
        life.handed_out,
        life.occupies
    ];
    tx.push(&UPDATE_LIFE, args)
}

/// Writes what the PMS said, sealed.
///
/// # Errors
/// The store's.
pub fn set_pms_record(tx: &mut Tx<'_>, id: BookingId, sealed: &[u8]) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    tx.push(&SET_PMS_RECORD, args![practice, id, sealed, now])
}

/// Destroys the key of a booking's personal data, and the data.
///
/// # Errors
/// The store's.
pub fn erase(tx: &mut Tx<'_>, id: BookingId) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&ERASE, args![practice, id])
}

/// Does so for all bookings of the practice, and says for how many.
///
/// # Errors
/// The store's.
pub fn erase_all(tx: &mut Tx<'_>) -> Result<u64> {
    let practice = tx.practice()?;
    tx.execute(&ERASE_ALL, args![practice])
}

/// How many bookings take a time that is not over, at `at`.
///
/// # Errors
/// The store's.
pub fn to_come(tx: &mut Tx<'_>, at: Timestamp) -> Result<i64> {
    let practice = tx.practice()?;
    tx.query_one(&TO_COME, args![practice, before(at), at], |row| row.int(0))
}

/// No booking is longer than a practice's day, a day with 25 hours included.
const LONGEST_SECONDS: i64 = 26 * 3600;

pub(crate) fn before(from: Timestamp) -> Timestamp {
    from.saturating_sub(jiff::SignedDuration::from_secs(LONGEST_SECONDS))
        .unwrap_or(Timestamp::MIN)
}

/// A live booking that the PMS has confirmed.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// The booking.
    pub booking_id: BookingId,
    /// The resource.
    pub pms_resource_id: String,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// When the PMS last said which appointments it has.
    pub confirmed_at: Timestamp,
}

/// The live bookings without a mark that start in `[from, to)` and that the PMS has confirmed by
/// `by`.
///
/// # Errors
/// The store's.
pub fn confirmed(
    tx: &mut Tx<'_>,
    from: Timestamp,
    to: Timestamp,
    by: Timestamp,
) -> Result<Asked<Confirmed>> {
    let practice = tx.practice()?;
    tx.ask(&CONFIRMED, args![practice, from, to, by], |row| {
        Ok(Confirmed {
            booking_id: row.id(0, BookingId::new)?,
            pms_resource_id: row.text(1)?,
            start: row.timestamp(2)?,
            end: row.timestamp(3)?,
            confirmed_at: row.timestamp(4)?,
        })
    })
}
