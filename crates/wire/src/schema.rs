//! What the documents of the APIs say of values whose rules a JSON type does not tell: the bounds
//! and patterns that [`read`](mod@crate::read) holds. Named here once, referred to by fields with
//! `#[schema(value_type = ...)]`; the types have no values.

use crate::read::{MAX_ID, MAX_NAME, MAX_TEXT};
use utoipa::ToSchema;
use utoipa::openapi::schema::{
    ArrayBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type,
};
use utoipa::openapi::{Ref, RefOr};

/// Defines types that only have a schema.
#[macro_export]
macro_rules! schemas {
    ($($(#[$doc:meta])* $vis:vis $name:ident = $schema:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        $vis enum $name {}

        impl ::utoipa::PartialSchema for $name {
            fn schema() -> $crate::schema::Described {
                $crate::schema::Described::from($schema)
            }
        }

        impl ::utoipa::ToSchema for $name {}
    )+};
}

/// A text by a pattern (ECMA-262).
#[must_use]
pub fn pattern(pattern: &str, description: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(pattern))
        .description(Some(description))
}

/// One of some names.
#[must_use]
pub fn one_of(names: impl IntoIterator<Item = &'static str>, description: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(names.into_iter().collect::<Vec<_>>()))
        .description(Some(description))
}

/// A text that is not blank, of at most `most` characters.
#[must_use]
pub fn not_blank(most: usize, description: &str) -> ObjectBuilder {
    pattern(r"\S", description)
        .min_length(Some(1))
        .max_length(Some(most))
}

/// A text in a form that a name is given to, registered or not.
fn formatted(format: &str, by: &str, description: &str) -> ObjectBuilder {
    pattern(by, description).format(Some(SchemaFormat::Custom(format.to_owned())))
}

schemas! {
    /// See [`read::id`](crate::read::id).
    pub Id = not_blank(MAX_ID, "An id that a PMS gave; kept as it is.");
    /// See [`read::name`](crate::read::name).
    pub Name = not_blank(MAX_NAME, "A name.");
    /// Free text.
    pub Text = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(MAX_TEXT))
        .description(Some("Free text."));
    /// A line of free text, of as many characters as a name.
    pub Line = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(MAX_NAME))
        .description(Some("A line of free text."));
    /// Any 64-bit integer.
    pub Integer = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(isize::MIN))
        .maximum(Some(isize::MAX))
        .description(Some("An integer of 64 bits."));
    /// Where callbacks go.
    pub CallbackUrl = pattern(
        CALLBACK_URL,
        "An absolute http or https URL without credentials in it, of at most 2000 bytes.",
    );
    /// A day, `YYYY-MM-DD`.
    pub Day = formatted(
        "date",
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "A day of the calendar, YYYY-MM-DD, of the years 0001 to 9999.",
    );
    /// A timestamp of the PMS API in UTC.
    pub UtcTimestamp = formatted("datetime", TIMESTAMP, "YYYY-MM-DD HH:MM:SS in UTC.");
    /// The beginning of a timestamp of the PMS API in UTC.
    pub UtcPeriod = formatted(
        "datetime",
        "^[0-9]{4}(-[0-9]{2}(-[0-9]{2}( [0-9]{2}(:[0-9]{2}(:[0-9]{2})?)?)?)?)?$",
        "YYYY-MM-DD HH:MM:SS in UTC, or the beginning of it: all that it can go on to.",
    );
    /// A timestamp of the PMS API on the practice's wall clock.
    pub PracticeTimestamp = formatted(
        "datetime",
        TIMESTAMP,
        "YYYY-MM-DD HH:MM:SS on the practice's wall clock.",
    );
    /// An instant, RFC 3339.
    pub Instant = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .description(Some("An instant with its offset, RFC 3339."));
    /// A time of day.
    pub TimeOfDay = pattern(
        "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$",
        "A time on the practice's wall clock, HH:MM or HH:MM:SS.",
    );
    /// The end of a range of times.
    pub EndOfRange = pattern(
        "^(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00(:00)?)$",
        "A time on the practice's wall clock, HH:MM or HH:MM:SS, or 24:00.",
    );
}

const TIMESTAMP: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$";

/// A host by its name or address, perhaps a port, and whatever follows.
const CALLBACK_URL: &str = concat!(
    "^[Hh][Tt][Tt][Pp][Ss]?://(([A-Za-z0-9-]+[.])*[A-Za-z][A-Za-z0-9-]*",
    "|(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])([.](25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}",
    "|\\[(::1|([0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4})\\])",
    "(:[1-5]?[0-9]{1,4})?([/?#][!-~]*)?$",
);

/// A schema, or a reference to one.
pub type Described = RefOr<Schema>;

/// Adds a type's schema to those of a document, with all that it refers to.
pub fn add<T: ToSchema>(schemas: &mut Vec<(String, Described)>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

/// At most so many items of a type. Whoever uses it must see to it that the items' type is in the
/// document: by [`add`], or because an operation names it.
#[must_use]
pub fn list_of<T: ToSchema>(most: usize) -> ArrayBuilder {
    ArrayBuilder::new()
        .items(Ref::from_schema_name(T::name()))
        .max_items(Some(most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::availability::{AvailabilityRange, AvailabilitySnapshot};
    use crate::bookings::ConfirmBookingInsert;
    use crate::config::{PmsAppointmentType, Schedule};
    use serde_json::{Value, json};
    use utoipa::PartialSchema;

    /// Whether it cannot be read as a `T`.
    fn refused<T: crate::read::FromJson>(body: &Value) -> bool {
        crate::read::read::<T>(body.to_string().as_bytes()).is_err()
    }

    /// The bounds that the derives cannot take from constants are the readers' own: one item more
    /// is refused, as many are not.
    #[test]
    fn the_bounds_in_the_schemas_are_those_of_the_readers_wire_4() {
        let most = |schema: Described, pointer: &str| {
            let schema = serde_json::to_value(schema).unwrap();
            let most = schema.pointer(pointer).and_then(Value::as_u64).unwrap();
            usize::try_from(most).unwrap()
        };
        let range = json!({"start": "09:00", "end": "10:00", "slotLength": 900});
        let ids = most(
            ConfirmBookingInsert::schema(),
            "/properties/pmsAppointmentIds/maxItems",
        );
        let ranges = most(
            AvailabilitySnapshot::schema(),
            "/properties/availability/maxItems",
        );
        let types = most(
            AvailabilityRange::schema(),
            "/properties/pmsAppointmentTypeIds/maxItems",
        );
        let hours = most(Schedule::schema(), "/properties/monday/maxItems");
        let length = most(
            PmsAppointmentType::schema(),
            "/properties/pmsAppointmentLength/maximum",
        );
        for (more, over) in [(0, false), (1, true)] {
            let confirm = json!({"pmsAppointmentIds": vec!["1"; ids + more], "pmsPatientId": "1"});
            assert_eq!(refused::<ConfirmBookingInsert>(&confirm), over);
            let day = json!({
                "date": "2027-03-01", "pmsResourceId": "1", "availability": vec![&range; ranges + more],
            });
            assert_eq!(refused::<AvailabilitySnapshot>(&day), over);
            let mut typed = range.clone();
            typed["pmsAppointmentTypeIds"] = json!(vec!["1"; types + more]);
            assert_eq!(refused::<AvailabilityRange>(&typed), over);
            assert_eq!(
                refused::<Schedule>(&json!({"monday": vec![&range; hours + more]})),
                over
            );
            let kind = json!({
                "pmsAppointmentTypeId": "1", "pmsAppointmentTypeName": "1",
                "pmsAppointmentLength": length + more,
            });
            assert_eq!(refused::<PmsAppointmentType>(&kind), over);
        }
    }
}
