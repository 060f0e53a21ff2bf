//! `GET /bookings/{bookingId}/forms`: the forms that the practice wants (ATT-1).

use crate::booking::Manager;
use crate::openapi::values::FormName;
use crate::problem::Result;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use slotbridge_domain::document::{Field, FieldKind};
use slotbridge_hub::Hub;
use slotbridge_hub::booking::forms::{self, WantedForm};
use utoipa::ToSchema;

/// A form that the practice wants.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct FormView {
    /// Which.
    #[schema(value_type = FormName)]
    form: &'static str,
    /// Its title.
    title: &'static str,
    /// Whether the patient has filled it in.
    filled_in: bool,
    /// Its fields, in their order.
    fields: Vec<FieldView>,
}

/// A field of a form.
#[derive(Serialize, ToSchema)]
struct FieldView {
    /// Its name.
    name: &'static str,
    /// The question.
    label: &'static str,
    /// What an answer is: `line`, `lines` or `choice`.
    kind: &'static str,
    /// Whether there must be an answer.
    required: bool,
    /// What can be chosen, of a choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<&'static str>,
}

fn field(field: &Field) -> FieldView {
    let (kind, choices) = match field.kind {
        FieldKind::Line => ("line", Vec::new()),
        FieldKind::Lines => ("lines", Vec::new()),
        FieldKind::Choice(choices) => ("choice", choices.to_vec()),
    };
    FieldView {
        name: field.name,
        label: field.label,
        kind,
        required: field.required,
        choices,
    }
}

fn shown(wanted: WantedForm) -> FormView {
    FormView {
        form: wanted.form.as_str(),
        title: wanted.form.kind().title(),
        filled_in: wanted.filled_in,
        fields: wanted.form.fields().iter().map(field).collect(),
    }
}

/// The forms of a booking.
#[derive(Serialize, ToSchema)]
pub(super) struct Forms {
    /// Those that the practice wants.
    forms: Vec<FormView>,
}

/// The forms that the practice wants for a booking
///
/// By the products that it uses: `newPatientForm` (of new patients) and `preScreeningForm`. None while
/// its system takes no documents (ATT-1).
#[utoipa::path(
    get,
    path = "/bookings/{bookingId}/forms",
    operation_id = "listForms",
    tag = "attachments",
    security(("manageToken" = [])),
    responses((status = 200, description = "The forms.", body = Forms)),
)]
pub(super) async fn list(State(hub): State<Hub>, Manager(patient): Manager) -> Result<Json<Forms>> {
    let practice = patient.booking_id().practice();
    let found = hub
        .read(practice, move |tx| forms::list(tx, patient))
        .await?;
    let forms = found.into_iter().map(shown).collect();
    Ok(Json(Forms { forms }))
}
