//! What a button of the page does.

use crate::entered;
use crate::portal::Sent;
use slotbridge_domain::ids::{AppointmentTypeId, PracticeId, PractitionerId};
use slotbridge_hub::admin::catalogue::{self, PractitionerDetails, TypeDetails};
use slotbridge_hub::admin::links::{self, Link};
use slotbridge_hub::auth::Staff;
use slotbridge_hub::rows::{AppointmentType, Practitioner, Tx};
use slotbridge_hub::{Context, Error, Fault, Result};

/// The most minutes of an appointment: a day's.
const LONGEST: i64 = 24 * 60;

/// Whether it is about practitioners or about types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Practitioner,
    Type,
}

impl Which {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Practitioner => "practitioner",
            Self::Type => "type",
        }
    }
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum Deed {
    /// Something of the PMS, by its id there, is linked.
    Link(Which, String, Link<i64>),
    /// One is called otherwise, and takes that many minutes.
    Details(Which, i64, String, Option<i64>),
    /// Patients can book one, or can no more.
    Switch(Which, i64, bool),
}

const NONSENSE: Error = Error::NotFound("button");

impl Deed {
    /// What a form says.
    pub(super) fn of(sent: &Sent) -> Result<Self> {
        let which = match sent.text("which") {
            "practitioner" => Which::Practitioner,
            "type" => Which::Type,
            _ => return Err(NONSENSE),
        };
        let id = || sent.get("id").ok_or(NONSENSE);
        let of_pms = || sent.text("pms").to_owned();
        Ok(match sent.text("deed") {
            "add" => Self::Link(which, of_pms(), Link::ToNew),
            "link" => Self::Link(which, of_pms(), Link::To(id()?)),
            "unlink" => Self::Link(which, of_pms(), Link::ToNothing),
            "details" => {
                let (name, length) = details(which, sent)?;
                Self::Details(which, id()?, name, length)
            }
            "on" => Self::Switch(which, id()?, true),
            "off" => Self::Switch(which, id()?, false),
            _ => return Err(NONSENSE),
        })
    }

    /// Does it. A name that stays is not set: whoever follows the PMS's names goes on doing so.
    pub(super) fn run(&self, tx: &mut Tx<'_>, staff: &Staff, context: &Context) -> Result<()> {
        let at = staff.practice_id();
        match self {
            Self::Link(Which::Practitioner, pms, link) => {
                let link = to(*link, practitioner)?;
                links::link_resource(tx, staff, context, at, pms, link)
            }
            Self::Link(Which::Type, pms, link) => {
                links::link_type(tx, staff, context, at, pms, to(*link, kind)?)
            }
            Self::Details(Which::Practitioner, id, name, _) => {
                let all = catalogue::get(tx, staff, at)?.practitioners;
                let same =
                    |who: &Practitioner| who.practitioner_id.get() == *id && who.name == *name;
                let details = PractitionerDetails {
                    name: (!all.iter().any(same)).then(|| name.clone()),
                    ..PractitionerDetails::default()
                };
                put_practitioner(tx, staff, context, at, *id, &details)
            }
            Self::Details(Which::Type, id, name, length) => {
                let all = catalogue::get(tx, staff, at)?.appointment_types;
                let same = |kind: &AppointmentType| {
                    kind.appointment_type_id.get() == *id && kind.name == *name
                };
                let details = TypeDetails {
                    name: (!all.iter().any(same)).then(|| name.clone()),
                    length_minutes: Some(*length),
                    ..TypeDetails::default()
                };
                put_type(tx, staff, context, at, *id, &details)
            }
            Self::Switch(Which::Practitioner, id, active) => {
                let details = PractitionerDetails {
                    active: Some(*active),
                    ..PractitionerDetails::default()
                };
                put_practitioner(tx, staff, context, at, *id, &details)
            }
            Self::Switch(Which::Type, id, active) => {
                let details = TypeDetails {
                    active: Some(*active),
                    ..TypeDetails::default()
                };
                put_type(tx, staff, context, at, *id, &details)
            }
        }
    }
}

fn practitioner(id: i64) -> Result<PractitionerId> {
    PractitionerId::new(id).ok_or(Error::NotFound("practitioner"))
}

fn kind(id: i64) -> Result<AppointmentTypeId> {
    AppointmentTypeId::new(id).ok_or(Error::NotFound("appointment type"))
}

fn to<T>(link: Link<i64>, of: impl Fn(i64) -> Result<T>) -> Result<Link<T>> {
    Ok(match link {
        Link::To(id) => Link::To(of(id)?),
        Link::ToNew => Link::ToNew,
        Link::ToNothing => Link::ToNothing,
    })
}

fn put_practitioner(
    tx: &mut Tx<'_>,
    staff: &Staff,
    context: &Context,
    at: PracticeId,
    id: i64,
    details: &PractitionerDetails,
) -> Result<()> {
    let id = Some(practitioner(id)?);
    catalogue::put_practitioner(tx, staff, context, at, id, details).map(drop)
}

fn put_type(
    tx: &mut Tx<'_>,
    staff: &Staff,
    context: &Context,
    at: PracticeId,
    id: i64,
    details: &TypeDetails,
) -> Result<()> {
    let id = Some(kind(id)?);
    catalogue::put_appointment_type(tx, staff, context, at, id, details).map(drop)
}

/// Name and length as entered; no length is the PMS's own.
fn details(which: Which, sent: &Sent) -> Result<(String, Option<i64>)> {
    let mut faults = Vec::new();
    let name = entered::name(sent.text("name"));
    if let Err(why) = &name {
        faults.push(Fault::new("name", *why));
    }
    let text = sent.text("length").trim();
    let length = text.parse().ok().filter(|m| (1..=LONGEST).contains(m));
    if which == Which::Type && !text.is_empty() && length.is_none() {
        let why = "Enter whole minutes from 1 to 1440, or nothing for your PMS’s own length.";
        faults.push(Fault::new("length", why));
    }
    match name {
        Ok(name) if faults.is_empty() => Ok((name, length)),
        _ => Err(Error::Invalid(faults)),
    }
}
