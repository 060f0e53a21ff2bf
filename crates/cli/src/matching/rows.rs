//! The rows of a CSV file of people, each with its line, and what is wrong with them.

use super::line_feeds::LineFeeds;
use crate::failure::Failure;
use crate::file::Input;
use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};
use indicatif::{ProgressBar, ProgressBarIter};
use slotbridge_matching::{COLUMNS, Person, Record};
use std::io::{Chain, Read};
use std::path::Path;

/// A person with the id that the file gives.
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) id: String,
    columns: [String; COLUMNS.len()],
}

impl Row {
    /// The record, as it is written.
    pub(super) fn record(&self) -> Record<'_> {
        Record::from_columns(self.columns.each_ref().map(String::as_str))
    }
}

/// A file that is read row by row, with a bar for whoever waits.
pub(super) struct Rows {
    reader: Reader<Chain<LineFeeds<ProgressBarIter<Input>>, &'static [u8]>>,
    bar: ProgressBar,
    file: String,
    id_column: &'static str,
    /// How many columns the first line names.
    width: usize,
    /// Where the id and each of [`COLUMNS`] stands.
    id_at: usize,
    at: [Option<usize>; COLUMNS.len()],
    record: ByteRecord,
    /// How many faults were told.
    pub(super) faults: u64,
}

impl Rows {
    /// Opens a file whose ids stand in `id_column`.
    pub(super) fn open(path: &Path, id_column: &'static str) -> Result<Self, Failure> {
        let input = Input::open(path)?;
        let (file, bar) = (input.shown(), input.bar());
        // Each row ends with a line feed, the last one too: so one knows where it began.
        let mut reader = ReaderBuilder::new()
            .terminator(Terminator::Any(b'\n'))
            .flexible(true)
            .from_reader(LineFeeds::new(bar.wrap_read(input)).chain(b"\n".as_slice()));
        let header = reader.byte_headers();
        let header = header.map_err(|error| unreadable(&file, &error))?.clone();
        let named = |wanted: &str| {
            header.iter().position(|name| {
                let name = name.strip_prefix(b"\xef\xbb\xbf").unwrap_or(name);
                name.trim_ascii().eq_ignore_ascii_case(wanted.as_bytes())
            })
        };
        let missing = |column: &str| {
            Failure::new(format!(
                "{file} has no column {column}: its first line must name the columns, apart by commas"
            ))
        };
        let id_at = named(id_column).ok_or_else(|| missing(id_column))?;
        let at = COLUMNS.map(named);
        for (column, at) in COLUMNS.iter().zip(at).take(2) {
            at.ok_or_else(|| missing(column))?;
        }
        Ok(Self {
            reader,
            bar,
            file,
            id_column,
            width: header.len(),
            id_at,
            at,
            record: ByteRecord::new(),
            faults: 0,
        })
    }

    /// The next row that can be read and has an id.
    pub(super) fn next(&mut self) -> Result<Option<Row>, Failure> {
        loop {
            let more = self.reader.read_byte_record(&mut self.record);
            if !more.map_err(|error| unreadable(&self.file, &error))? {
                self.bar.finish_and_clear();
                return Ok(None);
            }
            let line = self.line();
            let (fields, width) = (self.record.len(), self.width);
            if fields == 1 && self.record.as_slice().trim_ascii().is_empty() {
                continue;
            }
            if fields != width {
                let problem =
                    format!("The row has {fields} fields, the first line {width}; left out.");
                self.tell(line, None, &problem);
                continue;
            }
            let field = |at: usize| {
                let bytes = self.record.get(at).unwrap_or_default();
                String::from_utf8_lossy(bytes).trim().to_owned()
            };
            let row = Row {
                line,
                id: field(self.id_at),
                columns: self.at.map(|at| at.map(field).unwrap_or_default()),
            };
            if row.id.is_empty() {
                self.tell(line, Some(self.id_column), "The row has no id; left out.");
                continue;
            }
            return Ok(Some(row));
        }
    }

    /// The line on which the record begins. (Its own position is that of blank lines before it.)
    fn line(&self) -> u64 {
        let breaks = self.record.as_slice().iter().filter(|byte| **byte == b'\n');
        let lines = 1 + u64::try_from(breaks.count()).unwrap_or_default();
        self.reader.position().line().saturating_sub(lines)
    }

    /// The person of a row, its faults told. `None` if the row is of no use.
    pub(super) fn person(&mut self, row: &Row) -> Option<Person> {
        let record = row.record();
        let person = Person::read(&record);
        let mut is_spoilt = false;
        for fault in person.faults(&record) {
            is_spoilt |= fault.spoils;
            self.tell(row.line, Some(fault.column), fault.problem);
        }
        (!is_spoilt).then_some(person)
    }

    /// Tells what is wrong with a line. Never what it says: that may be anybody's.
    pub(super) fn tell(&mut self, line: u64, column: Option<&str>, problem: &str) {
        self.faults += 1;
        let file = &self.file;
        let column = column
            .map(|column| format!(" {column}:"))
            .unwrap_or_default();
        self.bar
            .suspend(|| eprintln!("{file}:{line}:{column} {problem}"));
    }
}

fn unreadable(file: &str, error: &csv::Error) -> Failure {
    Failure::new(format!("{file} cannot be read as CSV: {error}"))
}
