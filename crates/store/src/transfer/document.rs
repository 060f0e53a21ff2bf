//! What stands in a backup's frames: a header, the rows table by table, and what they came to.

use super::error::{Result, TransferError};
use super::frames::{FrameReader, FrameWriter, Kind};
use super::rows;
use super::schema::{Schema, Table};
use crate::StoreError;
use crate::migrate::Migration;
use crate::seal::hex;
use crate::sql::Arg;
use aws_lc_rs::digest::{Context, SHA256};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{Read, Write};

/// How many bytes of rows are gathered before they are packed and written. The memory that a
/// backup takes is this, a few times over, and its largest row.
const FRAME: usize = 256 << 10;

/// How many bytes of rows a frame unpacks to at most: far more than [`FRAME`] and the largest row,
/// which comes of one call's body. A forged backup does not fill the memory.
const UNPACKED: u64 = 64 << 20;

/// The column by which rows name objects.
const OBJECT: &str = "object_name";

/// What a backup says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// The version of the schema that its rows are of.
    pub schema_version: i64,
    /// When it was made, by the clock of whoever made it.
    pub made_at: String,
    /// The engine that it was made from.
    pub engine: String,
    /// The program that made it.
    pub made_by: String,
    /// The fingerprint of the master key that its sealed data need, if the store knew it.
    pub master_key: Option<String>,
    /// The tables, in their order, each with its columns.
    tables: Vec<(String, Vec<String>)>,
}

impl Header {
    pub(super) fn new(
        schema: &Schema,
        now: Timestamp,
        engine: &str,
        master_key: Option<String>,
    ) -> Self {
        Self {
            schema_version: schema.version,
            made_at: now.to_string(),
            engine: engine.to_owned(),
            made_by: concat!("slotbridge ", env!("CARGO_PKG_VERSION")).to_owned(),
            master_key,
            tables: shape(schema),
        }
    }
}

fn shape(schema: &Schema) -> Vec<(String, Vec<String>)> {
    let columns = |table: &Table| {
        let names = table.columns.iter().map(|column| column.name.clone());
        (table.name.clone(), names.collect())
    };
    schema.tables.iter().map(columns).collect()
}

/// The last frame.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct End {
    rows: BTreeMap<String, u64>,
    content: String,
    /// How many objects; a backup from before there were any does not say.
    #[serde(default)]
    objects: u64,
}

/// What a whole backup is.
#[derive(Clone, Debug)]
pub struct Summary {
    /// What it says of itself.
    pub header: Header,
    /// How many rows each table has.
    pub tables: BTreeMap<String, u64>,
    /// How many rows all of them have.
    pub rows: u64,
    /// How many objects it has: contents of documents.
    pub objects: u64,
    /// How long the file is.
    pub bytes: u64,
    /// The SHA-256 of the rows alone, in hexadecimal digits: equal for equal stores, whichever
    /// engine they are on and whenever the backup was made.
    pub content: String,
}

/// What rows have come so far, on either side.
struct Tally {
    rows: BTreeMap<String, u64>,
    content: Context,
    objects: u64,
}

impl Tally {
    fn new(schema: &Schema) -> Self {
        let mut content = Context::new(&SHA256);
        content.update(&schema.version.to_le_bytes());
        let rows = schema.tables.iter().map(|table| (table.name.clone(), 0));
        Self {
            rows: rows.collect(),
            content,
            objects: 0,
        }
    }

    fn table(&mut self, table: &Table) {
        self.content
            .update(format!("\u{0}{}\u{0}", table.name).as_bytes());
    }

    fn rows(&mut self, table: &Table, rows: u64, bytes: &[u8]) {
        self.content.update(bytes);
        if let Some(count) = self.rows.get_mut(&table.name) {
            *count += rows;
        }
    }

    fn end(self) -> End {
        End {
            rows: self.rows,
            objects: self.objects,
            content: hex(self.content.finish().as_ref()),
        }
    }
}

impl End {
    fn summary(self, header: Header, bytes: u64) -> Summary {
        Summary {
            header,
            rows: self.rows.values().sum(),
            tables: self.rows,
            objects: self.objects,
            bytes,
            content: self.content,
        }
    }
}

fn json<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|_| StoreError::Corrupt("the backup's header").into())
}

/// Writes a backup.
pub(super) struct BackupWriter<W> {
    frames: FrameWriter<W>,
    header: Header,
    tally: Tally,
    done: u64,
    gathered: Vec<u8>,
    gathered_rows: u64,
    /// The objects that the rows name.
    named: Vec<String>,
    /// The table in hand: how many came before it, and itself.
    table: u16,
}

impl<W: Write> BackupWriter<W> {
    pub(super) fn new(out: W, schema: &Schema, header: Header) -> Result<Self> {
        let mut frames = FrameWriter::new(out)?;
        frames.write(Kind::Header, &json(&header)?)?;
        Ok(Self {
            frames,
            header,
            tally: Tally::new(schema),
            done: 0,
            gathered: Vec::with_capacity(FRAME + FRAME / 8),
            gathered_rows: 0,
            named: Vec::new(),
            table: 0,
        })
    }

    /// How many rows were written.
    pub(super) fn rows(&self) -> u64 {
        self.done
    }

    pub(super) fn row(&mut self, table: &Table, values: &[Arg<'_>]) -> Result<()> {
        rows::write(table, values, &mut self.gathered)?;
        let columns = table.columns.iter().zip(values);
        let names = columns.filter_map(|(column, value)| match value {
            Arg::Text(name) if column.name == OBJECT => Some((*name).to_owned()),
            _ => None,
        });
        self.named.extend(names);
        self.gathered_rows += 1;
        self.done += 1;
        if self.gathered.len() >= FRAME {
            self.flush(table)?;
        }
        Ok(())
    }

    /// Writes a table: `fill` is to give its rows.
    pub(super) fn table(
        &mut self,
        table: &Table,
        fill: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        self.tally.table(table);
        fill(self)?;
        self.flush(table)?;
        self.table += 1;
        Ok(())
    }

    /// The objects that the rows name, which come after them.
    pub(super) fn take_named(&mut self) -> Vec<String> {
        std::mem::take(&mut self.named)
    }

    /// Writes an object: how long its name is, the name, its bytes.
    pub(super) fn object(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let length = u8::try_from(name.len())
            .map_err(|_| TransferError::refused("the name of an object is too long"))?;
        let mut payload = Vec::with_capacity(1 + name.len() + bytes.len());
        payload.push(length);
        payload.extend_from_slice(name.as_bytes());
        payload.extend_from_slice(bytes);
        self.tally.objects += 1;
        self.frames.write(Kind::Object, &payload)
    }

    fn flush(&mut self, table: &Table) -> Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        self.tally.rows(table, self.gathered_rows, &self.gathered);
        let packed = pack(self.table, &self.gathered).map_err(TransferError::Write)?;
        self.frames.write(Kind::Rows, &packed)?;
        self.gathered.clear();
        self.gathered_rows = 0;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Summary> {
        let end = self.tally.end();
        self.frames.write(Kind::End, &json(&end)?)?;
        let bytes = self.frames.finish()?;
        Ok(end.summary(self.header, bytes))
    }
}

/// Packs rows: the number of their table, then they, deflated.
fn pack(table: u16, rows: &[u8]) -> std::io::Result<Vec<u8>> {
    let packed = table.to_le_bytes().to_vec();
    let mut encoder = DeflateEncoder::new(packed, Compression::fast());
    encoder.write_all(rows)?;
    encoder.finish()
}

/// Takes what a backup holds. Everything that it is given has been checked; whether there is more
/// to come that will not pass is known only when [`read`] has answered.
pub(super) trait Sink {
    /// What the backup is. The first call.
    fn begin(&mut self, header: &Header, schema: &Schema) -> Result<()>;
    /// Its rows are of this table from now on.
    fn table(&mut self, table: &Table) -> Result<()>;
    /// A row.
    fn row(&mut self, table: &Table, values: &[Arg<'_>]) -> Result<()>;
    /// An object that rows name.
    fn object(&mut self, _: &str, _: &[u8]) -> Result<()> {
        Ok(())
    }
}

/// Reads a backup to its end.
pub(super) fn read(
    migrations: &[Migration],
    input: impl Read,
    sink: &mut impl Sink,
) -> Result<Summary> {
    let mut frames = FrameReader::new(input)?;
    let header: Header = match frames.next()? {
        (Kind::Header, payload) => serde_json::from_slice(payload)
            .map_err(|_| TransferError::Damaged("its header cannot be read"))?,
        _ => return Err(TransferError::Damaged("it has no header")),
    };
    let schema = Schema::of(migrations, header.schema_version)?;
    if header.tables != shape(&schema) {
        return Err(TransferError::Damaged("its tables are not its schema's"));
    }
    sink.begin(&header, &schema)?;
    let mut tally = Tally::new(&schema);
    let mut tables = schema.tables.iter().zip(0_u16..).peekable();
    let mut current = None;
    let mut unpacked = Vec::with_capacity(FRAME + FRAME / 8);
    let end: End = loop {
        let (kind, payload) = frames.next()?;
        let packed = match kind {
            Kind::Header => return Err(TransferError::Damaged("it has two headers")),
            Kind::Object => {
                let (name, bytes) = object_of(payload)?;
                sink.object(name, bytes)?;
                tally.objects += 1;
                continue;
            }
            Kind::Rows => Some(payload),
            Kind::End => None,
        };
        let number = packed.map(table_of).transpose()?;
        // Tables without rows have no frame, and are counted all the same.
        while current.map(|(_, at)| at) != number || number.is_none() {
            let Some(next) = tables.next() else { break };
            tally.table(next.0);
            sink.table(next.0)?;
            current = Some(next);
        }
        let Some(packed) = packed else {
            break serde_json::from_slice(payload)
                .map_err(|_| TransferError::Damaged("its end cannot be read"))?;
        };
        let Some((table, _)) = current.filter(|(_, at)| Some(*at) == number) else {
            return Err(TransferError::Damaged("rows of no table"));
        };
        unpack(packed, &mut unpacked)?;
        let count = take_rows(table, &unpacked, sink)?;
        tally.rows(table, count, &unpacked);
    };
    let bytes = frames.finish()?;
    if end != tally.end() {
        return Err(TransferError::Damaged(
            "its rows are not those that it counts",
        ));
    }
    Ok(end.summary(header, bytes))
}

const NOT_PACKED: TransferError = TransferError::Damaged("rows that cannot be unpacked");

/// An object's name and its bytes.
fn object_of(payload: &[u8]) -> Result<(&str, &[u8])> {
    const NO_OBJECT: TransferError = TransferError::Damaged("an object that cannot be one");
    let (length, rest) = payload.split_first().ok_or(NO_OBJECT)?;
    let (name, bytes) = rest.split_at_checked((*length).into()).ok_or(NO_OBJECT)?;
    let name = std::str::from_utf8(name).map_err(|_| NO_OBJECT)?;
    Ok((name, bytes))
}

fn table_of(payload: &[u8]) -> Result<u16> {
    let number = payload.first_chunk().ok_or(NOT_PACKED)?;
    Ok(u16::from_le_bytes(*number))
}

fn unpack(payload: &[u8], rows: &mut Vec<u8>) -> Result<()> {
    rows.clear();
    let packed = payload.get(2..).ok_or(NOT_PACKED)?;
    let mut decoder = DeflateDecoder::new(packed).take(UNPACKED + 1);
    let unpacked = decoder.read_to_end(rows).map_err(|_| NOT_PACKED)?;
    if unpacked as u64 > UNPACKED {
        return Err(TransferError::Damaged(
            "rows that unpack to more than any backup has",
        ));
    }
    Ok(())
}

fn take_rows(table: &Table, mut bytes: &[u8], sink: &mut impl Sink) -> Result<u64> {
    let (mut count, mut values) = (0, Vec::with_capacity(table.columns.len()));
    while !bytes.is_empty() {
        rows::read(table, &mut bytes, &mut values)?;
        sink.row(table, &values)?;
        count += 1;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_unpack_to_so_many_bytes_and_no_further() {
        let most = usize::try_from(UNPACKED).unwrap();
        let mut rows = Vec::new();
        let packed = pack(0, &vec![0; most]).unwrap();
        unpack(&packed, &mut rows).unwrap();
        assert_eq!(rows.len(), most);
        let packed = pack(0, &vec![0; 4 * most]).unwrap();
        assert!(packed.len() < most / 8, "a small frame: {}", packed.len());
        let refused = unpack(&packed, &mut rows).unwrap_err();
        assert!(matches!(refused, TransferError::Damaged(_)), "{refused}");
        assert!(rows.len() <= most + 1);
    }
}
