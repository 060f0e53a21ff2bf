//! Where PostgreSQL's programs are.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::output;

/// The oldest major version that Slotbridge supports.
pub(crate) const OLDEST: u32 = 15;

/// Where Debian keeps a folder per major version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// What is needed of them.
const PROGRAMS: [&str; 6] = [
    "initdb",
    "pg_basebackup",
    "pg_ctl",
    "pg_isready",
    "postgres",
    "psql",
];

/// A folder with the server's programs and the clients that go with them.
#[derive(Clone, Debug)]
pub(crate) struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    /// The newest version on the machine that is not too old.
    pub(crate) fn find() -> Result<Self, String> {
        newest_of_debian(Path::new(DEBIAN)).or_else(said_by_pg_config).ok_or_else(|| {
            format!(
                "no PostgreSQL server of version {OLDEST} or newer: neither in {DEBIAN}/*/bin nor \
                 in what `pg_config --bindir` names"
            )
        })
    }

    /// One of the programs.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn complete(folder: PathBuf) -> Option<Self> {
        PROGRAMS
            .iter()
            .all(|name| folder.join(name).is_file())
            .then_some(Self { folder })
    }
}

fn newest_of_debian(versions: &Path) -> Option<Binaries> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir(versions)
        .ok()?
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(version, _)| *version >= OLDEST)
        .collect();
    found.sort();
    found
        .into_iter()
        .rev()
        .find_map(|(_, folder)| Binaries::complete(folder))
}

fn said_by_pg_config() -> Option<Binaries> {
    let folder = output(Command::new("pg_config").arg("--bindir")).ok()?;
    let binaries = Binaries::complete(PathBuf::from(folder.trim()))?;
    let version = output(Command::new(binaries.program("postgres")).arg("--version")).ok()?;
    (major(&version)? >= OLDEST).then_some(binaries)
}

/// `postgres (PostgreSQL) 15.18 (Debian …)` is 15.
fn major(version: &str) -> Option<u32> {
    let (_, number) = version.split_once("(PostgreSQL) ")?;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_the_server_says() {
        assert_eq!(
            major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("something else"), None);
    }

    #[test]
    fn the_newest_complete_version_is_taken_and_an_old_one_never() {
        let versions =
            std::env::temp_dir().join(format!("slotbridge-binaries-{}", std::process::id()));
        for (version, programs) in [
            ("9", &PROGRAMS[..]),
            ("14", &PROGRAMS),
            ("15", &PROGRAMS),
            ("16", &PROGRAMS),
            ("17", &["psql", "pg_isready"]),
        ] {
            let folder = versions.join(version).join("bin");
            std::fs::create_dir_all(&folder).unwrap();
            for program in programs {
                std::fs::write(folder.join(program), "").unwrap();
            }
        }

        let newest = newest_of_debian(&versions).unwrap();
        assert_eq!(newest.program("initdb"), versions.join("16/bin/initdb"));

        std::fs::remove_dir_all(versions.join("16")).unwrap();
        std::fs::remove_dir_all(versions.join("15")).unwrap();
        assert!(newest_of_debian(&versions).is_none());
        std::fs::remove_dir_all(versions).unwrap();
    }
}
