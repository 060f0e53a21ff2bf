//! The schemas of the documents, as far as the documents use the language.

use serde_json::Value;

/// A schema.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    pub(crate) kind: Kind,
    /// `null` is a value too.
    pub(crate) nullable: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Text(Text),
    Integer(i64, i64),
    Flag,
    /// Items, and how many at most.
    List(Box<Schema>, usize),
    Object(Vec<Field>),
    OneOf(Vec<Schema>),
}

#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) least: usize,
    pub(crate) most: usize,
    pub(crate) pattern: Option<String>,
    pub(crate) format: Option<String>,
    /// The only texts, if there are any.
    pub(crate) names: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) schema: Schema,
}

/// What a schema may hold that the generator understands, or that says nothing of values.
const KNOWN: [&str; 17] = [
    "$ref",
    "default",
    "description",
    "enum",
    "example",
    "examples",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minLength",
    "minimum",
    "oneOf",
    "pattern",
    "properties",
    "required",
];

/// The length of a text and the items of a list that are bounded by the size of the body alone.
pub(crate) const UNBOUNDED: usize = usize::MAX;

impl Schema {
    /// Reads a schema of a document.
    pub(crate) fn read(schema: &Value, document: &Value) -> Self {
        if let Some(reference) = schema["$ref"].as_str() {
            let pointer = reference.strip_prefix('#').unwrap();
            return Self::read(document.pointer(pointer).unwrap(), document);
        }
        for (keyword, _) in schema.as_object().unwrap() {
            let known = KNOWN.contains(&keyword.as_str()) || keyword == "type";
            assert!(known, "the generator does not know {keyword}: {schema}");
        }
        if let Some(choices) = schema["oneOf"].as_array() {
            return Self::one_of(choices, document);
        }
        let (kind, nullable) = match &schema["type"] {
            Value::Array(names) => {
                let named = names.iter().find(|name| *name != "null").unwrap();
                (named.as_str().unwrap(), names.len() > 1)
            }
            name => (name.as_str().unwrap(), false),
        };
        let size = |keyword: &str, otherwise: usize| {
            let size = schema[keyword].as_u64();
            size.map_or(otherwise, |size| usize::try_from(size).unwrap())
        };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let kind = match kind {
            "string" => Kind::Text(Text {
                least: size("minLength", 0),
                most: size("maxLength", UNBOUNDED),
                pattern: text(&schema["pattern"]),
                format: text(&schema["format"]),
                names: list(&schema["enum"]).filter_map(text).collect(),
            }),
            "integer" => Kind::Integer(
                schema["minimum"].as_i64().unwrap_or(i64::MIN),
                schema["maximum"].as_i64().unwrap_or(i64::MAX),
            ),
            "boolean" => Kind::Flag,
            "array" => Kind::List(
                Box::new(Self::read(&schema["items"], document)),
                size("maxItems", UNBOUNDED),
            ),
            "object" => Kind::Object(Self::fields(schema, document)),
            other => panic!("the generator does not know the type {other}"),
        };
        Self { kind, nullable }
    }

    /// A choice; one between something and `null` is that, and may be null.
    fn one_of(choices: &[Value], document: &Value) -> Self {
        let (null, others): (Vec<_>, Vec<_>) =
            choices.iter().partition(|choice| choice["type"] == "null");
        let mut read: Vec<Self> = others
            .iter()
            .map(|choice| Self::read(choice, document))
            .collect();
        let nullable = !null.is_empty();
        if read.len() == 1 {
            let one = read.remove(0);
            let nullable = nullable || one.nullable;
            return Self { nullable, ..one };
        }
        Self {
            kind: Kind::OneOf(read),
            nullable,
        }
    }

    fn fields(schema: &Value, document: &Value) -> Vec<Field> {
        let required: Vec<&str> = list(&schema["required"])
            .filter_map(Value::as_str)
            .collect();
        let properties = schema["properties"].as_object().into_iter().flatten();
        properties
            .map(|(name, schema)| Field {
                name: name.clone(),
                required: required.contains(&name.as_str()),
                schema: Self::read(schema, document),
            })
            .collect()
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
