//! Values of the booking, admin and sandbox APIs whose rules a JSON type does not tell; those of
//! the PMS API are [`slotbridge_wire::schema`].

use slotbridge_domain::booking::{Alert, Attendance, PmsAnswer, Status};
use slotbridge_domain::delivery::DeliveryState;
use slotbridge_domain::document::{AttachmentKind, AttachmentState, DocumentState, Form};
use slotbridge_domain::feature::Feature;
use slotbridge_domain::health;
use slotbridge_domain::ids::{NUMBERS_PER_PRACTICE, PracticeId};
use slotbridge_domain::patient::{self, LONGEST_EMAIL, LONGEST_NAME};
use slotbridge_domain::request::RequestType;
use slotbridge_domain::staff::{LinkKind, Role};
use slotbridge_hub::booking::patient_form::{LONGEST_LINE, LONGEST_TEXT};
use slotbridge_wire::schema::{one_of, pattern};
use slotbridge_wire::schemas;
use utoipa::PartialSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type};

fn integer(least: i64, most: i64, description: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(isize::try_from(least).ok())
        .maximum(isize::try_from(most).ok())
        .description(Some(description))
}

/// The schema of an object, to be changed.
pub(crate) fn like<T: PartialSchema>(description: &str) -> ObjectBuilder {
    match T::schema() {
        RefOr::T(Schema::Object(object)) => ObjectBuilder::from(object),
        _ => ObjectBuilder::new(),
    }
    .description(Some(description))
}

/// A flag that is off unless it is sent.
pub(crate) fn flag(description: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Boolean, Type::Null]))
        .default(Some(false.into()))
        .description(Some(description))
}

/// Text without control characters but line breaks and tabs.
const LINES: &str = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$";

schemas! {
    /// An id in a path.
    pub(crate) PathId = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(1));
    /// A practice's id.
    pub(crate) PracticeNumber = integer(1, PracticeId::LIMIT - 1, "A practice's id.");
    /// An id that names its practice (REQ-2).
    pub(crate) ScopedNumber = integer(
        NUMBERS_PER_PRACTICE,
        PracticeId::LIMIT * NUMBERS_PER_PRACTICE - 1,
        "An id within a practice: practiceId * 10^8 + n, so that it names its practice.",
    );
    /// A consumer's id.
    pub(crate) ConsumerNumber = integer(1, i64::MAX, "A consumer's id.");
    /// A person's first or last name.
    pub(crate) PersonName = pattern(
        "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$",
        "A name of a person, without control characters.",
    )
    .max_length(Some(LONGEST_NAME));
    /// A day of birth.
    pub(crate) BirthDay = pattern(
        "^(18[89][0-9]|19[0-9]{2}|20[0-9]{2})-[0-9]{2}-[0-9]{2}$",
        "A day of birth, YYYY-MM-DD, from 1880 to today.",
    )
    .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)));
    /// A line of an address.
    pub(crate) AddressLine = pattern(LINES, "A line of an address.").max_length(Some(LONGEST_LINE));
    /// A patient's free text.
    pub(crate) Lines = pattern(LINES, "Free text.").max_length(Some(LONGEST_TEXT));
    /// A phone number.
    pub(crate) Phone = pattern(
        "^(0[234578]( ?[0-9]){8}|1[38]00( ?[0-9]){6}|13( ?[0-9]){4}|\\+61 ?[23478]( ?[0-9]){8}|\\+[1-57-9][0-9]{7,14})$",
        "An Australian phone number with its area code, or one of another country with + and its \
         code. Other spaces, hyphens, dots and brackets are read too.",
    );
    /// A mail address.
    pub(crate) Email = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
        .max_length(Some(LONGEST_EMAIL))
        .description(Some("A mail address."));
    /// A state.
    pub(crate) State = one_of(patient::STATES, "A state or territory of Australia.");
    /// A postcode.
    pub(crate) Postcode = pattern("^[0-9]{4}$", "Four digits.");
    /// A gender.
    pub(crate) Gender = one_of(patient::Gender::ALL.map(patient::Gender::as_str), "A gender.");
    /// A Medicare card number.
    pub(crate) MedicareNumber = pattern(
        "^[2-6][0-9]{9}$",
        "The ten digits of a Medicare card; the ninth is a check digit and must fit.",
    );
    /// The place on the card.
    pub(crate) MedicareIrn = pattern("^[1-9]$", "The digit beside the name on a Medicare card.");
    /// The card's expiry.
    pub(crate) MedicareExpiry = pattern(
        "^(0[1-9]|1[0-2])/20[0-9]{2}$",
        "Until when a Medicare card is good, MM/YYYY.",
    );
    /// What somebody is at a practice.
    pub(crate) StaffRole = one_of(
        Role::NAMES.iter().copied(),
        "What somebody is at a practice: a manager also changes settings, links, consents and staff.",
    );
    /// What a link for staff is for.
    pub(crate) StaffLinkKind = one_of(
        LinkKind::NAMES.iter().copied(),
        "What a link is for: password and second factor, or the password alone.",
    );
    /// Where a booking stands.
    pub(crate) BookingState = one_of(
        Status::NAMES.iter().copied(),
        "Where a booking stands for the patient.",
    );
    /// Where it stands, as the patient is told.
    pub(crate) BookingStateOrMissed = one_of(
        Status::NAMES.iter().copied().chain([Attendance::DidNotAttend.as_str()]),
        "Where a booking stands for the patient.",
    );
    /// What the PMS said.
    pub(crate) PmsAnswerName = one_of(
        PmsAnswer::NAMES.iter().copied(),
        "What the PMS, or staff in its place, said to the booking.",
    );
    /// Why something needs staff's attention.
    pub(crate) AttentionKind = one_of(
        ["notInPms"].into_iter().chain(Alert::NAMES.iter().copied()),
        "Why a booking needs staff's attention.",
    );
    /// Whether the patient came.
    pub(crate) AttendanceName = one_of(
        Attendance::NAMES.iter().copied(),
        "Whether the patient came.",
    );
    /// Bytes.
    pub(crate) Binary = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
        .description(Some("Bytes, as they are."));
    /// Where a document of the PMS stands.
    pub(crate) DocumentStateName = one_of(
        DocumentState::NAMES.iter().copied(),
        "Where a document stands: the practice has it (`available`), it was asked for it \
         (`requested`), it is here (`uploaded`), or the practice does not give it (`declined`).",
    );
    /// What a document of a patient is.
    pub(crate) AttachmentKindName = one_of(
        AttachmentKind::NAMES.iter().copied(),
        "What a document of a patient is.",
    );
    /// What a file of a patient is.
    pub(crate) AttachmentFileKind = one_of(
        AttachmentKind::FILES.map(AttachmentKind::as_str),
        "What a file is.",
    );
    /// Where a document of a patient stands.
    pub(crate) AttachmentStateName = one_of(
        AttachmentState::NAMES.iter().copied(),
        "Where a document of a patient stands: the PMS has not said who the patient is \
         (`waiting`), it is asked to attach it (`requested`), it has (`attached`), it does not \
         (`rejected`), or it has not answered in time (`expired`).",
    );
    /// A form.
    pub(crate) FormName = one_of(Form::ALL.map(Form::as_str), "A form.");
    /// A type of request.
    pub(crate) RequestTypeName = one_of(
        RequestType::ALL.map(RequestType::as_str),
        "A type of request, as the PMS API names it.",
    );
    /// How an integration does.
    pub(crate) HealthState = one_of(
        health::State::NAMES.iter().copied(),
        "How an integration does; outside of its live hours neither (HEALTH-3).",
    );
    /// Why it is unhealthy.
    pub(crate) HealthReason = one_of(
        health::Reason::NAMES.iter().copied(),
        "Why an integration is unhealthy (HEALTH-1).",
    );
    /// An extra feature.
    pub(crate) FeatureName = one_of(Feature::ALL.map(Feature::as_str), "An extra feature.");
    /// Where a delivery stands.
    pub(crate) DeliveryStateName = one_of(
        DeliveryState::ALL.map(DeliveryState::as_str),
        "Where a delivery stands.",
    );
    /// A practice's zone.
    pub(crate) TimeZoneName = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(slotbridge_wire::read::MAX_NAME))
        .description(Some("An IANA time zone, e.g. Australia/Perth."))
        .examples(["Australia/Perth"]);
}
