//! `/portal/{practiceId}/links`: what the PMS sent, and which practitioners and appointment types
//! it is for patients.

mod deed;

use self::deed::{Deed, Which};
use super::{Frame, Member, Sent};
use crate::Web;
use crate::failure::Failure;
use crate::page::{personal, see_other, with_status};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use slotbridge_domain::ids::PractitionerId;
use slotbridge_hub::admin::catalogue;
use slotbridge_hub::admin::catalogue::Catalogue;
use slotbridge_hub::picture::Offer;
use slotbridge_hub::rows::{PmsAppointmentType, PmsResource};
use slotbridge_hub::{Error, Fault};
use std::collections::HashSet;

#[derive(Template)]
#[template(path = "portal/links.html")]
struct LinksPage {
    frame: Frame,
    auto_publish: bool,
    /// What of the PMS is linked to nothing.
    resources: Vec<OfPms>,
    pms_types: Vec<OfPms>,
    practitioners: Vec<Ours>,
    kinds: Vec<Ours>,
    /// Whom or what patients shall not book any more: it is asked once more.
    asks: Option<Asks>,
}

/// Something of the PMS.
struct OfPms {
    id: String,
    name: String,
    /// Whose it is, or that the PMS has it no more.
    note: String,
}

/// A practitioner or a type.
struct Ours {
    id: i64,
    name: String,
    active: bool,
    /// Why patients cannot book it, if they cannot.
    hidden: &'static str,
    /// Of a practitioner the types, of a type the practitioners.
    offers: Vec<String>,
    linked: Vec<OfPms>,
    /// What stands in the fields, and what is wrong with it.
    entered: Entered,
}

/// What is entered of one, with what is wrong.
#[derive(Default)]
struct Entered {
    name: String,
    name_error: String,
    length: String,
    length_error: String,
}

impl Entered {
    fn is_wrong(&self) -> bool {
        !self.name_error.is_empty() || !self.length_error.is_empty()
    }
}

struct Asks {
    which: Which,
    id: i64,
    name: String,
}

impl LinksPage {
    /// Nothing of the PMS has come yet.
    fn is_empty(&self) -> bool {
        self.practitioners.is_empty()
            && self.kinds.is_empty()
            && self.resources.is_empty()
            && self.pms_types.is_empty()
    }

    fn faults(&self) -> impl Iterator<Item = (&Ours, &str, &String)> {
        let all = self.practitioners.iter().chain(&self.kinds);
        all.flat_map(|one| {
            let entered = &one.entered;
            [
                (one, "name", &entered.name_error),
                (one, "length", &entered.length_error),
            ]
        })
        .filter(|(_, _, error)| !error.is_empty())
    }
}

fn resource(row: &PmsResource) -> OfPms {
    OfPms {
        id: row.pms_resource_id.clone(),
        name: row.name.clone(),
        note: match row.live {
            true => format!("Number {} in your PMS", row.pms_resource_id),
            false => "No longer in your PMS".to_owned(),
        },
    }
}

fn pms_type(row: &PmsAppointmentType, resources: &[PmsResource]) -> OfPms {
    let length = row.length_minutes.map(|minutes| format!("{minutes} min"));
    let of = row.pms_resource_id.as_ref().and_then(|id| {
        let mut all = resources.iter();
        let found = all.find(|one| one.pms_resource_id == *id)?;
        Some(format!("only of {}", found.name))
    });
    let note = match row.live {
        true => Some(format!(
            "Number {} in your PMS",
            row.pms_appointment_type_id
        )),
        false => Some("No longer in your PMS".to_owned()),
    };
    let parts: Vec<String> = [note, length, of].into_iter().flatten().collect();
    OfPms {
        id: row.pms_appointment_type_id.clone(),
        name: row.name.clone(),
        note: parts.join(", "),
    }
}

/// Each name once, in order.
fn names<'n>(all: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut seen = HashSet::new();
    all.filter(|name| seen.insert(*name))
        .map(str::to_owned)
        .collect()
}

fn hidden(active: bool, linked: bool, offered: bool) -> &'static str {
    match (active, linked, offered) {
        (false, ..) => "Switched off",
        (true, false, _) => "Not linked to your PMS",
        (true, true, false) => "Nothing to book yet",
        (true, true, true) => "",
    }
}

fn practitioners(all: &Catalogue, offers: &[Offer]) -> Vec<Ours> {
    let ours = all.practitioners.iter().map(|who| {
        let of = |offer: &&Offer| offer.practitioner_id == who.practitioner_id;
        let linked = |row: &&PmsResource| row.practitioner_id == Some(who.practitioner_id);
        let linked: Vec<OfPms> = all
            .pms_resources
            .iter()
            .filter(linked)
            .map(resource)
            .collect();
        let offers = offers
            .iter()
            .filter(of)
            .map(|offer| offer.type_name.as_str());
        let offers = names(offers);
        Ours {
            id: who.practitioner_id.get(),
            name: who.name.clone(),
            active: who.active,
            hidden: hidden(who.active, !linked.is_empty(), !offers.is_empty()),
            offers,
            linked,
            entered: Entered {
                name: who.name.clone(),
                ..Entered::default()
            },
        }
    });
    ours.collect()
}

fn kinds(all: &Catalogue, offers: &[Offer]) -> Vec<Ours> {
    let called = |id: PractitionerId| {
        let mut all = all.practitioners.iter();
        all.find(|who| who.practitioner_id == id)
            .map(|who| who.name.as_str())
    };
    let ours = all.appointment_types.iter().map(|kind| {
        let id = kind.appointment_type_id;
        let linked = |row: &&PmsAppointmentType| row.appointment_type_id == Some(id);
        let linked: Vec<OfPms> = all
            .pms_appointment_types
            .iter()
            .filter(linked)
            .map(|row| pms_type(row, &all.pms_resources))
            .collect();
        let of = offers
            .iter()
            .filter(|offer| offer.appointment_type_id == id);
        let offers = names(of.filter_map(|offer| called(offer.practitioner_id)));
        let length = kind
            .length_minutes
            .map_or_else(String::new, |m| m.to_string());
        Ours {
            id: id.get(),
            name: kind.name.clone(),
            active: kind.active,
            hidden: hidden(kind.active, !linked.is_empty(), !offers.is_empty()),
            offers,
            linked,
            entered: Entered {
                name: kind.name.clone(),
                length,
                ..Entered::default()
            },
        }
    });
    ours.collect()
}

async fn page(web: &Web, member: &Member) -> Result<LinksPage, Failure> {
    let (staff, id) = (member.staff.clone(), member.staff.practice_id());
    let (frame, all, offers) = web
        .hub
        .read(id, move |tx| {
            let frame = Frame::of(tx, &staff)?;
            let all = catalogue::get(tx, &staff, id)?;
            Ok::<_, Error>((frame, all, catalogue::offers(tx, &staff, id)?))
        })
        .await?;
    let free = |row: &&PmsResource| row.live && row.practitioner_id.is_none();
    let free_type = |row: &&PmsAppointmentType| row.live && row.appointment_type_id.is_none();
    Ok(LinksPage {
        auto_publish: frame.0.auto_publish,
        resources: all
            .pms_resources
            .iter()
            .filter(free)
            .map(resource)
            .collect(),
        pms_types: all
            .pms_appointment_types
            .iter()
            .filter(free_type)
            .map(|row| pms_type(row, &all.pms_resources))
            .collect(),
        practitioners: practitioners(&all, &offers),
        kinds: kinds(&all, &offers),
        asks: None,
        frame: Frame::new(member, &frame.0, frame.1, "links"),
    })
}

pub(crate) async fn show(State(web): State<Web>, member: Member) -> Result<Response, Failure> {
    personal(&page(&web, &member).await?)
}

/// The page again, with what is wrong beside its field.
fn wrong(mut page: LinksPage, sent: &Sent, faults: &[Fault]) -> Result<Response, Failure> {
    let all = page.practitioners.iter_mut().chain(&mut page.kinds);
    let one = all.into_iter().find(|one| Some(one.id) == sent.get("id"));
    let one = one.ok_or_else(|| Failure::new(StatusCode::BAD_REQUEST))?;
    let error = |field: &str| {
        let found = faults.iter().find(|fault| fault.field == field);
        found.map_or_else(String::new, |fault| fault.message.clone())
    };
    one.entered = Entered {
        name: sent.text("name").to_owned(),
        name_error: error("name"),
        length: sent.text("length").to_owned(),
        length_error: error("length"),
    };
    with_status(StatusCode::BAD_REQUEST, &page)
}

/// Links, unlinks, renames, switches on and off. To switch off asks first, on the same page.
pub(crate) async fn change(State(web): State<Web>, sent: Sent) -> Result<Response, Failure> {
    let deed = match Deed::of(&sent) {
        Ok(deed) => deed,
        Err(Error::Invalid(faults)) => return wrong(page(&web, &sent.who).await?, &sent, &faults),
        Err(_) => return Err(Failure::new(StatusCode::BAD_REQUEST)),
    };
    let (staff, context) = (sent.who.staff.clone(), sent.who.context());
    let practice = staff.practice_id();
    if let Deed::Switch(which, id, false) = deed
        && sent.text("sure") != "yes"
    {
        let mut page = page(&web, &sent.who).await?;
        let mut all = match which {
            Which::Practitioner => page.practitioners.iter(),
            Which::Type => page.kinds.iter(),
        };
        let name = all.find(|one| one.id == id).map(|one| one.name.clone());
        page.asks = Some(Asks {
            which,
            id,
            name: name.ok_or_else(Failure::no_page)?,
        });
        return personal(&page);
    }
    web.hub
        .write(practice, move |tx| deed.run(tx, &staff, &context))
        .await?;
    Ok(see_other(&format!("/portal/{practice}/links")))
}
