//! The forms that a practice wants of a patient (ATT-1).

use crate::auth::Patient;
use crate::{Error, Result};
use slotbridge_domain::document::Form;
use slotbridge_domain::feature::Feature;
use slotbridge_store::bookings::Booking;
use slotbridge_store::practices::Practice;
use slotbridge_store::{Tx, attachments, bookings, practices};

/// A form that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct WantedForm {
    /// Which.
    pub form: Form,
    /// Whether the patient has filled it in.
    pub filled_in: bool,
}

/// The forms that are wanted for the patient's booking: those of the products that the practice
/// uses, while its PMS takes documents.
///
/// # Errors
/// No such booking.
pub fn list(tx: &mut Tx<'_>, patient: Patient) -> Result<Vec<WantedForm>> {
    let id = patient.booking_id();
    let booking = bookings::get(tx, id)?.ok_or(Error::NotFound("booking"))?;
    let practice = practices::get(tx, id.practice())?.ok_or(Error::NotFound("booking"))?;
    if !super::takes_part(tx, Feature::AttachDocuments)? {
        return Ok(Vec::new());
    }
    let given = attachments::of_booking(tx, id)?;
    let forms = Form::ALL.into_iter();
    let wanted = forms.filter(|form| is_wanted(*form, &practice, &booking));
    Ok(wanted
        .map(|form| WantedForm {
            form,
            filled_in: given.iter().any(|one| one.kind == form.kind()),
        })
        .collect())
}

pub(super) fn is_wanted(form: Form, practice: &Practice, booking: &Booking) -> bool {
    form.is_wanted(&practice.products, booking.is_new_patient)
}
