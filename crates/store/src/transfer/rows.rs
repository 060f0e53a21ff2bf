//! A row as bytes: for each column a tag and, unless it is NULL, the value. The same row gives the
//! same bytes on either engine.

use super::error::{Result, TransferError};
use super::schema::{Column, Table, Type};
use crate::StoreError;
use crate::sql::Arg;

const NULL: u8 = 0;
const INT: u8 = 1;
const TEXT: u8 = 2;
const BLOB: u8 = 3;

/// Appends a row.
pub(super) fn write(table: &Table, values: &[Arg<'_>], out: &mut Vec<u8>) -> Result<()> {
    let fits = values.len() == table.columns.len()
        && values
            .iter()
            .zip(&table.columns)
            .all(|(value, column)| is_of(value, column));
    if !fits {
        return Err(StoreError::Corrupt("a column of an unexpected type").into());
    }
    for value in values {
        match *value {
            Arg::Null => out.push(NULL),
            Arg::Int(number) => {
                out.push(INT);
                out.extend_from_slice(&number.to_le_bytes());
            }
            Arg::Text(text) => sized(TEXT, text.as_bytes(), out)?,
            Arg::Blob(bytes) => sized(BLOB, bytes, out)?,
        }
    }
    Ok(())
}

fn sized(tag: u8, bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let length = u32::try_from(bytes.len())
        .map_err(|_| TransferError::refused("a value is too large for a backup"))?;
    out.push(tag);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(bytes);
    Ok(())
}

fn is_of(value: &Arg<'_>, column: &Column) -> bool {
    matches!(
        (value, column.ty),
        (Arg::Null, _)
            | (Arg::Int(_), Type::BigInt)
            | (Arg::Text(_), Type::Text)
            | (Arg::Blob(_), Type::Blob)
    )
}

const WRONG: TransferError = TransferError::Damaged("a row that cannot be one");

/// Takes a row off the front of the bytes.
pub(super) fn read<'b>(
    table: &Table,
    bytes: &mut &'b [u8],
    values: &mut Vec<Arg<'b>>,
) -> Result<()> {
    values.clear();
    for column in &table.columns {
        let [tag] = take(bytes)?;
        let value = match tag {
            NULL => Arg::Null,
            INT => Arg::Int(i64::from_le_bytes(take(bytes)?)),
            TEXT => Arg::Text(std::str::from_utf8(content(bytes)?).map_err(|_| WRONG)?),
            BLOB => Arg::Blob(content(bytes)?),
            _ => return Err(WRONG),
        };
        if !is_of(&value, column) {
            return Err(WRONG);
        }
        values.push(value);
    }
    Ok(())
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk().ok_or(WRONG)?;
    *bytes = rest;
    Ok(*taken)
}

fn content<'b>(bytes: &mut &'b [u8]) -> Result<&'b [u8]> {
    let length = u32::from_le_bytes(take(bytes)?);
    let length = usize::try_from(length).map_err(|_| WRONG)?;
    let (content, rest) = bytes.split_at_checked(length).ok_or(WRONG)?;
    *bytes = rest;
    Ok(content)
}
