//! The failures that operations share, as responses to refer to.

use super::face::{Face, Failures};
use crate::problem::{PROBLEM, ProblemDetails};
use slotbridge_wire::error::ErrorBody;
use slotbridge_wire::schema::add;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Components, ContentBuilder, Ref, Response, ResponseBuilder};

/// Every failure that a document has, with its name in it.
const FAILURES: [(u16, &str, &str); 12] = [
    (
        400,
        "BadRequest",
        "The input is wrong. Every fault is named by its path (WIRE-4); nothing was changed.",
    ),
    (401, "Unauthorized", "The caller did not prove who it is."),
    (
        403,
        "Forbidden",
        "The practice has no live consent for this consumer with this key (AUTH-1).",
    ),
    (
        404,
        "NotFound",
        "It is not there, or not the caller's (AUTH-3).",
    ),
    (
        408,
        "TooSlow",
        "The body did not come in time: send it as gzip, or less at once.",
    ),
    (
        409,
        "Conflict",
        "It contradicts what is there; nothing was changed.",
    ),
    (410, "Gone", "It was there and is no longer."),
    (
        413,
        "TooLarge",
        "The body is larger than the hub takes, as sent or unpacked (WIRE-3).",
    ),
    (
        415,
        "UnsupportedMediaType",
        "The body is neither JSON nor gzip of JSON.",
    ),
    (
        422,
        "KeyReused",
        "The Idempotency-Key came with another body before.",
    ),
    (429, "TooManyRequests", "Too many calls from this address."),
    (
        503,
        "Unavailable",
        "The store cannot be reached at the moment, too many large bodies are being read, or the \
         call took too long.",
    ),
];

/// The name of the response with a status.
pub(super) fn name(status: u16) -> &'static str {
    let found = FAILURES.iter().find(|(known, ..)| *known == status);
    found.map_or("BadRequest", |(_, name, _)| *name)
}

/// Adds the responses to which a document refers, and what they need.
pub(super) fn describe(components: &mut Components, face: &Face, statuses: &BTreeSet<u16>) {
    let mut schemas = Vec::new();
    let (media_type, schema) = match face.failures {
        Failures::Error => {
            add::<ErrorBody>(&mut schemas);
            ("application/json", ErrorBody::name())
        }
        Failures::Problem => {
            add::<ProblemDetails>(&mut schemas);
            (PROBLEM, ProblemDetails::name())
        }
    };
    components.schemas.extend(schemas);
    let used = |(status, ..): &(u16, &str, &str)| statuses.contains(status);
    for (status, name, description) in FAILURES.into_iter().filter(used) {
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name(schema.clone())))
            .build();
        let mut response = ResponseBuilder::new()
            .description(description)
            .content(media_type, content);
        if matches!(status, 429 | 503) {
            let seconds = ObjectBuilder::new().schema_type(Type::Integer);
            let header = HeaderBuilder::new()
                .schema(Some(seconds))
                .description(Some("After how many seconds to try again."));
            response = response.header("Retry-After", header.build());
        }
        let response: Response = response.build();
        components
            .responses
            .insert(name.to_owned(), response.into());
    }
}
