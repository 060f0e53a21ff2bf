//! The text of a CSV file as a table: whole, or named by line where it is not.

use crate::fault::Fault;
use csv::{ReaderBuilder, StringRecord};
use jiff::civil::Date;
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// The last second of a day, and one more.
const END_OF_DAY: u32 = 24 * 3600;

/// A file as it was.
pub(crate) struct Table {
    file: &'static str,
    text: String,
    columns: HashMap<String, usize>,
    records: Vec<StringRecord>,
    /// What a cell's text is to whoever reads it.
    cell: fn(&str) -> &str,
}

/// A row of it.
#[derive(Clone, Copy)]
pub(crate) struct Row<'t> {
    table: &'t Table,
    record: &'t StringRecord,
}

impl Table {
    /// Reads a file's bytes, in which these columns must be.
    pub(crate) fn parse(
        file: &'static str,
        bytes: Vec<u8>,
        columns: &[&str],
        cell: fn(&str) -> &str,
    ) -> Result<Self, Fault> {
        let text = text_of(file, bytes)?;
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let records = reader.records().collect::<Result<Vec<_>, _>>();
        // Text of rows of any length is always read.
        let mut records = records.map_err(|_| Fault::File(file, "is no CSV".to_owned()))?;
        let header = if records.is_empty() {
            StringRecord::new()
        } else {
            records.remove(0)
        };
        let table = Self {
            columns: columns_of(file, &header, columns)?,
            file,
            text,
            records,
            cell,
        };
        table.check_quotes()?;
        table.check_widths(header.len())?;
        Ok(table)
    }

    /// A mark that is never closed swallows all that follows it into the last row.
    fn check_quotes(&self) -> Result<(), Fault> {
        if self.text.matches('"').count().is_multiple_of(2) {
            return Ok(());
        }
        let line = self.records.last().map_or(1, |last| self.line(last));
        let why = "a quotation mark is not closed, or the file is not written to its end yet";
        Err(Fault::Line(self.file, line, why.to_owned()))
    }

    fn check_widths(&self, width: usize) -> Result<(), Fault> {
        match self.records.iter().find(|record| record.len() != width) {
            Some(record) => {
                let why = format!("has {} cells, the first line {width}", record.len());
                Err(Fault::Line(self.file, self.line(record), why))
            }
            None => Ok(()),
        }
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.records.iter().map(|record| Row {
            table: self,
            record,
        })
    }

    /// Sees to it that each row has a text in a column, and none has another's.
    pub(crate) fn unique(&self, column: &str) -> Result<(), Fault> {
        let mut seen = HashMap::new();
        for row in self.rows() {
            if let Some(first) = seen.insert(row.required(column)?, row) {
                let line = self.line(first.record);
                return Err(row.fault(column, &format!("stands on line {line} already")));
            }
        }
        Ok(())
    }

    /// The line on which a record begins. The reader counts from where it stood before it: there may
    /// be the end of the line before, and blank lines.
    fn line(&self, record: &StringRecord) -> usize {
        let at = record.position().map_or(0, csv::Position::byte);
        let at = usize::try_from(at).unwrap_or_default();
        let (before, after) = self.text.split_at_checked(at).unwrap_or_default();
        let blank = after.chars().take_while(|c| matches!(c, '\r' | '\n'));
        1 + before.matches('\n').count() + blank.filter(|c| *c == '\n').count()
    }
}

/// The bytes as text, if they are, and if the last line has its end. A byte order mark may stay: the
/// reader passes over it.
fn text_of(file: &'static str, bytes: Vec<u8>) -> Result<String, Fault> {
    let lines = |bytes: &[u8]| 1 + bytes.iter().filter(|byte| **byte == b'\n').count();
    let text = String::from_utf8(bytes).map_err(|error| {
        let read = error.utf8_error().valid_up_to();
        let line = lines(error.as_bytes().get(..read).unwrap_or_default());
        let why = "is not UTF-8: export as UTF-8, not as Windows-1252 (ANSI) or UTF-16";
        Fault::Line(file, line, why.to_owned())
    })?;
    if let Some((before, _)) = text.split_once('\0') {
        let line = lines(before.as_bytes());
        return Err(Fault::Line(file, line, "has a NUL character".to_owned()));
    }
    if !text.ends_with(['\n', '\r']) {
        let line = lines(text.as_bytes());
        let why = "the file ends within a line: it is not written to its end yet, or the last line \
                   lacks its line end";
        return Err(Fault::Line(file, line, why.to_owned()));
    }
    Ok(text)
}

/// Where each column is. The header is not repeated: without one, it is somebody's row.
fn columns_of(
    file: &'static str,
    header: &StringRecord,
    needed: &[&str],
) -> Result<HashMap<String, usize>, Fault> {
    let mut columns = HashMap::new();
    for (at, name) in header.iter().enumerate() {
        if columns.insert(name.trim().to_owned(), at).is_some() && !name.trim().is_empty() {
            let why = format!("cell {} names a column that is there already", at + 1);
            return Err(Fault::Line(file, 1, why));
        }
    }
    let Some(missing) = needed.iter().find(|name| !columns.contains_key(**name)) else {
        return Ok(columns);
    };
    let apart = if header.iter().any(|name| name.contains([';', '\t'])) {
        ": cells are to be apart by commas, not by semicolons or tabs"
    } else {
        ""
    };
    let why = format!("there is no column {missing}{apart}");
    Err(Fault::Line(file, 1, why))
}

impl<'t> Row<'t> {
    /// A column's text; empty if there is no such column.
    pub(crate) fn text(&self, column: &str) -> &'t str {
        let at = self.table.columns.get(column);
        let text = at.and_then(|at| self.record.get(*at)).unwrap_or_default();
        (self.table.cell)(text)
    }

    /// A column's text, if there is any.
    pub(crate) fn optional(&self, column: &str) -> Option<String> {
        Some(self.text(column).to_owned()).filter(|text| !text.is_empty())
    }

    /// A column's text, of which there must be some.
    pub(crate) fn required(&self, column: &str) -> Result<&'t str, Fault> {
        match self.text(column) {
            "" => Err(self.fault(column, "must not be empty")),
            text => Ok(text),
        }
    }

    /// What is wrong with a column. Never what stands there.
    pub(crate) fn fault(&self, column: &str, why: &str) -> Fault {
        let line = self.table.line(self.record);
        Fault::Cell(self.table.file, line, column.to_owned(), why.to_owned())
    }

    /// A column read as what it must be.
    pub(crate) fn read<T: FromStr>(&self, column: &str, must: &str) -> Result<T, Fault> {
        let text = self.text(column);
        text.parse().map_err(|_| self.fault(column, must))
    }

    /// A whole number within bounds.
    pub(crate) fn integer(&self, column: &str, bounds: RangeInclusive<i64>) -> Result<i64, Fault> {
        let (least, most) = (bounds.start(), bounds.end());
        let must = format!("must be a whole number from {least} to {most}");
        let read = self.read(column, &must)?;
        if bounds.contains(&read) {
            Ok(read)
        } else {
            Err(self.fault(column, &must))
        }
    }

    /// A day.
    pub(crate) fn date(&self, column: &str) -> Result<Date, Fault> {
        let must = "must be a date such as 2027-03-31";
        match self.text(column).len() {
            10 => self.read(column, must),
            // Other forms of ISO 8601 are more often slips than dates.
            _ => Err(self.fault(column, must)),
        }
    }

    /// Seconds since midnight of a time in whole minutes: the hub knows no others.
    pub(crate) fn minute(&self, column: &str) -> Result<u32, Fault> {
        let must = "must be a time in whole minutes such as 09:00, to 24:00";
        minute_of(self.text(column)).ok_or_else(|| self.fault(column, must))
    }
}

fn minute_of(text: &str) -> Option<u32> {
    let text = match text.matches(':').count() {
        2 => text.strip_suffix(":00")?,
        _ => text,
    };
    let number = |text: &str| -> Option<u32> {
        let is_one =
            (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        is_one.then(|| text.parse().ok())?
    };
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (number(hour)?, number(minute)?);
    let seconds = hour * 3600 + minute * 60;
    (minute < 60 && seconds <= END_OF_DAY).then_some(seconds)
}
