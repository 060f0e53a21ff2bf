//! What all operations of a face share, added to each: it follows from what the operation is, so
//! that nobody has to remember it.

use super::face::{Callers, Face, INTEGRATION, OPERATOR_TOKEN};
use super::{failures, values};
use crate::problem::LONGEST_KEY;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::PartialSchema;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ArrayItems, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Components, OpenApi, Ref, RefOr, Required, SecurityRequirement};

/// The methods whose bodies are read.
const WITH_BODY: [&str; 3] = ["POST", "PUT", "PATCH"];

/// Completes a face's document.
pub(super) fn complete(openapi: &mut OpenApi, face: &Face) {
    let components = openapi.components.get_or_insert_with(Components::new);
    for (name, scheme) in face.schemes() {
        components.add_security_scheme(name, scheme);
    }
    openapi.security = match face.callers {
        Callers::Integrations => {
            let all = INTEGRATION.into_iter();
            Some(vec![
                all.fold(SecurityRequirement::default(), |all, (name, ..)| {
                    all.add(name, Vec::<String>::new())
                }),
            ])
        }
        Callers::Operators => Some(vec![SecurityRequirement::new(
            OPERATOR_TOKEN,
            Vec::<String>::new(),
        )]),
        Callers::Patients | Callers::Anybody => None,
    };
    let mut failing = BTreeSet::new();
    for (path, item) in &mut openapi.paths.paths {
        for (method, operation) in operations(item) {
            failing.extend(complete_operation(path, method, operation, face));
        }
    }
    failures::describe(components, face, &failing);
    refer_to_items(&mut components.schemas);
}

/// Lets the schema of a list (`Page_X`, of `Page<X>`) refer to that of its items, where the derive
/// repeats it.
fn refer_to_items(schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    let names: BTreeSet<String> = schemas.keys().cloned().collect();
    for (name, schema) in schemas {
        let Some((_, item)) = name
            .split_once('_')
            .filter(|(_, item)| names.contains(*item))
        else {
            continue;
        };
        if let RefOr::T(Schema::Object(list)) = schema
            && let Some(RefOr::T(Schema::Array(data))) = list.properties.get_mut("data")
        {
            data.items = ArrayItems::from(Ref::from_schema_name(item));
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("GET", &mut item.get),
        ("PUT", &mut item.put),
        ("POST", &mut item.post),
        ("PATCH", &mut item.patch),
        ("DELETE", &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Completes an operation, and gives the statuses of the common failures that it can have.
fn complete_operation(
    path: &str,
    method: &'static str,
    operation: &mut Operation,
    face: &Face,
) -> Vec<u16> {
    let has_body = WITH_BODY.contains(&method);
    // The PMS API has no `Idempotency-Key`: creating a subscription again is the same one.
    let creates = operation.responses.responses.contains_key("201")
        && !matches!(face.callers, Callers::Integrations);
    let own: Vec<RefOr<Parameter>> = operation.parameters.take().unwrap_or_default();
    let described = |name: &str| own.iter().any(|one| in_path(one, name));
    let mut parameters: Vec<RefOr<Parameter>> = path_names(path)
        .filter(|name| !described(name))
        .map(path_id)
        .collect();
    parameters.extend(own.into_iter().map(never_null));
    let has_query = parameters.iter().any(|parameter| {
        matches!(parameter, RefOr::T(known) if known.parameter_in == ParameterIn::Query)
    });
    if creates {
        parameters.push(idempotency_key());
    }
    let mut statuses = vec![503];
    if has_body || has_query {
        statuses.push(400);
    }
    if has_body {
        statuses.extend([408, 413, 415]);
    }
    if path.contains('{') {
        statuses.push(404);
    }
    if creates {
        statuses.push(422);
    }
    match face.callers {
        Callers::Integrations => statuses.extend([401, 403]),
        Callers::Operators => statuses.push(401),
        Callers::Patients => {
            statuses.push(429);
            if operation.security.is_some() {
                statuses.push(401);
            }
        }
        Callers::Anybody => {}
    }
    if !parameters.is_empty() {
        operation.parameters = Some(parameters);
    }
    for status in &statuses {
        let documented = &mut operation.responses.responses;
        documented
            .entry(status.to_string())
            .or_insert_with(|| RefOr::Ref(Ref::from_response_name(failures::name(*status))));
    }
    statuses
}

/// A parameter that may be left out is never null: the derive says so of an `Option`.
fn never_null(parameter: RefOr<Parameter>) -> RefOr<Parameter> {
    let RefOr::T(mut parameter) = parameter else {
        return parameter;
    };
    parameter.schema = parameter.schema.map(|schema| match schema {
        RefOr::T(Schema::Object(mut object)) => {
            if let SchemaType::Array(types) = &object.schema_type
                && let [one, Type::Null] = types.as_slice()
            {
                object.schema_type = SchemaType::Type(one.clone());
            }
            RefOr::T(Schema::Object(object))
        }
        RefOr::T(Schema::OneOf(choice)) => {
            let value = choice.items.iter().find(|item| !is_null(item)).cloned();
            value.unwrap_or(RefOr::T(Schema::OneOf(choice)))
        }
        other => other,
    });
    RefOr::T(parameter)
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object))
        if matches!(object.schema_type, SchemaType::Type(Type::Null)))
}

/// The names in a path's braces.
fn path_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// Whether it is the parameter of that name in a path: one that is no integer describes itself.
fn in_path(parameter: &RefOr<Parameter>, name: &str) -> bool {
    matches!(parameter, RefOr::T(known)
        if known.parameter_in == ParameterIn::Path && known.name == name)
}

/// An id in a path: an integer; anything else is 404 (WIRE-5).
fn path_id(name: &str) -> RefOr<Parameter> {
    let what = name.strip_suffix("Id").unwrap_or(name);
    let words: String = what
        .chars()
        .flat_map(|c| {
            let space = c.is_ascii_uppercase().then_some(' ');
            space.into_iter().chain([c.to_ascii_lowercase()])
        })
        .collect();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(format!(
            "Which {words}; one that there is not, or not for the caller, is 404."
        )))
        .schema(Some(values::PathId::schema()))
        .build()
        .into()
}

fn idempotency_key() -> RefOr<Parameter> {
    let text = "So that the call can be sent again: the same key with the same body (equal as JSON) \
                gets the first answer again, another body 422. A key holds for this operation and \
                caller, and is kept for 24 hours. 1 to 255 visible ASCII characters.";
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(LONGEST_KEY))
        .pattern(Some("^[!-~]+$"));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(text))
        .schema(Some(schema))
        .build()
        .into()
}
