//! Practices.

use crate::sql::{Row, statements};
use crate::{Asked, Listed, Result, StoreError, Tx, Window, args, numbers};
use jiff::Timestamp;
use slotbridge_domain::ids::PracticeId;

macro_rules! columns {
    () => {
        "practice_id, name, timezone, state, address, suburb, postcode, phone, email, \
         specialties, products, test, auto_publish, hide_when_unhealthy, \
         minimum_notice_minutes, default_length_minutes, created_at, deactivated_at, \
         ask_after_appointments, hide_when_feature_late, reminder_hours"
    };
}

statements! {
    INSERT = "INSERT INTO practices (practice_id, name, timezone, state, address, suburb, postcode,
            phone, email, specialties, products, test, auto_publish, hide_when_unhealthy,
            minimum_notice_minutes, default_length_minutes, wrapped_key, created_at, search_name,
            search_suburb, search_specialties, ask_after_appointments, hide_when_feature_late,
            reminder_hours)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21, $22, $23, $24)";
    GET = concat!("SELECT ", columns!(), " FROM practices WHERE practice_id = $1");
    LIST = concat!("SELECT ", columns!(), " FROM practices ORDER BY practice_id LIMIT $1 OFFSET $2");
    COUNT = "SELECT COUNT(*) FROM practices";
    SEARCH = concat!("SELECT ", columns!(), " FROM practices
        WHERE test = 0 AND deactivated_at IS NULL
            AND search_name LIKE $1 ESCAPE '!' AND search_suburb LIKE $2 ESCAPE '!'
            AND COALESCE(postcode, '') LIKE $3 ESCAPE '!' AND search_specialties LIKE $4 ESCAPE '!'
        ORDER BY name, practice_id LIMIT $5 OFFSET $6");
    SEARCH_COUNT = "SELECT COUNT(*) FROM practices
        WHERE test = 0 AND deactivated_at IS NULL
            AND search_name LIKE $1 ESCAPE '!' AND search_suburb LIKE $2 ESCAPE '!'
            AND COALESCE(postcode, '') LIKE $3 ESCAPE '!' AND search_specialties LIKE $4 ESCAPE '!'";
    UPDATE = "UPDATE practices SET name = $2, timezone = $3, state = $4, address = $5, suburb = $6,
            postcode = $7, phone = $8, email = $9, specialties = $10, products = $11,
            auto_publish = $12, hide_when_unhealthy = $13, minimum_notice_minutes = $14,
            default_length_minutes = $15, deactivated_at = $16, search_name = $17,
            search_suburb = $18, search_specialties = $19, ask_after_appointments = $20,
            hide_when_feature_late = $21, reminder_hours = $22
        WHERE practice_id = $1";
    DESTROY_KEY = "UPDATE practices SET wrapped_key = NULL, deactivated_at = COALESCE(deactivated_at, $2)
        WHERE practice_id = $1";
    WRAPPED_KEY = "SELECT wrapped_key FROM practices WHERE practice_id = $1";
}

/// A practice.
#[derive(Clone, Debug)]
pub struct Practice {
    /// Its id.
    pub practice_id: PracticeId,
    /// Its name.
    pub name: String,
    /// Its IANA zone.
    pub timezone: String,
    /// Its state, for public holidays.
    pub state: Option<String>,
    /// Street and number.
    pub address: Option<String>,
    /// Suburb or town.
    pub suburb: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Its own phone.
    pub phone: Option<String>,
    /// Its own mail.
    pub email: Option<String>,
    /// Its specialties, in lower case.
    pub specialties: Vec<String>,
    /// The products that it uses.
    pub products: Vec<String>,
    /// Whether it is a test practice (AUTH-4).
    pub test: bool,
    /// Whether resources and types become bookable at once.
    pub auto_publish: bool,
    /// Whether its times are hidden while its integration is unhealthy (HEALTH-2).
    pub hide_when_unhealthy: bool,
    /// Whether they are hidden while an extra feature is late (HEALTH-4).
    pub hide_when_feature_late: bool,
    /// Whether the PMS is asked the day after for each appointment (BOOK-12).
    pub ask_after_appointments: bool,
    /// How long before its start a time can be booked.
    pub minimum_notice_minutes: i64,
    /// The length of a type that has none (AVAIL-2).
    pub default_length_minutes: i64,
    /// How many hours before an appointment its reminder goes out (SNAP-3).
    pub reminder_hours: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deactivated.
    pub deactivated_at: Option<Timestamp>,
}

fn list_of(row: &Row<'_>, column: usize) -> Result<Vec<String>> {
    serde_json::from_str(&row.text(column)?).map_err(|_| StoreError::Corrupt("a list of names"))
}

fn json(names: &[String]) -> String {
    serde_json::Value::from(names).to_string()
}

fn read(row: &Row<'_>) -> Result<Practice> {
    Ok(Practice {
        practice_id: row.id(0, PracticeId::new)?,
        name: row.text(1)?,
        timezone: row.text(2)?,
        state: row.opt_text(3)?,
        address: row.opt_text(4)?,
        suburb: row.opt_text(5)?,
        postcode: row.opt_text(6)?,
        phone: row.opt_text(7)?,
        email: row.opt_text(8)?,
        specialties: list_of(row, 9)?,
        products: list_of(row, 10)?,
        test: row.bool(11)?,
        auto_publish: row.bool(12)?,
        hide_when_unhealthy: row.bool(13)?,
        minimum_notice_minutes: row.int(14)?,
        default_length_minutes: row.int(15)?,
        created_at: row.timestamp(16)?,
        deactivated_at: row.opt_timestamp(17)?,
        ask_after_appointments: row.bool(18)?,
        hide_when_feature_late: row.bool(19)?,
        reminder_hours: row.int(20)?,
    })
}

/// A fresh practice id.
///
/// # Errors
/// The store's; [`StoreError::Refused`] when there are no more.
pub fn next_id(tx: &mut Tx<'_>) -> Result<PracticeId> {
    PracticeId::new(numbers::take_global(tx, "practices")?)
        .ok_or(StoreError::Corrupt("the practices' counter"))
}

/// Adds a practice with its key and its counter. Runs in a global transaction.
///
/// # Errors
/// The store's.
pub fn insert(tx: &mut Tx<'_>, practice: &Practice, wrapped_key: &[u8]) -> Result<()> {
    let (specialties, products) = (json(&practice.specialties), json(&practice.products));
    let (name, suburb) = (
        practice.name.to_lowercase(),
        lower(practice.suburb.as_ref()),
    );
    let searched = practice.specialties.join("\n").to_lowercase();
    let args = args![
        practice.practice_id,
        &practice.name,
        &practice.timezone,
        practice.state.as_ref(),
        practice.address.as_ref(),
        practice.suburb.as_ref(),
        practice.postcode.as_ref(),
        practice.phone.as_ref(),
        practice.email.as_ref(),
        &specialties,
        &products,
        practice.test,
        practice.auto_publish,
        practice.hide_when_unhealthy,
        practice.minimum_notice_minutes,
        practice.default_length_minutes,
        wrapped_key,
        practice.created_at,
        &name,
        &suburb,
        &searched,
        practice.ask_after_appointments,
        practice.hide_when_feature_late,
        practice.reminder_hours
    ];
    tx.lists = true;
    tx.execute(&INSERT, args)?;
    numbers::start(tx, practice.practice_id.get())
}

/// A practice, deactivated or not.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>, id: PracticeId) -> Result<Option<Practice>> {
    ask(tx, id)?.first(tx)
}

/// Asks for [`get`].
///
/// # Errors
/// The store's.
pub fn ask(tx: &mut Tx<'_>, id: PracticeId) -> Result<Asked<Practice>> {
    tx.ask(&GET, args![id], read)
}

/// Practices, oldest first.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, window: Window) -> Result<Listed<Practice>> {
    let entries = tx.query(&LIST, args![window.limit, window.offset], read)?;
    Ok(Listed {
        entries,
        total: tx.query_one(&COUNT, args![], |row| row.int(0))?,
    })
}

/// What patients search by; an absent part matches everything.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Part of the name.
    pub name: Option<String>,
    /// Part of the suburb.
    pub suburb: Option<String>,
    /// Beginning of the postcode.
    pub postcode: Option<String>,
    /// A specialty.
    pub specialty: Option<String>,
}

fn lower(text: Option<&String>) -> String {
    text.map(|text| text.to_lowercase()).unwrap_or_default()
}

/// A pattern that matches `text` itself, in lower case; everything, if there is none.
pub(crate) fn pattern(before: &str, text: Option<&String>, after: &str) -> String {
    let Some(text) = text else { return "%".into() };
    let literal = text
        .trim()
        .to_lowercase()
        .replace('!', "!!")
        .replace('%', "!%")
        .replace('_', "!_");
    format!("{before}{literal}{after}")
}

/// Active practices that are no test ones (AUTH-4), by name.
///
/// # Errors
/// The store's.
pub fn search(tx: &mut Tx<'_>, search: &Search, window: Window) -> Result<Listed<Practice>> {
    let name = pattern("%", search.name.as_ref(), "%");
    let suburb = pattern("%", search.suburb.as_ref(), "%");
    let postcode = pattern("", search.postcode.as_ref(), "%");
    let specialty = pattern("%", search.specialty.as_ref(), "%");
    let filter = [&name, &suburb, &postcode, &specialty];
    let [name, suburb, postcode, specialty] = filter;
    let entries = tx.query(
        &SEARCH,
        args![
            name,
            suburb,
            postcode,
            specialty,
            window.limit,
            window.offset
        ],
        read,
    )?;
    let count = args![name, suburb, postcode, specialty];
    Ok(Listed {
        entries,
        total: tx.query_one(&SEARCH_COUNT, count, |row| row.int(0))?,
    })
}

/// Writes what can change of a practice.
///
/// # Errors
/// The store's.
pub fn update(tx: &mut Tx<'_>, practice: &Practice) -> Result<()> {
    let (specialties, products) = (json(&practice.specialties), json(&practice.products));
    let (name, suburb) = (
        practice.name.to_lowercase(),
        lower(practice.suburb.as_ref()),
    );
    let searched = practice.specialties.join("\n").to_lowercase();
    let args = args![
        practice.practice_id,
        &practice.name,
        &practice.timezone,
        practice.state.as_ref(),
        practice.address.as_ref(),
        practice.suburb.as_ref(),
        practice.postcode.as_ref(),
        practice.phone.as_ref(),
        practice.email.as_ref(),
        &specialties,
        &products,
        practice.auto_publish,
        practice.hide_when_unhealthy,
        practice.minimum_notice_minutes,
        practice.default_length_minutes,
        practice.deactivated_at,
        &name,
        &suburb,
        &searched,
        practice.ask_after_appointments,
        practice.hide_when_feature_late,
        practice.reminder_hours
    ];
    tx.lists = true;
    tx.execute(&UPDATE, args).map(drop)
}

/// Destroys the practice's key, for good, and with it whatever it seals: the practice takes part no
/// more.
///
/// # Errors
/// The store's.
pub fn destroy_key(tx: &mut Tx<'_>) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    tx.lists = true;
    tx.execute(&DESTROY_KEY, args![practice, now])?;
    tx.keyring().forget(practice);
    Ok(())
}

/// Whether the practice's key was destroyed.
///
/// # Errors
/// The store's.
pub fn is_erased(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(wrapped_key(tx)?.is_none())
}

/// The practice's key, wrapped.
pub(crate) fn wrapped_key(tx: &mut Tx<'_>) -> Result<Option<Vec<u8>>> {
    let practice = tx.practice()?;
    Ok(tx
        .query_opt(&WRAPPED_KEY, args![practice], |row| row.opt_blob(0))?
        .flatten())
}
