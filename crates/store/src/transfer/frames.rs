//! The outer form of a backup.
//!
//! ```text
//! slotbridge-backup 1\n
//! frame*      kind (1 byte), length (4 bytes), payload, digest (32 bytes)
//! ```
//!
//! A frame's digest is the SHA-256 of all that comes before it, from the first byte of the file:
//! whoever has checked a frame's digest has checked everything up to there, and the last one is
//! over everything. Numbers are little-endian. The file ends with the frame of kind `E`.

use super::error::{Result, TransferError};
use aws_lc_rs::digest::{Context, SHA256, SHA256_OUTPUT_LEN};
use std::io::{ErrorKind, Read, Write};

/// The version of the form.
const FORMAT: u64 = 1;
const MAGIC: &[u8] = b"slotbridge-backup ";

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What the backup is: JSON. The first frame.
    Header,
    /// Rows of a table, deflated.
    Rows,
    /// An object that rows name, as it is: it is sealed, and so cannot be packed.
    Object,
    /// What the backup held: JSON. The last frame.
    End,
}

impl Kind {
    const fn letter(self) -> u8 {
        match self {
            Self::Header => b'H',
            Self::Rows => b'R',
            Self::Object => b'O',
            Self::End => b'E',
        }
    }

    fn of(letter: u8) -> Option<Self> {
        [Self::Header, Self::Rows, Self::Object, Self::End]
            .into_iter()
            .find(|kind| kind.letter() == letter)
    }
}

/// Writes frames.
pub(super) struct FrameWriter<W> {
    out: W,
    digest: Context,
    bytes: u64,
}

impl<W: Write> FrameWriter<W> {
    pub(super) fn new(out: W) -> Result<Self> {
        let mut writer = Self {
            out,
            digest: Context::new(&SHA256),
            bytes: 0,
        };
        writer.put(MAGIC)?;
        writer.put(format!("{FORMAT}\n").as_bytes())?;
        Ok(writer)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
        self.out.write_all(bytes).map_err(TransferError::Write)
    }

    pub(super) fn write(&mut self, kind: Kind, payload: &[u8]) -> Result<()> {
        let length = u32::try_from(payload.len())
            .map_err(|_| TransferError::refused("a row is too large for a backup"))?;
        self.put(&[kind.letter()])?;
        self.put(&length.to_le_bytes())?;
        self.put(payload)?;
        let digest = self.digest.clone().finish();
        self.put(digest.as_ref())
    }

    /// How many bytes it was, all of them handed on.
    pub(super) fn finish(mut self) -> Result<u64> {
        self.out.flush().map_err(TransferError::Write)?;
        Ok(self.bytes)
    }
}

/// Reads frames, each checked before it is given.
pub(super) struct FrameReader<R> {
    input: R,
    digest: Context,
    payload: Vec<u8>,
    bytes: u64,
}

const CUT_OFF: TransferError = TransferError::Damaged("it was cut off");

impl<R: Read> FrameReader<R> {
    pub(super) fn new(input: R) -> Result<Self> {
        let mut reader = Self {
            input,
            digest: Context::new(&SHA256),
            payload: Vec::new(),
            bytes: 0,
        };
        let magic: [u8; MAGIC.len()] = reader.take().map_err(|error| match error {
            TransferError::Damaged(_) => no_backup(),
            other => other,
        })?;
        if magic != *MAGIC {
            return Err(no_backup());
        }
        let mut format = 0_u64;
        loop {
            match reader.take()? {
                [b'\n'] => break,
                [digit @ b'0'..=b'9'] if format < 1_000_000 => {
                    format = format * 10 + u64::from(digit - b'0');
                }
                _ => return Err(TransferError::Damaged("its first line")),
            }
        }
        if format != FORMAT {
            return Err(TransferError::Foreign(format!(
                "the backup has the format {format}, this program knows {FORMAT}: it was made by \
                 a newer version of slotbridge; restore it with that version"
            )));
        }
        Ok(reader)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.input.read_exact(&mut bytes).map_err(|error| {
            if error.kind() == ErrorKind::UnexpectedEof {
                CUT_OFF
            } else {
                TransferError::Read(error)
            }
        })?;
        self.digest.update(&bytes);
        self.bytes += N as u64;
        Ok(bytes)
    }

    /// The next frame.
    pub(super) fn next(&mut self) -> Result<(Kind, &[u8])> {
        let [letter] = self.take()?;
        let length = u32::from_le_bytes(self.take()?);
        self.payload.clear();
        // As it comes: a damaged length asks for no memory that there is nothing to fill with.
        let read = (&mut self.input)
            .take(length.into())
            .read_to_end(&mut self.payload)
            .map_err(TransferError::Read)?;
        if read as u64 != u64::from(length) {
            return Err(CUT_OFF);
        }
        self.digest.update(&self.payload);
        self.bytes += u64::from(length);
        let expected = self.digest.clone().finish();
        let digest: [u8; SHA256_OUTPUT_LEN] = self.take()?;
        if digest != expected.as_ref() {
            return Err(TransferError::Damaged("its checksum is wrong"));
        }
        let kind = Kind::of(letter).ok_or(TransferError::Damaged("a part of unknown kind"))?;
        Ok((kind, &self.payload))
    }

    /// How many bytes it was; there must be no more.
    pub(super) fn finish(mut self) -> Result<u64> {
        let mut more = [0];
        match self.input.read(&mut more) {
            Ok(0) => Ok(self.bytes),
            Ok(_) => Err(TransferError::Damaged("something follows its end")),
            Err(error) => Err(TransferError::Read(error)),
        }
    }
}

fn no_backup() -> TransferError {
    TransferError::Foreign("this is no backup that slotbridge has made".to_owned())
}
