//! The settings as a form: what is asked, what was entered, what is wrong with it.

use crate::entered::{self, optional};
use crate::field::{Field, Line};
use crate::portal::Sent;
use crate::search::phone;
use slotbridge_domain::patient;
use slotbridge_domain::product::Product;
use slotbridge_hub::admin::practices::{
    Details, LONGEST_DEFAULT, MOST_NOTICE, MOST_REMINDER_HOURS, MOST_SPECIALTIES,
};
use slotbridge_hub::rows::Practice;
use std::ops::RangeInclusive;

const CONTACT: [Line; 7] = [
    ("name", "Name", "", "off", "text", ""),
    ("phone", "Phone", "", "off", "tel", "medium"),
    (
        "email",
        "Email",
        "Where we write when your PMS does not answer. Patients don’t see it.",
        "off",
        "email",
        "",
    ),
    ("address", "Street and number", "", "off", "text", ""),
    ("suburb", "Suburb or town", "", "off", "text", ""),
    ("postcode", "Postcode", "", "off", "numeric", "short"),
    (
        "specialties",
        "Specialties",
        "What patients may search for, with commas between: skin checks, travel medicine.",
        "off",
        "text",
        "",
    ),
];

const NUMBERS: [Line; 3] = [
    (
        "minimumNoticeMinutes",
        "Notice, in minutes",
        "How long before its start a time can be booked: 120 keeps the next two hours to yourselves.",
        "off",
        "numeric",
        "short",
    ),
    (
        "defaultLengthMinutes",
        "Length of an appointment, in minutes",
        "For appointment types to which your PMS gives none.",
        "off",
        "numeric",
        "short",
    ),
    (
        "reminderHours",
        "Reminder, in hours before",
        "When patients are reminded of their appointment, if you use reminders.",
        "off",
        "numeric",
        "short",
    ),
];

/// Something to be ticked: name, label, what it means.
type Asked = (&'static str, &'static str, &'static str);

const TICKS: [Asked; 4] = [
    (
        "autoPublish",
        "Publish at once",
        "What your PMS sends anew becomes bookable by itself, without anybody linking it.",
    ),
    (
        "hideWhenUnhealthy",
        "Hide times while your PMS does not answer",
        "Patients can’t book then. Otherwise bookings come in, and wait for it.",
    ),
    (
        "hideWhenFeatureLate",
        "Hide them also while it is late with documents or snapshots",
        "",
    ),
    (
        "askAfterAppointments",
        "Ask your PMS the day after who came",
        "",
    ),
];

const fn product(product: Product) -> Asked {
    let (label, means) = match product {
        Product::Reminders => ("Reminders", "Patients are reminded by SMS or mail."),
        Product::PatientFeedback => (
            "Feedback",
            "Your PMS is asked for its days. Patients are not written to yet.",
        ),
        Product::WaitingRoom => (
            "Waiting room",
            "Your PMS is asked for its days. Patients see nothing of it yet.",
        ),
        Product::CheckIns => (
            "Check-in",
            "Your PMS is asked for its days. Patients see nothing of it yet.",
        ),
        Product::NewPatientForm => (
            "Form for new patients",
            "They fill it in before they come, and it goes to your PMS.",
        ),
        Product::PreScreeningForm => (
            "Questions before the visit",
            "Patients answer them before they come, and they go to your PMS.",
        ),
    };
    (product.as_str(), label, means)
}

/// A tick as it is shown.
pub(super) struct Tick {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) means: &'static str,
    pub(super) on: bool,
}

/// The settings.
pub(super) struct Settings {
    pub(super) contact: [Field; 7],
    pub(super) state: String,
    pub(super) numbers: [Field; 3],
    pub(super) ticks: [Tick; 4],
    pub(super) products: [Tick; 6],
}

fn whole(
    range: RangeInclusive<i64>,
    why: &'static str,
) -> impl FnOnce(&str) -> Result<i64, &'static str> {
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or(why)
    }
}

fn specialties(text: &str) -> Result<Vec<String>, &'static str> {
    let names = text.split(',').filter(|name| !name.trim().is_empty());
    let names: Vec<String> = names.map(entered::name).collect::<Result<_, _>>()?;
    if names.len() > MOST_SPECIALTIES {
        return Err("That is more than 50. Name those that patients look for.");
    }
    Ok(names)
}

impl Settings {
    fn shown<'t>(text: impl Fn(&str) -> &'t str, on: impl Fn(&str) -> bool) -> Self {
        let field = |line: Line| Field::new(line, text(line.0));
        let tick = |(name, label, means): Asked| Tick {
            name,
            label,
            means,
            on: on(name),
        };
        Self {
            contact: CONTACT.map(field),
            state: text("state").to_owned(),
            numbers: NUMBERS.map(field),
            ticks: TICKS.map(tick),
            products: Product::ALL.map(product).map(tick),
        }
    }

    /// As they are.
    pub(super) fn of(practice: &Practice) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let values = [
            ("name", practice.name.clone()),
            (
                "phone",
                practice
                    .phone
                    .as_deref()
                    .map_or_else(String::new, phone)
                    .replace('\u{a0}', " "),
            ),
            ("email", text(&practice.email)),
            ("address", text(&practice.address)),
            ("suburb", text(&practice.suburb)),
            ("postcode", text(&practice.postcode)),
            ("state", text(&practice.state)),
            ("specialties", practice.specialties.join(", ")),
            (
                "minimumNoticeMinutes",
                practice.minimum_notice_minutes.to_string(),
            ),
            (
                "defaultLengthMinutes",
                practice.default_length_minutes.to_string(),
            ),
            ("reminderHours", practice.reminder_hours.to_string()),
        ];
        let value = |name: &str| {
            let found = values.iter().find(|(of, _)| *of == name);
            found.map_or("", |(_, value)| value.as_str())
        };
        Self::shown(value, |name| match name {
            "autoPublish" => practice.auto_publish,
            "hideWhenUnhealthy" => practice.hide_when_unhealthy,
            "hideWhenFeatureLate" => practice.hide_when_feature_late,
            "askAfterAppointments" => practice.ask_after_appointments,
            _ => practice.products.iter().any(|product| product == name),
        })
    }

    /// What was entered as a change, or the form with what is wrong.
    pub(super) fn read(sent: &Sent) -> Result<Details, Box<Self>> {
        let mut entered = Self::shown(|name| sent.text(name), |name| !sent.text(name).is_empty());
        let details = entered.details();
        if entered.errors().next().is_some() {
            return Err(Box::new(entered));
        }
        Ok(details)
    }

    fn details(&mut self) -> Details {
        let [name, phone, email, address, suburb, postcode, of] = &mut self.contact;
        let [notice, length, reminder] = &mut self.numbers;
        let ticked = |all: &[Tick], name: &str| all.iter().any(|tick| tick.name == name && tick.on);
        let products = self.products.iter().filter(|tick| tick.on);
        Details {
            name: name.checked(entered::name),
            phone: phone.checked(optional(patient::phone)),
            email: email.checked(optional(patient::email)),
            address: address.checked(optional(entered::line)),
            suburb: suburb.checked(optional(entered::line)),
            postcode: postcode.checked(optional(patient::postcode)),
            // What is not in the list cannot be chosen, and is none.
            state: Some(patient::state(&self.state).ok().map(str::to_owned)),
            specialties: of.checked(specialties),
            products: Some(products.map(|tick| tick.name.to_owned()).collect()),
            auto_publish: Some(ticked(&self.ticks, "autoPublish")),
            hide_when_unhealthy: Some(ticked(&self.ticks, "hideWhenUnhealthy")),
            hide_when_feature_late: Some(ticked(&self.ticks, "hideWhenFeatureLate")),
            ask_after_appointments: Some(ticked(&self.ticks, "askAfterAppointments")),
            minimum_notice_minutes: notice.checked(whole(
                0..=MOST_NOTICE,
                "Enter whole minutes from 0 to 40320, which is four weeks.",
            )),
            default_length_minutes: length.checked(whole(
                1..=LONGEST_DEFAULT,
                "Enter whole minutes from 1 to 1440.",
            )),
            reminder_hours: reminder.checked(whole(
                1..=MOST_REMINDER_HOURS,
                "Enter whole hours from 1 to 72.",
            )),
            ..Details::default()
        }
    }

    /// The fields with something wrong.
    pub(super) fn errors(&self) -> impl Iterator<Item = &Field> {
        let all = self.contact.iter().chain(&self.numbers);
        all.filter(|field| !field.error.is_empty())
    }
}
