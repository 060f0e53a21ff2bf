//! What each document says of its face as a whole.

use super::{Document, complete};
use crate::{ApiState, admin, booking, pms, probes, sandbox};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Info, License, OpenApi, Server, tag::TagBuilder};
use utoipa_axum::router::OpenApiRouter;

/// How a face writes its failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failures {
    /// `{"error": "..."}`.
    Error,
    /// RFC 9457 problem details.
    Problem,
}

/// Who may call a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Callers {
    /// Integrations, by three headers.
    Integrations,
    /// Operators, by their token.
    Operators,
    /// Anybody; some operations want the token of a booking.
    Patients,
    /// Anybody.
    Anybody,
}

/// A face of the server.
pub(crate) struct Face {
    pub(crate) name: &'static str,
    pub(crate) base: &'static str,
    pub(crate) title: &'static str,
    version: &'static str,
    /// What it is for, in a line.
    pub(crate) lead: &'static str,
    /// What a caller needs, in a line of HTML.
    pub(crate) keys: &'static str,
    description: &'static str,
    tags: &'static [(&'static str, &'static str)],
    pub(super) failures: Failures,
    pub(super) callers: Callers,
    pub(crate) routes: fn() -> OpenApiRouter<ApiState>,
}

/// The scheme by which a booking's own token is known.
pub(super) const MANAGE_TOKEN: &str = "manageToken";
pub(super) const OPERATOR_TOKEN: &str = "operatorToken";
pub(super) const INTEGRATION: [(&str, &str, &str); 3] = [
    (
        "ApiKey",
        "api-key",
        "The consumer's key: which PMS vendor calls.",
    ),
    (
        "PracticeId",
        "practice-id",
        "The practice for which it calls.",
    ),
    (
        "PracticeKey",
        "practice-key",
        "The key of the practice's consent for this consumer.",
    ),
];

impl Face {
    pub(crate) const PMS: Self = Self {
        name: "pms-api",
        base: "/pms-api/v1",
        title: "PMS API",
        version: "1.9.0",
        lead: "What a practice management system calls: what is outstanding, its answers, free times, configuration.",
        keys: "Needs three headers: <code>api-key</code>, <code>practice-id</code>, <code>practice-key</code>. An operator makes them: a consumer, a practice, and a consent.",
        description: include_str!("pms-api.md"),
        tags: &[
            ("requests", "What the hub asks of the PMS."),
            ("bookings", "The PMS's answers and news on bookings."),
            ("availability", "Free times, by resource and day."),
            (
                "configuration",
                "Resources, appointment types and hours of contact.",
            ),
            (
                "features",
                "What an integration supports beyond the basics.",
            ),
            ("documents", "The PMS's documents, for patients."),
            (
                "attach documents",
                "Patients' documents, to be attached in the PMS.",
            ),
            (
                "subscriptions",
                "Callbacks when there are requests, and the log of those that failed.",
            ),
            (
                "client snapshots",
                "The appointment book, for reminders and the like.",
            ),
        ],
        failures: Failures::Error,
        callers: Callers::Integrations,
        routes: pms::routes,
    };
    pub(crate) const BOOKING: Self = Self {
        name: "booking-api",
        base: "/booking-api/v1",
        title: "Booking API",
        version: "1.0.0",
        lead: "What patients call: find a time, hold it, book it, see it decided, cancel it.",
        keys: "Needs nothing; a booking is seen and cancelled with its own <code>manageToken</code>.",
        description: include_str!("booking-api.md"),
        tags: &[
            ("practices", "Where, whom and what one can book, and when."),
            ("bookings", "Holding, booking, looking and cancelling."),
            ("documents", "What the practice has for the patient."),
            (
                "attachments",
                "What the patient gives the practice: files and forms.",
            ),
            ("reminders", "Reminders, and being left alone."),
        ],
        failures: Failures::Problem,
        callers: Callers::Patients,
        routes: booking::routes,
    };
    pub(crate) const ADMIN: Self = Self {
        name: "admin-api",
        base: "/admin-api/v1",
        title: "Admin API",
        version: "1.0.0",
        lead: "What operators call: practices, PMS vendors, keys, consents, what can be booked, every booking.",
        keys: "Needs an operator token; the first one stands in the file <code>operator-token</code> of the data folder.",
        description: include_str!("admin-api.md"),
        tags: &[
            ("operator tokens", "Who may operate."),
            ("maintenance", "Sending callers away for a while."),
            ("consumers", "PMS vendors, their keys and webhook secrets."),
            ("practices", "Practices and their settings."),
            ("consents", "Which integration acts for a practice."),
            (
                "staff",
                "Who works for practices: accounts, links, sessions.",
            ),
            ("requests", "What a practice's PMS is asked to do."),
            (
                "catalogue",
                "Practitioners and appointment types, and what of the PMS they stand for.",
            ),
            (
                "bookings",
                "A practice's bookings, and what staff do with them.",
            ),
            ("messages", "What people were told."),
            (
                "client snapshots",
                "The appointment book of the PMS, as it was sent.",
            ),
        ],
        failures: Failures::Problem,
        callers: Callers::Operators,
        routes: admin::routes,
    };
    pub(crate) const SANDBOX: Self = Self {
        name: "sandbox-api",
        base: "/sandbox-api/v1",
        title: "Sandbox API",
        version: "1.0.0",
        lead: "Time and faults under your control.",
        keys: "Needs nothing.",
        description: include_str!("sandbox-api.md"),
        tags: &[
            ("clock", "Time under the caller's control."),
            ("faults", "What goes wrong on demand."),
        ],
        failures: Failures::Problem,
        callers: Callers::Anybody,
        routes: sandbox::routes,
    };
    pub(crate) const SERVICE: Self = Self {
        name: "service",
        base: "",
        title: "The service itself",
        version: "1.0.0",
        lead: "Whether the process lives, and whether it can serve.",
        keys: "Needs nothing.",
        description: "What a supervisor asks of the process.",
        tags: &[("probes", "Whether it lives, and whether it can serve.")],
        failures: Failures::Problem,
        callers: Callers::Anybody,
        routes: probes::routes,
    };
    pub(crate) const ALL: &'static [Self] = &[
        Self::PMS,
        Self::BOOKING,
        Self::ADMIN,
        Self::SANDBOX,
        Self::SERVICE,
    ];

    /// The face's document.
    pub(crate) fn document(&self) -> Document {
        let mut openapi = (self.routes)().into_openapi();
        self.introduce(&mut openapi);
        complete::complete(&mut openapi, self);
        Document {
            name: self.name,
            base: self.base,
            openapi,
        }
    }

    fn introduce(&self, openapi: &mut OpenApi) {
        let mut info = Info::new(
            format!("Slotbridge {}", self.title),
            self.version.to_owned(),
        );
        info.description = Some(self.description.to_owned());
        let mut licence = License::new("Apache-2.0");
        licence.identifier = Some("Apache-2.0".to_owned());
        info.license = Some(licence);
        openapi.info = info;
        let base = if self.base.is_empty() { "/" } else { self.base };
        openapi.servers = Some(vec![Server::new(base)]);
        let tag = |(name, text): &(&str, &str)| {
            TagBuilder::new()
                .name(*name)
                .description(Some(*text))
                .build()
        };
        openapi.tags = Some(self.tags.iter().map(tag).collect());
    }

    /// The ways in which callers of the face prove who they are.
    pub(super) fn schemes(&self) -> Vec<(&'static str, SecurityScheme)> {
        let bearer = |text: &str| {
            let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
            SecurityScheme::Http(scheme.description(Some(text)).build())
        };
        let header = |(name, header, text): (&'static str, &str, &str)| {
            let key = ApiKeyValue::with_description(header, text);
            (name, SecurityScheme::ApiKey(ApiKey::Header(key)))
        };
        match self.callers {
            Callers::Integrations => INTEGRATION.map(header).into(),
            Callers::Operators => vec![(
                OPERATOR_TOKEN,
                bearer(
                    "An operator token; the first one stands in the file `operator-token` of the data folder.",
                ),
            )],
            Callers::Patients => vec![(
                MANAGE_TOKEN,
                bearer("The `manageToken` with which `POST /bookings` answered."),
            )],
            Callers::Anybody => Vec::new(),
        }
    }
}
