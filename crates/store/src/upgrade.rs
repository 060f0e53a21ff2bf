//! Bringing a store to this program's schema apart from serving it, and looking what that would do.

use crate::engine::postgres::{self, Database, PgConnection};
use crate::engine::sqlite;
use crate::open::{FILE, lock, unavailable};
use crate::{Location, Result, Upgrade, make_folder, migrate};

/// What [`upgrade`] would do. Blocks.
///
/// # Errors
/// As [`upgrade`]'s.
pub fn look_at_upgrade(location: &Location) -> Result<Upgrade> {
    match location {
        Location::Folder(folder) => {
            if !folder.join(FILE).exists() {
                return Ok(Upgrade::of(0));
            }
            let _lock = lock(folder)?;
            migrate::look_at_sqlite(&sqlite::open_writer(&folder.join(FILE))?)
        }
        Location::Postgres(url) => migrate::look_at_postgres(&mut connect(url)?),
    }
}

/// Brings a store to this program's schema, without serving it. Blocks. Nodes that serve on PostgreSQL
/// go on; an embedded store must have none.
///
/// # Errors
/// [`crate::StoreError::Refused`] if the store is a newer version's, or its folder is in use; else that
/// it cannot be reached.
pub fn upgrade(location: &Location) -> Result<Upgrade> {
    match location {
        Location::Folder(folder) => {
            make_folder(folder)
                .map_err(|error| unavailable(&folder.display().to_string(), &error))?;
            let _lock = lock(folder)?;
            migrate::sqlite(&mut sqlite::open_writer(&folder.join(FILE))?)
        }
        Location::Postgres(url) => migrate::postgres(&mut connect(url)?),
    }
}

fn connect(url: &str) -> Result<PgConnection> {
    postgres::connect_without_limit(&Database::to_write(url)?)
}
