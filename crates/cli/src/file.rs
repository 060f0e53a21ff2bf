//! Files that commands read and write: written under another name until they are whole, read from
//! their beginning.

use crate::failure::Failure;
use crate::progress;
use indicatif::ProgressBar;
use std::fs::File;
use std::io::{BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Whether stdin or stdout is meant.
pub(crate) fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

/// Where something is written.
pub(crate) enum Output {
    Standard(std::io::Stdout),
    File {
        file: NamedTempFile,
        path: PathBuf,
        force: bool,
    },
}

fn exists(path: &Path) -> Failure {
    Failure::new(format!(
        "{} is there already: choose another name, or replace it with --force",
        path.display()
    ))
}

fn fails(path: &Path) -> impl Fn(std::io::Error) -> Failure {
    move |error| Failure::new(format!("{} cannot be written: {error}", path.display()))
}

/// The folder in which a file lies.
fn folder(path: &Path) -> &Path {
    let parent = path.parent().unwrap_or(Path::new("."));
    if parent.as_os_str().is_empty() {
        Path::new(".")
    } else {
        parent
    }
}

impl Output {
    pub(crate) fn open(path: &Path, force: bool) -> Result<Self, Failure> {
        if is_standard(path) {
            let out = std::io::stdout();
            if out.is_terminal() {
                return Err(Failure::usage(
                    "what is written there is nothing to read: send it into a file or a pipe",
                ));
            }
            return Ok(Self::Standard(out));
        }
        match std::fs::symlink_metadata(path) {
            // To replace a device, a folder or a link is never what is meant.
            Ok(there) if !there.is_file() => {
                return Err(Failure::new(format!(
                    "{} is no plain file: name one, or - for stdout",
                    path.display()
                )));
            }
            Ok(_) if !force => return Err(exists(path)),
            _ => {}
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // A temporary file has mode 0600 from the start.
        let file = tempfile::Builder::new()
            .prefix(&format!(".{name}."))
            .suffix(".partial")
            .tempfile_in(folder(path))
            .map_err(fails(path))?;
        Ok(Self::File {
            file,
            path: path.to_owned(),
            force,
        })
    }

    /// What the report calls it.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Standard(_) => "stdout".to_owned(),
            Self::File { path, .. } => path.display().to_string(),
        }
    }

    /// Gives the file its name, durably. Dropped without it, there is none.
    pub(crate) fn keep(self) -> Result<(), Failure> {
        let Self::File { file, path, force } = self else {
            return Ok(());
        };
        let fails = fails(&path);
        file.as_file().sync_all().map_err(&fails)?;
        let kept = if force {
            file.persist(&path)
        } else {
            file.persist_noclobber(&path)
        };
        kept.map_err(|error| match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => exists(&path),
            _ => fails(error.error),
        })?;
        // The name lasts once the folder is written, too.
        File::open(folder(&path))
            .and_then(|folder| folder.sync_all())
            .map_err(&fails)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Standard(out) => out.write(bytes),
            Self::File { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::Standard(out) => out.flush(),
            Self::File { .. } => Ok(()),
        }
    }
}

/// Where something is read from.
pub(crate) enum Input {
    Standard(std::io::Stdin),
    File(BufReader<File>, PathBuf, Option<u64>),
}

impl Input {
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        if is_standard(path) {
            let input = std::io::stdin();
            if input.is_terminal() {
                return Err(Failure::usage(
                    "what is read there is nothing to type: give it from a file or a pipe",
                ));
            }
            return Ok(Self::Standard(input));
        }
        let fails = |error| Failure::new(format!("{} cannot be read: {error}", path.display()));
        let file = File::open(path).map_err(fails)?;
        let length = file.metadata().ok().map(|metadata| metadata.len());
        Ok(Self::File(BufReader::new(file), path.to_owned(), length))
    }

    /// What the report calls it.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Standard(_) => "stdin".to_owned(),
            Self::File(_, path, _) => path.display().to_string(),
        }
    }

    /// A bar for what is read of it.
    pub(crate) fn bar(&self) -> ProgressBar {
        match self {
            Self::Standard(_) => progress::bytes(None),
            Self::File(_, _, length) => progress::bytes(*length),
        }
    }
}

impl Read for Input {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Standard(input) => input.read(bytes),
            Self::File(file, _, _) => file.read(bytes),
        }
    }
}
