//! Objects in a folder: a file each, named by the object, in folders named by its first two digits.

use slotbridge_hub::outgoing::{Doing, ObjectFailure, Objects};
use slotbridge_store::make_folder;
use slotbridge_store::transfer::ObjectFiles;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder with objects. It is made when the first object comes.
#[derive(Clone, Debug)]
pub struct ObjectFolder(Arc<PathBuf>);

impl ObjectFolder {
    /// The folder of that path.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self(Arc::new(folder))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The folder of an object, and its file. A name is hexadecimal digits, so that it never leads
    /// elsewhere.
    fn place(&self, name: &str) -> io::Result<(PathBuf, PathBuf)> {
        let digits = name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let (first, _) = name
            .split_at_checked(2)
            .filter(|(_, rest)| digits && !rest.is_empty())
            .ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "no name of an object"))?;
        let folder = self.0.join(first);
        let file = folder.join(name);
        Ok((folder, file))
    }

    /// Writes an object that lasts: the file and its name are synced. Blocks.
    ///
    /// # Errors
    /// The file system's.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let (folder, file) = self.place(name)?;
        make_folder(&folder)?;
        // Mode 0600 from the start, and never seen in part.
        let mut partial = tempfile::NamedTempFile::new_in(&folder)?;
        partial.write_all(bytes)?;
        partial.as_file().sync_all()?;
        partial.persist(file).map_err(|error| error.error)?;
        File::open(&folder)?.sync_all()
    }

    /// Reads an object; `None` if there is none of that name. Blocks.
    ///
    /// # Errors
    /// The file system's.
    pub fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let (_, file) = self.place(name)?;
        match std::fs::read(file) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes an object, if it is there. Blocks.
    ///
    /// # Errors
    /// The file system's.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        let (_, file) = self.place(name)?;
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Does something that blocks beside the threads that serve.
    fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> io::Result<T> + Send + 'static,
    ) -> Doing<'_, T, ObjectFailure> {
        let folder = self.clone();
        Box::pin(async move {
            let done = tokio::task::spawn_blocking(move || work(&folder)).await;
            let failed = |error: &dyn std::fmt::Display| ObjectFailure(error.to_string());
            done.map_err(|error| failed(&error))?
                .map_err(|error| failed(&error))
        })
    }
}

impl Objects for ObjectFolder {
    fn put(&self, name: String, bytes: Vec<u8>) -> Doing<'_, (), ObjectFailure> {
        self.beside(move |folder| folder.write(&name, &bytes))
    }

    fn get(&self, name: String) -> Doing<'_, Option<Vec<u8>>, ObjectFailure> {
        self.beside(move |folder| folder.read(&name))
    }

    fn remove(&self, name: String) -> Doing<'_, (), ObjectFailure> {
        self.beside(move |folder| folder.remove(&name))
    }
}

impl ObjectFiles for ObjectFolder {
    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        Self::read(self, name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        Self::write(self, name, bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    const NAME: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn an_object_is_kept_for_its_owner_alone_and_removed() {
        let place = tempfile::tempdir().unwrap();
        let folder = ObjectFolder::new(place.path().join("a/objects"));
        assert_eq!(folder.read(NAME).unwrap(), None);
        folder.write(NAME, b"sealed").unwrap();
        assert_eq!(folder.read(NAME).unwrap().as_deref(), Some(&b"sealed"[..]));
        let file = folder.path().join("01").join(NAME);
        let mode = std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(
            std::fs::read_dir(folder.path().join("01")).unwrap().count(),
            1
        );
        for _ in 0..2 {
            folder.remove(NAME).unwrap();
            assert_eq!(folder.read(NAME).unwrap(), None);
        }
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        let place = tempfile::tempdir().unwrap();
        let folder = ObjectFolder::new(place.path().join("objects"));
        for name in [
            "",
            "ab",
            "../secret",
            "ab/../../secret",
            "/etc/passwd",
            "ab\0",
        ] {
            assert!(folder.write(name, b"x").is_err(), "{name:?}");
            assert!(folder.read(name).is_err(), "{name:?}");
            assert!(folder.remove(name).is_err(), "{name:?}");
        }
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn what_cannot_be_written_says_so() {
        let place = tempfile::NamedTempFile::new().unwrap();
        let folder = ObjectFolder::new(place.path().join("objects"));
        assert!(folder.put(NAME.into(), vec![1]).await.is_err());
    }
}
