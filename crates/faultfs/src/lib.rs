//! A disk under SQLite that loses power, lies about what it has written, fails and fills up.
//!
//! [`Disk::mount`] makes the process's SQLite keep all files of one folder in memory, on a disk
//! that knows what has been synced and what only stands in the cache of the operating system. The
//! code under test needs no hook: the disk is SQLite's default VFS, and whatever lies in no such
//! folder goes to the real one.
//!
//! What is modelled, as on Linux with ext4 or worse:
//!
//! - a write, a change of size, a new name and a deletion stand in the cache until they are synced;
//!   at a power cut each may or may not have reached the disk, a write sector by sector (512 bytes),
//!   whatever the order in which they were made;
//! - a sync makes durable what was written to that file before, and nothing else. Names are durable
//!   once the folder is synced, which SQLite does at a new log's or journal's first sync;
//! - after a sync that failed, what it should have written may be dropped for good although the
//!   cache still shows it, and a later sync that succeeds says nothing of it;
//! - a write that fails may have been done in part, or as a whole.

mod disk;
mod inode;
mod io;
mod locks;
mod rng;
mod vfs;

pub use disk::{Disk, Fault, Kind};
pub use inode::Survival;
pub use rng::Rng;
