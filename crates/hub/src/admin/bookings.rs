//! Bookings in the practice's hands: looked at, found, entered by hand, cancelled, marked.

use crate::admin::practice;
use crate::auth::Manages;
use crate::life::{self, Event};
use crate::person::{Person, PmsRecord, name_index, person_of, phone_index, pms_record_of};
use crate::{Context, Error, Result, zone};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use slotbridge_domain::booking::{Attendance, Change, Refusal};
use slotbridge_domain::ids::{BookingId, PracticeId};
use slotbridge_domain::request::RequestType;
use slotbridge_domain::staff::Right;
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::requests::{self, Target};
use slotbridge_store::{Listed, Tx, Window, practices};

/// How many bookings a search finds at most.
const MOST_FOUND: i64 = 100;

/// A booking as the practice sees it.
#[derive(Clone, Debug)]
pub struct BookingView {
    /// The booking, as the clock has it.
    pub booking: Booking,
    /// Its patient; `None` once erased.
    pub person: Option<Person>,
    /// What the PMS said of it.
    pub pms_record: PmsRecord,
    /// Whether the PMS has yet to answer the insert.
    pub outstanding: bool,
}

impl BookingView {
    /// Whether a deed would change something of the booking now.
    #[must_use]
    pub fn would_change(&self, deed: Deed, zone: &TimeZone, now: Timestamp) -> bool {
        let change = deed.decide(&self.booking, is_to_come(&self.booking, zone, now));
        change.is_ok_and(|change| change.life != self.booking.life)
    }
}

/// Whether the booking's day is still to come at the practice.
fn is_to_come(booking: &Booking, zone: &TimeZone, now: Timestamp) -> bool {
    zone::day(zone, booking.start) > zone::day(zone, now)
}

fn view(tx: &mut Tx<'_>, mut booking: Booking) -> Result<BookingView> {
    booking.life = booking.life.at(tx.now());
    let target = Target::Booking(booking.booking_id);
    let outstanding = requests::find_outstanding(tx, RequestType::Bookings, &target)?.is_some();
    Ok(BookingView {
        person: person_of(tx, &booking)?,
        pms_record: pms_record_of(tx, &booking)?.unwrap_or_default(),
        outstanding,
        booking,
    })
}

/// The bookings of some days in practice time, by start.
///
/// # Errors
/// No such practice.
pub fn list(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    id: PracticeId,
    days: (Option<Date>, Option<Date>),
    window: Window,
) -> Result<(Listed<BookingView>, TimeZone)> {
    let zone = zone::of(&practice(tx, who, Right::Bookings, id)?)?;
    let from = days
        .0
        .map_or(Timestamp::UNIX_EPOCH, |day| zone::day_start(&zone, day));
    let to = days
        .1
        .map_or(Timestamp::MAX, |day| zone::day_end(&zone, day));
    let page = bookings::by_start(tx, from, to, window)?;
    let entries = page
        .entries
        .into_iter()
        .map(|b| view(tx, b))
        .collect::<Result<_>>()?;
    Ok((
        Listed {
            entries,
            total: page.total,
        },
        zone,
    ))
}

/// What bookings are searched by: personal data, so never in a URL.
#[derive(Clone, Debug)]
pub enum PersonSearch {
    /// A phone in normal form.
    Phone(String),
    /// Last name with date of birth (`YYYY-MM-DD`).
    Name(String, String),
}

/// The newest bookings of a person, found by blind index.
///
/// # Errors
/// No such practice.
pub fn search(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    id: PracticeId,
    search: &PersonSearch,
) -> Result<(Vec<BookingView>, TimeZone)> {
    let zone = zone::of(&practice(tx, who, Right::Bookings, id)?)?;
    let views = found(tx, search)?
        .into_iter()
        .map(|b| view(tx, b))
        .collect::<Result<_>>()?;
    Ok((views, zone))
}

/// The newest bookings of a person. At a practice that was erased there are none.
pub(super) fn found(tx: &mut Tx<'_>, search: &PersonSearch) -> Result<Vec<Booking>> {
    if practices::is_erased(tx)? {
        return Ok(Vec::new());
    }
    let key = tx.practice_key()?;
    Ok(match search {
        PersonSearch::Phone(phone) => {
            bookings::by_phone(tx, &phone_index(&key, phone), MOST_FOUND)?
        }
        PersonSearch::Name(lastname, dob) => {
            bookings::by_name(tx, &name_index(&key, lastname, dob), MOST_FOUND)?
        }
    })
}

/// A booking of the practice.
///
/// # Errors
/// No such booking.
pub fn get(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    practice_id: PracticeId,
    id: BookingId,
) -> Result<(BookingView, TimeZone)> {
    let zone = zone::of(&practice(tx, who, Right::Bookings, practice_id)?)?;
    let booking = bookings::get(tx, id)?.ok_or(Error::NotFound("booking"))?;
    Ok((view(tx, booking)?, zone))
}

/// What staff do with a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// They entered it into the PMS by hand (BOOK-2).
    EnteredByHand,
    /// They cancel it (BOOK-7).
    Cancel,
    /// The patient came.
    Attended,
}

impl Deed {
    const fn action(self) -> &'static str {
        match self {
            Self::EnteredByHand => "enteredByHand",
            Self::Cancel => "cancel",
            Self::Attended => "attended",
        }
    }

    fn decide(self, booking: &Booking, day_to_come: bool) -> Result<Change, Refusal> {
        match self {
            Self::EnteredByHand => booking.life.entered_by_hand(),
            Self::Cancel => booking.life.cancel_here(),
            Self::Attended => booking.life.attendance(Attendance::Attended, day_to_come),
        }
    }
}

/// Does something with a booking. Again: nothing changes.
///
/// # Errors
/// No such booking; its life does not allow it.
pub fn change(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    practice_id: PracticeId,
    id: BookingId,
    deed: Deed,
    reason: Option<&str>,
) -> Result<(BookingView, TimeZone)> {
    let zone = zone::of(&practice(tx, who, Right::Bookings, practice_id)?)?;
    let mut booking = life::load(tx, id)?;
    let change = deed.decide(&booking, is_to_come(&booking, &zone, tx.now()))?;
    let event = Event {
        context,
        action: deed.action(),
        note: reason,
        more: false,
    };
    life::apply(tx, &zone, &mut booking, &change, &event)?;
    get(tx, who, practice_id, id)
}
