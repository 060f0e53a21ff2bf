//! Labelled sets: what a practice has, what came, and who it was.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use slotbridge_matching::{COLUMNS, Matcher, Person, Record};

pub(crate) struct Labelled {
    pub(crate) matcher: Matcher,
    pub(crate) patients: HashMap<String, Vec<String>>,
    pub(crate) requests: Vec<Request>,
}

pub(crate) struct Request {
    pub(crate) id: String,
    pub(crate) person: Person,
    pub(crate) columns: Vec<String>,
    /// The patient, if it is one.
    pub(crate) truth: Option<String>,
    pub(crate) note: String,
}

impl Labelled {
    pub(crate) fn read(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mut matcher = Matcher::new();
        let mut patients = HashMap::new();
        for row in rows(folder, "patients")? {
            let (id, columns) = split(row)?;
            matcher.put(&id, person(&columns));
            patients.insert(id, columns);
        }
        let mut truths: HashMap<String, (String, String)> = rows(folder, "truth")?
            .into_iter()
            .filter_map(|row| {
                let mut columns = row.into_iter();
                let (id, patient) = (columns.next()?, columns.next()?);
                Some((id, (patient, columns.collect::<Vec<_>>().join(" "))))
            })
            .collect();
        let mut requests = Vec::new();
        for row in rows(folder, "requests")? {
            let (id, columns) = split(row)?;
            let (truth, note) = truths.remove(&id).unwrap_or_default();
            requests.push(Request {
                id,
                person: person(&columns),
                columns,
                truth: Some(truth).filter(|truth| !truth.is_empty()),
                note,
            });
        }
        Ok(Self {
            matcher,
            patients,
            requests,
        })
    }
}

fn person(columns: &[String]) -> Person {
    let column = |place: usize| columns.get(place).map_or("", String::as_str);
    Person::read(&Record::from_columns(std::array::from_fn::<
        _,
        { COLUMNS.len() },
        _,
    >(column)))
}

fn split(row: Vec<String>) -> Result<(String, Vec<String>), Box<dyn Error>> {
    let mut columns = row.into_iter();
    let id = columns.next().ok_or("a row without an id")?;
    Ok((id, columns.collect()))
}

/// The rows of `name.csv` or `name.csv.gz`, without the heading.
fn rows(folder: &Path, name: &str) -> Result<Vec<Vec<String>>, Box<dyn Error>> {
    let plain = folder.join(format!("{name}.csv"));
    let mut text = String::new();
    if plain.exists() {
        File::open(plain)?.read_to_string(&mut text)?;
    } else {
        let packed = File::open(folder.join(format!("{name}.csv.gz")))?;
        GzDecoder::new(packed).read_to_string(&mut text)?;
    }
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader
        .records()
        .map(|record| Ok(record?.iter().map(str::to_owned).collect()));
    rows.collect()
}
