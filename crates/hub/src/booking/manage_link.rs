//! A patient has lost the links to their bookings: they are sent to the address on the bookings.
//!
//! The call itself looks nothing up: what was asked is sealed into a row of due work, whatever it
//! is, so that neither the answer nor its time tells which bookings there are.

use crate::booking::active_practice;
use crate::notify::{self, About};
use crate::outgoing::{Channel, Message};
use crate::person::{Person, email_index, person_of, phone_index};
use crate::{Context, Error, Fault, Hub, Result, content, manage_links, zone};
use serde::{Deserialize, Serialize};
use serde_json::json;
use slotbridge_domain::booking::Status;
use slotbridge_domain::ids::PracticeId;
use slotbridge_domain::patient;
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::due::{self, DueKind};
use slotbridge_store::manage_links as sent;
use slotbridge_store::seal::PracticeKey;
use slotbridge_store::{Tx, numbers, practices};

/// How often links are sent to an address on a day of the practice.
const MOST_A_DAY: i64 = 3;
/// How many links a mail holds.
const MOST_LINKS: usize = 10;
/// How many bookings of an address are looked at.
const MOST_BOOKINGS: i64 = 100;

/// What the row of due work is sealed as.
const SEALED_AS: &str = "lost manage link";

/// By what a patient is found who has lost their links.
#[derive(Clone, Debug, Default)]
pub struct LostLink {
    /// The mail on the bookings.
    pub email: String,
    /// Day of birth, `YYYY-MM-DD`.
    pub dob: Option<String>,
    /// Phone.
    pub phone: Option<String>,
}

/// What was asked, in normal form.
#[derive(Serialize, Deserialize)]
struct Asked {
    email: String,
    dob: Option<String>,
    phone: Option<String>,
}

impl Asked {
    fn is(&self, person: &Person) -> bool {
        let same = |asked: &Option<String>, own: &str| asked.as_ref().is_none_or(|it| it == own);
        self.email.eq_ignore_ascii_case(&person.email)
            && same(&self.dob, &person.dob)
            && same(&self.phone, &person.phone)
    }
}

/// Takes note that somebody has lost their links. Says nothing of whether there are any.
///
/// # Errors
/// No such practice; fields are wrong.
pub async fn request(hub: &Hub, practice: PracticeId, lost: LostLink) -> Result<()> {
    let asked = checked(&lost)?;
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(&asked).unwrap_or_default());
    hub.write(practice, move |tx| {
        active_practice(tx, practice)?;
        let sealed = tx.practice_key()?.seal(SEALED_AS, &plain)?;
        let now = tx.now();
        Ok(due::set(
            tx,
            DueKind::LostLink,
            &content::hex(&sealed),
            now,
        )?)
    })
    .await
}

/// What is given, in normal form; all that is wrong with it.
fn checked(lost: &LostLink) -> Result<Asked> {
    let mut faults = Vec::new();
    let mut take = |field: &str, result: Result<String, &'static str>| {
        result
            .map_err(|message| faults.push(Fault::new(field, message)))
            .ok()
    };
    let email = take("email", patient::email(&lost.email));
    let dob = |text: &String| patient::dob(text, jiff::civil::Date::MAX).map(|day| day.to_string());
    let dob = lost.dob.as_ref().map(|text| take("dob", dob(text)));
    let phone = |text: &String| patient::phone(text);
    let phone = lost.phone.as_ref().map(|text| take("phone", phone(text)));
    if dob.is_none() && phone.is_none() {
        let message = "give the day of birth, or the phone, with which you booked";
        faults.push(Fault::new("dob", message));
    }
    match email {
        Some(email) if faults.is_empty() => Ok(Asked {
            email,
            dob: dob.flatten(),
            phone: phone.flatten(),
        }),
        _ => Err(Error::Invalid(faults)),
    }
}

/// Looks for the bookings and has their links sent, if there are any.
pub(crate) fn run(tx: &mut Tx<'_>, public_url: Option<&str>, target: &str) -> Result<()> {
    let practice = tx.practice()?;
    if public_url.is_none() || practices::is_erased(tx)? {
        return Ok(());
    }
    let Some(practice) = practices::get(tx, practice)? else {
        return Ok(());
    };
    // What a former master key sealed, or a backup of another hub: it is asked again.
    let key = tx.practice_key()?;
    let asked = content::unhex(target).and_then(|sealed| key.open(SEALED_AS, &sealed).ok());
    let Some(asked) = asked.and_then(|plain| serde_json::from_slice::<Asked>(&plain).ok()) else {
        return Ok(());
    };
    let index = email_index(&key, &asked.email);
    let mut found = Vec::new();
    let mut to = None;
    for booking in candidates(tx, &key, &asked, &index)? {
        let Some(person) = person_of(tx, &booking)?.filter(|person| asked.is(person)) else {
            continue;
        };
        to.get_or_insert(person.email);
        found.push(booking);
    }
    found.truncate(MOST_LINKS);
    let (Some(to), Some(first)) = (to, found.first()) else {
        return Ok(());
    };
    let day = zone::day(&zone::of(&practice)?, tx.now()).to_string();
    if !sent::count(tx, &index, &day, MOST_A_DAY)? {
        return Ok(());
    }
    for booking in &found {
        manage_links::renew(tx, booking)?;
        let id = Some(booking.booking_id);
        Context::hub().record(tx, "sendManageLink", id, &json!({}), None)?;
    }
    let about = About {
        kind: "manageLink",
        subject: numbers::plain(tx)?.to_string(),
        booking_id: Some(first.booking_id),
        links: found.iter().map(|booking| booking.booking_id).collect(),
    };
    let message = Message {
        channel: Channel::Mail,
        to,
        subject: format!("Your bookings at {}", practice.name),
        text: format!(
            "Here is how you reach your bookings at {}, as somebody with this address asked. If it \
             was not you, there is nothing to do.\n",
            practice.name
        ),
    };
    notify::queue(tx, &about, &message)
}

/// The live bookings to come that may be meant: those with the index of the mail, and, since those
/// from before there was one lack it, those with that of the phone.
fn candidates(
    tx: &mut Tx<'_>,
    key: &PracticeKey,
    asked: &Asked,
    index: &[u8],
) -> Result<Vec<Booking>> {
    let now = tx.now();
    let mut found = bookings::live_by_email(tx, index, MOST_BOOKINGS)?;
    if let Some(phone) = &asked.phone {
        let index = phone_index(key, phone);
        let live = |booking: &Booking| {
            matches!(booking.life.status, Status::Requested | Status::Confirmed)
                && booking.start > now
        };
        for booking in bookings::by_phone(tx, &index, MOST_BOOKINGS)? {
            let known = |other: &Booking| other.booking_id == booking.booking_id;
            if live(&booking) && !found.iter().any(known) {
                found.push(booking);
            }
        }
    }
    found.sort_by_key(|booking| (booking.start, booking.booking_id));
    Ok(found)
}
