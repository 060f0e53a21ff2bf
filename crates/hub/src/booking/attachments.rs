//! A patient gives a document: a file, or a form that is made into one (ATT-1).

use super::forms;
use crate::attachments::{self, AttachmentDetails, AttachmentView};
use crate::auth::Patient;
use crate::content::{Placed, hex};
use crate::documents::key_of;
use crate::notices::when;
use crate::person::{Person, person_of, pms_record_of};
use crate::{Context, Error, Fault, Hub, Once, Result, life, zone};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use slotbridge_domain::document::pdf::{self, Block};
use slotbridge_domain::document::{
    Answer, AttachmentKind, AttachmentState, Field, FileKind, Form, file_name,
};
use slotbridge_domain::feature::Feature;
use slotbridge_store::attachments::{self as rows, Attachment};
use slotbridge_store::bookings::Booking;
use slotbridge_store::practices::{self, Practice};
use slotbridge_store::seal::DataKey;
use slotbridge_store::{Tx, numbers};

/// How many documents a patient can give for a booking.
const MOST: usize = 20;

/// What a patient gives.
pub enum NewAttachment {
    /// A file.
    File {
        /// What it is.
        kind: AttachmentKind,
        /// What its bytes are.
        file: FileKind,
        /// The name that the patient's machine gave it.
        name: String,
        /// The content.
        content: Vec<u8>,
    },
    /// A form.
    Form {
        /// Which.
        form: Form,
        /// What was answered.
        answers: Vec<Answer>,
    },
}

/// A booking for which documents are taken.
struct Open {
    booking: Booking,
    practice: Practice,
    zone: TimeZone,
    person: Option<Person>,
    key: DataKey,
    now: Timestamp,
}

/// A document in the making.
struct Made {
    kind: AttachmentKind,
    details: AttachmentDetails,
    form: Option<Form>,
}

/// Takes a document. The PMS is asked to attach it once it has said who the patient is.
///
/// # Errors
/// Answers are wrong: all that are; the booking does not stand any more; the practice takes no
/// documents, or does not want this form; there are too many.
pub async fn attach(
    hub: &Hub,
    context: Context,
    patient: Patient,
    new: NewAttachment,
    once: Once<AttachmentView>,
) -> Result<Value> {
    let practice = patient.booking_id().practice();
    let answers = match &new {
        NewAttachment::Form { form, answers } => Some((*form, checked(*form, answers)?)),
        NewAttachment::File { .. } => None,
    };
    let wanted = answers.as_ref().map(|(form, _)| *form);
    let open = hub
        .read(practice, move |tx| open(tx, patient, wanted))
        .await?;
    let (made, content) = make(&open, new, answers)?;
    let placed = hub.place(practice, &open.key, content).await?;
    let days = hub.settings().attach_days;
    hub.write(practice, move |tx| {
        once.run(tx, |tx| write(tx, &context, patient, &made, &placed, days))
    })
    .await
}

/// Whether a file would be taken for the booking at the moment.
///
/// # Errors
/// The store's.
pub fn are_taken(tx: &mut Tx<'_>, patient: Patient) -> Result<bool> {
    match open(tx, patient, None) {
        Ok(_) => Ok(true),
        Err(Error::Conflict(_) | Error::Refused(_) | Error::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The documents that the patient gave for the booking, oldest first.
///
/// # Errors
/// No such booking.
pub fn list(tx: &mut Tx<'_>, patient: Patient) -> Result<Vec<AttachmentView>> {
    let id = patient.booking_id();
    let booking = slotbridge_store::bookings::get(tx, id)?.ok_or(Error::NotFound("booking"))?;
    let key = key_of(tx, &booking)?;
    let given = rows::of_booking(tx, id)?.into_iter();
    given
        .map(|attachment| attachments::view(&key, attachment))
        .collect()
}

/// The answers in the order of the form, or every fault by its path.
fn checked(form: Form, answers: &[Answer]) -> Result<Vec<(&'static Field, String)>> {
    form.check(answers).map_err(|faults| {
        let fault = |fault: slotbridge_domain::document::FormFault| match fault.answer {
            Some(at) => Fault::new(format!("answers[{at}].answer"), fault.message),
            None => Fault::new("answers", fault.message),
        };
        Error::Invalid(faults.into_iter().map(fault).collect())
    })
}

/// Looks whether a document, of that form if it is one, is taken for a booking.
fn open(tx: &mut Tx<'_>, patient: Patient, form: Option<Form>) -> Result<Open> {
    let id = patient.booking_id();
    let mut booking = slotbridge_store::bookings::get(tx, id)?.ok_or(Error::NotFound("booking"))?;
    booking.life = booking.life.at(tx.now());
    let practice = practices::get(tx, id.practice())?.ok_or(Error::NotFound("booking"))?;
    let key = key_of(tx, &booking)?;
    attachments::refuse_unless_stands(&booking)?;
    if !super::takes_part(tx, Feature::AttachDocuments)? {
        return Err(Error::Conflict(
            "the practice takes no documents online at the moment: bring them with you".into(),
        ));
    }
    if form.is_some_and(|form| !forms::is_wanted(form, &practice, &booking)) {
        return Err(Error::Conflict(
            "the practice does not want this form for this booking".into(),
        ));
    }
    if rows::of_booking(tx, id)?.len() >= MOST {
        return Err(Error::Conflict(format!(
            "there are {MOST} documents for this booking: no more are taken"
        )));
    }
    Ok(Open {
        person: person_of(tx, &booking)?,
        zone: zone::of(&practice)?,
        now: tx.now(),
        booking,
        practice,
        key,
    })
}

/// Makes the document: a form becomes a PDF.
fn make(
    open: &Open,
    new: NewAttachment,
    answers: Option<(Form, Vec<(&'static Field, String)>)>,
) -> Result<(Made, Vec<u8>)> {
    let (kind, file, name, content) = match new {
        NewAttachment::File {
            kind,
            file,
            name,
            content,
        } => (kind, file, name, content),
        NewAttachment::Form { form, .. } => {
            let filled = answers.as_ref().map_or(&[][..], |(_, filled)| filled);
            let content = pdf::write(&blocks(open, form, filled));
            (form.kind(), FileKind::Pdf, String::new(), content)
        }
    };
    let details = AttachmentDetails {
        file_name: file_name(&name, file.ending(), kind.title()),
        format: file.media_type().to_owned(),
        size: attachments::size_of(&content)?,
        sha1: hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, &content).as_ref()),
        pms_document_id: None,
    };
    let made = Made {
        kind,
        details,
        form: answers.map(|(form, _)| form),
    };
    Ok((made, content))
}

/// What stands in the PDF of a form.
fn blocks(open: &Open, form: Form, filled: &[(&'static Field, String)]) -> Vec<Block> {
    let at = |at: Timestamp| when(&open.zone, at);
    let mut blocks = vec![
        Block::Title(form.kind().title().to_owned()),
        Block::Text(open.practice.name.clone()),
        Block::Text(format!(
            "Appointment on {}. Filled in online on {}.",
            at(open.booking.start),
            at(open.now)
        )),
    ];
    let mut pair = |label: &str, text: &str| {
        blocks.push(Block::Label(label.to_owned()));
        blocks.push(Block::Text(text.to_owned()));
    };
    if let Some(person) = &open.person {
        pair("Name", &format!("{} {}", person.firstname, person.lastname));
        pair("Date of birth", &person.dob);
        pair("Phone", &person.phone);
        pair("Email", &person.email);
    }
    for (field, answer) in filled {
        pair(field.label, answer);
    }
    blocks
}

/// Writes the document and what follows from it.
fn write(
    tx: &mut Tx<'_>,
    context: &Context,
    patient: Patient,
    made: &Made,
    placed: &Placed,
    days: i64,
) -> Result<AttachmentView> {
    // It may stand otherwise by now.
    open(tx, patient, made.form)?;
    let booking = life::load(tx, patient.booking_id())?;
    let key = key_of(tx, &booking)?;
    let mut attachment = Attachment {
        document_id: numbers::document(tx)?,
        booking_id: booking.booking_id,
        kind: made.kind,
        state: AttachmentState::Waiting,
        details: attachments::seal_details(&key, &made.details)?,
        object_name: Some(placed.keep(tx)?),
        created_at: tx.now(),
    };
    rows::insert(tx, &attachment)?;
    let record = pms_record_of(tx, &booking)?.unwrap_or_default();
    if record.pms_patient_id.is_some() {
        attachments::ask(tx, &attachment, days)?;
        attachment.state = AttachmentState::Requested;
    }
    let detail = json!({"documentId": attachment.document_id.get(), "kind": made.kind.as_str()});
    let id = Some(booking.booking_id);
    context.record(tx, "attach", id, &detail, None)?;
    attachments::view(&key, attachment)
}
