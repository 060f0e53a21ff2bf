//! Files that somebody else writes: read once for each change.

use crate::fault::Fault;
use crate::table::Table;
use parking_lot::Mutex;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// A kind of file: its name, what it must have, and what it is read as.
pub(crate) struct Kind<T> {
    /// Its name in the folder.
    pub(crate) file: &'static str,
    /// The columns that must be there.
    pub(crate) columns: &'static [&'static str],
    /// What a cell's text is to whoever reads it.
    pub(crate) cell: fn(&str) -> &str,
    /// What the rows are.
    pub(crate) parse: fn(&Table) -> Result<T, Fault>,
}

/// Tells a file from the one that takes its place: when it was changed, how long it is, and on Unix
/// which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp(SystemTime, u64, u64);

impl Stamp {
    fn of(metadata: &Metadata) -> std::io::Result<Self> {
        Ok(Self(metadata.modified()?, metadata.len(), inode(metadata)))
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}

impl<T> Kind<T> {
    /// The stamp of the file that is there now.
    pub(crate) fn stamp(&self, folder: &Path) -> Result<Stamp, Fault> {
        let metadata = std::fs::metadata(folder.join(self.file));
        let stamp = metadata.and_then(|metadata| Stamp::of(&metadata));
        stamp.map_err(|error| Fault::reading(self.file, &error))
    }

    /// The file that is there now.
    pub(crate) fn read(&self, folder: &Path) -> Result<(Stamp, T), Fault> {
        let (stamp, bytes) = self.bytes(folder)?;
        let table = Table::parse(self.file, bytes, self.columns, self.cell)?;
        Ok((stamp, (self.parse)(&table)?))
    }

    /// A file of the agent's own, which is not there before it has something to say.
    pub(crate) fn read_own(&self, folder: &Path) -> Result<T, Fault>
    where
        T: Default,
    {
        match self.read(folder) {
            Err(Fault::Missing(_)) => Ok(T::default()),
            read => Ok(read?.1),
        }
    }

    fn bytes(&self, folder: &Path) -> Result<(Stamp, Vec<u8>), Fault> {
        let whole = || whole(&mut File::open(folder.join(self.file))?, all);
        let whole = whole().map_err(|error| Fault::reading(self.file, &error))?;
        whole.ok_or_else(|| {
            let why = "was written while it was read".to_owned();
            Fault::File(self.file, why)
        })
    }
}

fn all(file: &mut File) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What is read of a file, if the file stayed the same meanwhile.
fn whole(
    file: &mut File,
    read: impl FnOnce(&mut File) -> std::io::Result<Vec<u8>>,
) -> std::io::Result<Option<(Stamp, Vec<u8>)>> {
    let before = Stamp::of(&file.metadata()?)?;
    let bytes = read(file)?;
    let is_same = before == Stamp::of(&file.metadata()?)?;
    Ok(is_same.then_some((before, bytes)))
}

/// A file and what was last read of it.
pub(crate) struct Watched<T> {
    folder: PathBuf,
    kind: Kind<T>,
    last: Mutex<Option<(Stamp, Arc<T>)>>,
}

impl<T> Watched<T> {
    /// A file that was not looked at.
    pub(crate) fn new(folder: &Path, kind: Kind<T>) -> Self {
        Self {
            folder: folder.to_owned(),
            kind,
            last: Mutex::new(None),
        }
    }

    /// What the file says now. A fault is not kept: the next look may find it mended.
    pub(crate) fn now(&self) -> Result<Arc<T>, Fault> {
        let stamp = self.kind.stamp(&self.folder)?;
        let mut last = self.last.lock();
        if let Some((of, read)) = &*last
            && *of == stamp
        {
            return Ok(read.clone());
        }
        let (stamp, read) = self.kind.read(&self.folder)?;
        let read = Arc::new(read);
        *last = Some((stamp, read.clone()));
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::time::Duration;

    #[test]
    fn what_was_written_while_it_was_read_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("changes.csv");
        std::fs::write(&path, "bookingId,change\n").unwrap();
        let mut file = File::open(&path).unwrap();
        let read = whole(&mut file, all).unwrap();
        assert!(read.is_some_and(|(_, bytes)| bytes == b"bookingId,change\n"));
        // The PMS writes on when a part has been read.
        let longer = whole(&mut File::open(&path).unwrap(), |file| {
            let bytes = all(file)?;
            let mut pms = File::options().append(true).open(&path)?;
            pms.write_all(b"7,moved\n")?;
            Ok(bytes)
        });
        assert!(longer.unwrap().is_none());
        // Or it writes over what is there, and only the time tells.
        let as_long = whole(&mut File::open(&path).unwrap(), |file| {
            let bytes = all(file)?;
            let pms = File::options().write(true).open(&path)?;
            let before = pms.metadata()?.modified()?;
            pms.set_modified(before + Duration::from_secs(1))?;
            Ok(bytes)
        });
        assert!(as_long.unwrap().is_none());
    }
}
