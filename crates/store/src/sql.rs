//! Statements, their arguments and their rows: the little that both engines have in common.
//!
//! A statement stands once, as a `static` made by [`statements!`]; there is no other way to make
//! one, so the test that prepares them all on both engines misses none. Placeholders are `$1` to
//! `$n`; where PostgreSQL could infer another type than BIGINT, TEXT or BYTEA, the text says
//! `CAST($1 AS BIGINT)`.

use crate::{Result, StoreError};
use jiff::Timestamp;
use rusqlite::types::{ToSqlOutput, ValueRef};
use std::sync::OnceLock;
use tokio_postgres::types::{IsNull, Type, private::BytesMut};

/// A statement: its name, for errors and the log, and its one text.
#[derive(Debug)]
pub struct Sql {
    /// `MODULE::NAME`.
    pub name: &'static str,
    /// The text for both engines.
    pub text: &'static str,
    sqlite: OnceLock<String>,
    configures: OnceLock<bool>,
}

impl Sql {
    /// A statement; only [`statements!`] and the engines make one.
    pub(crate) const fn new(name: &'static str, text: &'static str) -> Self {
        Self {
            name,
            text,
            sqlite: OnceLock::new(),
            configures: OnceLock::new(),
        }
    }

    /// The text as SQLite reads it: it takes `$2` for a name and numbers it by its first use, and
    /// `?2` for the number that it is.
    pub fn sqlite(&self) -> &str {
        self.sqlite.get_or_init(|| self.text.replace('$', "?"))
    }

    /// Whether it changes how a practice is configured.
    pub(crate) fn configures(&self) -> bool {
        *self
            .configures
            .get_or_init(|| crate::configuration::is_changed_by(self.text))
    }
}

/// Declares a module's statements and their list `ALL`.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        $($(#[$doc])* static $name: $crate::sql::Sql = $crate::sql::Sql::new(
            concat!(module_path!(), "::", stringify!($name)),
            $text,
        );)*
        /// Every statement of this module.
        pub(crate) static ALL: &[&$crate::sql::Sql] = &[$(&$name),*];
    };
}
pub(crate) use statements;

/// An argument of a statement.
#[derive(Clone, Copy, Debug)]
pub enum Arg<'a> {
    /// SQL NULL.
    Null,
    /// BIGINT.
    Int(i64),
    /// TEXT.
    Text(&'a str),
    /// BLOB, BYTEA.
    Blob(&'a [u8]),
}

macro_rules! arg_from {
    ($($from:ty => |$value:ident| $arg:expr;)*) => {
        $(impl<'a> From<$from> for Arg<'a> {
            fn from($value: $from) -> Self {
                $arg
            }
        })*
    };
}

arg_from! {
    i64 => |value| Self::Int(value);
    bool => |value| Self::Int(i64::from(value));
    &'a str => |value| Self::Text(value);
    &'a String => |value| Self::Text(value);
    &'a [u8] => |value| Self::Blob(value);
    &'a Vec<u8> => |value| Self::Blob(value);
    &'a [u8; 32] => |value| Self::Blob(value);
    Timestamp => |value| Self::Int(microseconds(value));
    slotbridge_domain::ids::PracticeId => |value| Self::Int(value.get());
    slotbridge_domain::ids::ConsumerId => |value| Self::Int(value.get());
    slotbridge_domain::ids::StaffId => |value| Self::Int(value.get());
    slotbridge_domain::ids::BookingId => |value| Self::Int(value.get());
    slotbridge_domain::ids::RequestId => |value| Self::Int(value.get());
    slotbridge_domain::ids::SubscriptionId => |value| Self::Int(value.get());
    slotbridge_domain::ids::CallbackErrorId => |value| Self::Int(value.get());
    slotbridge_domain::ids::DocumentId => |value| Self::Int(value.get());
    slotbridge_domain::ids::PractitionerId => |value| Self::Int(value.get());
    slotbridge_domain::ids::AppointmentTypeId => |value| Self::Int(value.get());
}

/// The latest instant whose microseconds can be read back: the last of all is rounded up.
fn microseconds(at: Timestamp) -> i64 {
    let latest = Timestamp::MAX.as_second() * 1_000_000;
    at.as_microsecond().min(latest)
}

impl<'a, T: Into<Arg<'a>>> From<Option<T>> for Arg<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The arguments of a statement, in order: `args![practice, day, content]`.
#[macro_export]
macro_rules! args {
    ($($arg:expr),* $(,)?) => { &[$($crate::sql::Arg::from($arg)),*] };
}

impl rusqlite::ToSql for Arg<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

impl tokio_postgres::types::ToSql for Arg<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match *self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) => value.to_sql(ty, out),
            Self::Text(value) => value.to_sql(ty, out),
            Self::Blob(value) => value.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

/// An argument that outlives its caller, for statements that are pushed.
#[derive(Clone, Debug)]
pub(crate) enum OwnedArg {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<&Arg<'_>> for OwnedArg {
    fn from(arg: &Arg<'_>) -> Self {
        match *arg {
            Arg::Null => Self::Null,
            Arg::Int(value) => Self::Int(value),
            Arg::Text(value) => Self::Text(value.to_owned()),
            Arg::Blob(value) => Self::Blob(value.to_owned()),
        }
    }
}

impl OwnedArg {
    pub(crate) fn as_arg(&self) -> Arg<'_> {
        match self {
            Self::Null => Arg::Null,
            Self::Int(value) => Arg::Int(*value),
            Self::Text(value) => Arg::Text(value),
            Self::Blob(value) => Arg::Blob(value),
        }
    }
}

/// A row of either engine.
#[derive(Clone, Copy)]
pub enum Row<'r> {
    /// SQLite's.
    Sqlite(&'r rusqlite::Row<'r>),
    /// PostgreSQL's.
    Postgres(&'r tokio_postgres::Row),
}

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident, $optional:ident -> $ty:ty;)*) => {
        $(
            $(#[$doc])*
            ///
            /// # Errors
            /// The column is NULL or of another type.
            pub fn $name(&self, column: usize) -> Result<$ty> {
                self.$optional(column)?.ok_or(StoreError::Corrupt("an unexpected NULL"))
            }

            #[doc = concat!("The same, where NULL is allowed: see [`Row::", stringify!($name), "`].")]
            ///
            /// # Errors
            /// The column is of another type.
            pub fn $optional(&self, column: usize) -> Result<Option<$ty>> {
                match self {
                    Self::Sqlite(row) => row.get(column).map_err(|_| WRONG_TYPE),
                    Self::Postgres(row) => row.try_get(column).map_err(|_| WRONG_TYPE),
                }
            }
        )*
    };
}

const WRONG_TYPE: StoreError = StoreError::Corrupt("a column of an unexpected type");

impl Row<'_> {
    columns! {
        /// A BIGINT.
        int, opt_int -> i64;
        /// A TEXT.
        text, opt_text -> String;
        /// A BLOB.
        blob, opt_blob -> Vec<u8>;
    }

    /// A BIGINT that is 0 or 1.
    ///
    /// # Errors
    /// The column is NULL or of another type.
    pub fn bool(&self, column: usize) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    /// An instant: BIGINT microseconds.
    ///
    /// # Errors
    /// The column is NULL, of another type or out of range.
    pub fn timestamp(&self, column: usize) -> Result<Timestamp> {
        self.opt_timestamp(column)?
            .ok_or(StoreError::Corrupt("an unexpected NULL"))
    }

    /// An instant, or NULL.
    ///
    /// # Errors
    /// The column is of another type or out of range.
    pub fn opt_timestamp(&self, column: usize) -> Result<Option<Timestamp>> {
        self.opt_int(column)?
            .map(Timestamp::from_microsecond)
            .transpose()
            .map_err(|_| StoreError::Corrupt("an instant out of range"))
    }

    /// A value with a name, or an id: whatever `read` makes of the column.
    ///
    /// # Errors
    /// The column is NULL or `read` does not know its value.
    pub fn named<T>(&self, column: usize, read: impl FnOnce(&str) -> Option<T>) -> Result<T> {
        read(&self.text(column)?).ok_or(StoreError::Corrupt("an unknown name"))
    }

    /// An id.
    ///
    /// # Errors
    /// The column is NULL or no such id.
    pub fn id<T>(&self, column: usize, read: impl FnOnce(i64) -> Option<T>) -> Result<T> {
        read(self.int(column)?).ok_or(StoreError::Corrupt("an id that cannot be one"))
    }
}
