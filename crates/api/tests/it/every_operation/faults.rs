//! Faults put into values that a schema allows, and how they must be named (WIRE-4). Only such
//! that no liberty in reading forgives (WIRE-2: numbers for ids, texts for numbers, `null` and
//! blanks for what is optional).

use super::generate::Chance;
use super::schema::{Kind, Schema, Text};
use serde_json::{Value, json};

/// A step from a value into it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

/// A place in a value at which something can be wrong.
#[derive(Clone, Debug)]
struct Site {
    steps: Vec<Step>,
    schema: Schema,
    required: bool,
}

/// Puts up to `most` faults into a value, each apart from the others; gives their paths.
pub(super) fn put(
    chance: &mut Chance,
    value: &mut Value,
    schema: &Schema,
    most: usize,
) -> Vec<String> {
    let mut sites = Vec::new();
    find(value, schema, &[], false, &mut sites);
    let mut put: Vec<Vec<Step>> = Vec::new();
    for _ in 0..8 * most {
        if put.len() == most || sites.is_empty() {
            break;
        }
        let site = sites[chance.below(sites.len())].clone();
        let apart =
            |other: &Vec<Step>| !other.starts_with(&site.steps) && !site.steps.starts_with(other);
        if !put.iter().all(apart) || (site.steps.is_empty() && !chance.once_in(20)) {
            continue;
        }
        let mut wrong = wrong_values(&site.schema, site.required);
        if wrong.is_empty() {
            continue;
        }
        let fault = wrong.swap_remove(chance.below(wrong.len()));
        set(value, &site.steps, fault);
        put.push(site.steps);
    }
    put.iter().map(|steps| path(steps)).collect()
}

fn find(value: &Value, schema: &Schema, at: &[Step], required: bool, sites: &mut Vec<Site>) {
    let step = |step: Step| at.iter().cloned().chain([step]).collect::<Vec<_>>();
    match &schema.kind {
        Kind::Object(fields) => {
            for field in fields {
                let inner = value.get(&field.name).unwrap_or(&Value::Null);
                let steps = step(Step::Key(field.name.clone()));
                find(inner, &field.schema, &steps, field.required, sites);
            }
        }
        Kind::List(items, _) => {
            for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
                find(inner, items, &step(Step::Index(index)), false, sites);
            }
        }
        // What is wrong there depends on what was meant.
        Kind::OneOf(_) => return,
        _ => {}
    }
    sites.push(Site {
        steps: at.to_vec(),
        schema: schema.clone(),
        required,
    });
}

/// The path by which a fault is named.
fn path(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Key(key) if path.is_empty() => path.push_str(key),
            Step::Key(key) => path.push_str(&format!(".{key}")),
            Step::Index(index) => path.push_str(&format!("[{index}]")),
        }
    }
    if path.is_empty() {
        "body".to_owned()
    } else {
        path
    }
}

/// Sets what stands there, or takes it away.
fn set(value: &mut Value, steps: &[Step], to: Option<Value>) {
    let Some((first, rest)) = steps.split_first() else {
        *value = to.unwrap_or_default();
        return;
    };
    match (first, to) {
        (Step::Key(key), None) if rest.is_empty() => {
            value.as_object_mut().unwrap().remove(key);
        }
        (Step::Key(key), to) => set(&mut value[key.as_str()], rest, to),
        (Step::Index(index), to) => set(&mut value[*index], rest, to),
    }
}

/// What cannot stand there; nothing for "is missing".
fn wrong_values(schema: &Schema, required: bool) -> Vec<Option<Value>> {
    let mut wrong: Vec<Option<Value>> = Vec::new();
    match &schema.kind {
        Kind::Text(text) => wrong.extend(wrong_texts(text, required)),
        Kind::Integer(least, most) => {
            for value in [
                json!("ten"),
                json!(1.5),
                json!({}),
                json!([1]),
                json!(true),
                json!(1e300),
                json!("99999999999999999999"),
                json!("1\u{0}"),
            ] {
                wrong.push(Some(value));
            }
            wrong.extend(least.checked_sub(1).map(|less| Some(json!(less))));
            wrong.extend(most.checked_add(1).map(|more| Some(json!(more))));
        }
        Kind::Flag => wrong.extend([json!("perhaps"), json!(2), json!([]), json!({})].map(Some)),
        Kind::List(_, most) => {
            wrong.extend([json!({"0": 1}), json!("x"), json!(7), json!(false)].map(Some));
            if *most <= 2_000 {
                wrong.push(Some(json!(vec![1; most + 1])));
            }
        }
        Kind::Object(_) => wrong.extend([json!([]), json!("{}"), json!(0), json!(true)].map(Some)),
        Kind::OneOf(_) => {}
    }
    if required {
        wrong.push(None);
        if !schema.nullable {
            wrong.push(Some(Value::Null));
        }
    }
    wrong
}

fn wrong_texts(text: &Text, required: bool) -> Vec<Option<Value>> {
    let mut wrong: Vec<Value> = vec![
        json!({}),
        json!([]),
        json!({"a": ["b"]}),
        json!(true),
        json!("a\u{0}b"),
    ];
    if text.most <= 10_000 {
        wrong.push(json!("\u{e9}".repeat(text.most + 1)));
    }
    if text.least > 0 && required {
        wrong.extend([json!(""), json!(" \t")]);
    }
    if text.format.as_deref() == Some("base64") {
        wrong.extend([json!("n%nsense"), json!("\u{202e}2026"), json!("-1")]);
        return wrong.into_iter().map(Some).collect();
    }
    let pattern = text.pattern.as_deref().unwrap_or_default();
    if pattern.starts_with("^[^") {
        wrong.push(json!("a\u{7}b"));
    } else if pattern.starts_with('^') || !text.names.is_empty() || text.format.is_some() {
        wrong.extend([json!("nonsense"), json!("\u{202e}2026"), json!("-1")]);
    }
    wrong.into_iter().map(Some).collect()
}
