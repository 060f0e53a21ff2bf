//! A PostgreSQL database, read in one snapshot and written in one transaction.
//!
//! The practice `0` of the row-level policies stands for all of them. COPY, which is what makes a
//! restore quick, does not work under row-level security: the tables get theirs after their rows.

use super::document::Header;
use super::error::{Result, TransferError};
use super::schema::{Schema, Table, Type, after, through};
use crate::StoreError;
use crate::engine::postgres::{Database, PgConnection, failure, runtime};
use crate::migrate::{
    CREATE_VERSIONS, HAS_VERSIONS, LOCK_IN_TRANSACTION, Migration, READ_VERSION, ROW_LEVEL_SECURITY,
};
use crate::sql::Arg;
use crate::tx::Failure;
use futures_util::TryStreamExt;
use std::pin::{Pin, pin};
use std::time::Duration;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type as PgType};

/// A transfer may take long, and wait for a slow disk or pipe: limits that fit the calls of a
/// server are not for it.
const PATIENT: &str = "SET LOCAL slotbridge.practice_id = '0'; SET LOCAL statement_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0";
/// How long the server's host may leave what was sent to it unread.
const PATIENCE: Duration = Duration::from_secs(300);
/// How often the snapshot is taken anew because a migration came between.
const ATTEMPTS: usize = 5;

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn error(failure: Failure) -> TransferError {
    failure.error().into()
}

pub(super) fn connect(database: Database) -> Result<PgConnection> {
    let database = database.patient(PATIENCE);
    Ok(PgConnection::open(&database, runtime()?)?)
}

/// Whether this is a store's database, and the version of its schema.
fn version(connection: &mut PgConnection) -> Result<i64> {
    match connection.read_one::<i64>(HAS_VERSIONS).map_err(error)? {
        0 => Ok(0),
        _ => connection.read_one::<i64>(READ_VERSION).map_err(error),
    }
}

/// A snapshot of a database.
pub(super) struct Source {
    connection: PgConnection,
    version: i64,
}

impl Source {
    pub(super) fn open(url: &str, migrations: &[Migration]) -> Result<Self> {
        let mut connection = connect(Database::to_read(url)?)?;
        for _ in 0..ATTEMPTS {
            let version = version(&mut connection)?;
            if version == 0 {
                return Err(TransferError::refused("there is no store in this database"));
            }
            let schema = Schema::of(migrations, version)?;
            let tables: Vec<String> = schema
                .tables
                .iter()
                .map(|table| format!("\"{}\"", table.name))
                .collect();
            // The tables are held before the first query takes the snapshot: from then on no
            // migration can change them, and one that was quicker shows in the version.
            connection
                .batch(&format!(
                    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {PATIENT};
                     LOCK TABLE {} IN ACCESS SHARE MODE",
                    tables.join(", ")
                ))
                .map_err(error)?;
            if connection.read_one::<i64>(READ_VERSION).map_err(error)? == version {
                return Ok(Self {
                    connection,
                    version,
                });
            }
            connection.batch("ROLLBACK").map_err(error)?;
        }
        Err(StoreError::Unavailable("its schema is being changed".into()).into())
    }
}

impl super::Source for Source {
    fn engine(&self) -> &'static str {
        "postgres"
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn setting(&mut self, name: &str) -> Result<Option<String>> {
        let (client, runtime) = self.connection.parts();
        runtime
            .block_on(client.query_opt("SELECT value FROM settings WHERE name = $1", &[&name]))
            .and_then(|row| row.map(|row| row.try_get(0)).transpose())
            .map_err(|cause| error(failure("setting", &cause)))
    }

    fn count(&mut self, table: &Table) -> Result<u64> {
        let text = format!("SELECT COUNT(*) FROM \"{}\"", table.name);
        let rows = self.connection.read_one::<i64>(&text).map_err(error)?;
        Ok(rows.unsigned_abs())
    }

    fn rows(
        &mut self,
        table: &Table,
        each: &mut dyn FnMut(&[Arg<'_>]) -> Result<()>,
    ) -> Result<()> {
        let fails = |cause| error(failure("rows", &cause));
        let (client, runtime) = self.connection.parts();
        runtime.block_on(async {
            let none: [&(dyn ToSql + Sync); 0] = [];
            let rows = client
                .query_raw(&table.select(), none)
                .await
                .map_err(fails)?;
            let mut rows = pin!(rows);
            while let Some(row) = rows.try_next().await.map_err(fails)? {
                let value = |(at, column): (usize, &super::schema::Column)| {
                    Ok(match column.ty {
                        Type::BigInt => row.try_get::<_, Option<i64>>(at)?.into(),
                        Type::Text => row.try_get::<_, Option<&str>>(at)?.into(),
                        Type::Blob => row.try_get::<_, Option<&[u8]>>(at)?.into(),
                    })
                };
                let values = table.columns.iter().enumerate().map(value);
                let values: Vec<Arg<'_>> = values.collect::<Result<_, _>>().map_err(fails)?;
                each(&values)?;
            }
            Ok(())
        })
    }
}

/// A database that is to hold a store.
pub(super) struct Sink<'m> {
    url: String,
    migrations: &'m [Migration],
    open: Option<Open>,
}

struct Open {
    connection: PgConnection,
    copy: Option<Pin<Box<BinaryCopyInWriter>>>,
    version: i64,
    tables: Vec<String>,
}

impl Open {
    fn end_table(&mut self) -> Result<()> {
        let Some(mut copy) = self.copy.take() else {
            return Ok(());
        };
        let (_, runtime) = self.connection.parts();
        runtime
            .block_on(copy.as_mut().finish())
            .map(drop)
            .map_err(|cause| error(failure("copy", &cause)))
    }
}

impl<'m> Sink<'m> {
    pub(super) fn new(url: &str, migrations: &'m [Migration]) -> Self {
        Self {
            url: url.to_owned(),
            migrations,
            open: None,
        }
    }

    fn open(&mut self) -> Result<&mut Open> {
        let unopened = || StoreError::Corrupt("rows before their header").into();
        self.open.as_mut().ok_or_else(unopened)
    }

    /// Brings what was restored to this program's schema and makes it the store. Dropped without
    /// it, the connection takes its transaction with it.
    pub(super) fn finish(self) -> Result<()> {
        let Some(mut open) = self.open else {
            return Ok(());
        };
        open.end_table()?;
        let connection = &mut open.connection;
        for migration in after(self.migrations, open.version) {
            connection.batch(&migration.on_postgres()).map_err(error)?;
        }
        // So that the first statements are planned for what there is.
        let analyze = format!("ANALYZE {}", open.tables.join(", "));
        for text in [ROW_LEVEL_SECURITY, &analyze] {
            connection.batch(text).map_err(error)?;
        }
        connection.batch("COMMIT").map_err(|failure| match failure {
            Failure::Lost(error) => StoreError::OutcomeUnknown(format!(
                "{error}; if the database has tables now, the restore is whole"
            ))
            .into(),
            failure => error(failure),
        })
    }
}

impl super::document::Sink for Sink<'_> {
    fn begin(&mut self, header: &Header, schema: &Schema) -> Result<()> {
        let mut connection = connect(Database::to_write(&self.url)?)?;
        // A node that starts meanwhile waits, and finds the store.
        connection
            .batch(&format!("BEGIN; {PATIENT}; {LOCK_IN_TRANSACTION}"))
            .map_err(error)?;
        if version(&mut connection)? > 0 {
            return Err(TransferError::refused(
                "there is a store already in this database; a backup is restored into an empty \
                 one: make another (createdb) and name it in the database URL",
            ));
        }
        connection.batch(CREATE_VERSIONS).map_err(error)?;
        for migration in through(self.migrations, header.schema_version) {
            connection.batch(&migration.on_postgres()).map_err(error)?;
        }
        connection.batch(&schema.clear()).map_err(error)?;
        self.open = Some(Open {
            connection,
            copy: None,
            version: header.schema_version,
            tables: schema
                .tables
                .iter()
                .map(|table| format!("\"{}\"", table.name))
                .collect(),
        });
        Ok(())
    }

    fn table(&mut self, table: &Table) -> Result<()> {
        let open = self.open()?;
        open.end_table()?;
        let (name, list) = (&table.name, table.list());
        let text = format!("COPY \"{name}\" ({list}) FROM STDIN (FORMAT binary)");
        let types: Vec<PgType> = table
            .columns
            .iter()
            .map(|column| match column.ty {
                Type::BigInt => PgType::INT8,
                Type::Text => PgType::TEXT,
                Type::Blob => PgType::BYTEA,
            })
            .collect();
        let (client, runtime) = open.connection.parts();
        let sink = runtime
            .block_on(client.copy_in(&text))
            .map_err(|cause| error(failure("copy", &cause)))?;
        open.copy = Some(Box::pin(BinaryCopyInWriter::new(sink, &types)));
        Ok(())
    }

    fn row(&mut self, _: &Table, values: &[Arg<'_>]) -> Result<()> {
        let open = self.open()?;
        let (_, runtime) = open.connection.parts();
        let Some(copy) = &mut open.copy else {
            return Err(StoreError::Corrupt("rows before their table").into());
        };
        let values = values.iter().map(|value| value as &(dyn ToSql + Sync));
        let values: Vec<_> = values.collect();
        runtime
            .block_on(copy.as_mut().write_raw(values))
            .map_err(|cause| match error(failure("copy", &cause)) {
                // A server that gives up amid a copy tells its log only.
                TransferError::Store(StoreError::Unavailable(why)) => {
                    StoreError::Unavailable(format!("{why}; PostgreSQL's log says why")).into()
                }
                other => other,
            })
    }
}
