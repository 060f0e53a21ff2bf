//! Secrets in a folder: files of mode 0600, made once and never overwritten.

use crate::failure::Failure;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The file with the master key.
pub(crate) const MASTER_KEY: &str = "master-key";
/// The file with the next one, while it is changed.
pub(crate) const NEW_MASTER_KEY: &str = "master-key.new";
/// The file with the operator's token.
pub(crate) const OPERATOR_TOKEN: &str = "operator-token";
/// The file by which one knows that a store has been made; the store names it.
const STORE: &str = "slotbridge.sqlite";

/// Makes the folder if it is not there, to last; only its owner may look inside.
pub(crate) fn make(folder: &Path) -> Result<(), Failure> {
    slotbridge_store::make_folder(folder).map_err(|error| {
        let shown = folder.display();
        Failure::new(format!(
            "the data folder {shown} cannot be made: {error}; choose another with --data-dir"
        ))
    })
}

/// Whether a store has been made in the folder.
pub(crate) fn has_store(folder: &Path) -> bool {
    folder.join(STORE).exists()
}

/// The text of a file, if there is one. That others can read it is worth a warning.
pub(crate) fn read(path: &Path) -> Result<Option<String>, Failure> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text.trim().to_owned(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(Failure::new(format!(
                "{} cannot be read: {error}",
                path.display()
            )));
        }
    };
    let mode = std::fs::metadata(path).map(|metadata| metadata.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o077 != 0) {
        let path = path.display();
        tracing::warn!(%path, "other users can read this secret: chmod 600 it");
    }
    Ok(Some(text))
}

/// Writes a secret into a file that must not be there yet, whole or not at all. Gives what the
/// file holds: if another process was quicker, that is its secret.
pub(crate) fn create(path: &Path, secret: &str) -> Result<String, Failure> {
    let fails = |error: std::io::Error| {
        Failure::new(format!("{} cannot be written: {error}", path.display()))
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    // A temporary file has mode 0600 from the start.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fails)?;
    writeln!(file, "{secret}").map_err(fails)?;
    file.as_file().sync_all().map_err(fails)?;
    match file.persist_noclobber(path) {
        Ok(_) => {
            // The name lasts once the folder is written, too.
            std::fs::File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(fails)?;
            Ok(secret.to_owned())
        }
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {
            Ok(read(path)?.unwrap_or_default())
        }
        Err(error) => Err(fails(error.error)),
    }
}

/// Puts a secret in the place of another.
pub(crate) fn replace(from: &Path, to: &Path) -> Result<(), Failure> {
    let fails = |error: std::io::Error| {
        Failure::new(format!("{} cannot be written: {error}", to.display()))
    };
    std::fs::rename(from, to).map_err(fails)?;
    let folder = to.parent().unwrap_or(Path::new("."));
    std::fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(fails)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_its_owners_alone_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        assert_eq!(read(&path).unwrap(), None);
        assert_eq!(create(&path, "one").unwrap(), "one");
        assert_eq!(create(&path, "two").unwrap(), "one");
        assert_eq!(read(&path).unwrap().as_deref(), Some("one"));
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
