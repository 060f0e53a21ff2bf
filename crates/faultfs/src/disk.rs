//! The disk: files by name, what is durable of them, and the orders to fail.

use crate::inode::{Inode, Survival};
use crate::locks::Locks;
use crate::rng::Rng;
use crate::vfs;
use parking_lot::Mutex;
use rusqlite::ffi;
use std::collections::{BTreeMap, HashMap};
use std::os::raw::c_int;
use std::path::Path;
use std::sync::Arc;

/// A kind of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Of bytes.
    Read,
    /// Of bytes.
    Write,
    /// A change of size.
    Truncate,
    /// Of a file or of the folder.
    Sync,
    /// A new name.
    Create,
    /// A deleted name.
    Delete,
}

/// What fails, and how.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Which kinds of operations.
    pub kinds: &'static [Kind],
    /// Whether only those fail that would make a file longer: the disk is full.
    pub full: bool,
    /// How many go well before the first that fails.
    pub after: u64,
    /// How many fail then; `u64::MAX`: all, until the disk is repaired.
    pub times: u64,
}

#[derive(Default)]
struct State {
    names: BTreeMap<String, u64>,
    durable_names: BTreeMap<String, u64>,
    inodes: HashMap<u64, Inode>,
    locks: HashMap<u64, Locks>,
    next: u64,
    changes: u64,
    failed: u64,
    cut_at: Option<u64>,
    off: bool,
    lying: bool,
    fault: Option<Fault>,
}

/// A disk.
pub struct Disk {
    state: Mutex<State>,
    chance: Mutex<Rng>,
}

/// What an operation is to do.
enum Order {
    Go,
    /// Do it and be off: what was done is in the cache at best.
    Last,
    Fail(c_int),
}

impl State {
    fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn order(&mut self, kind: Kind, grows: bool) -> Order {
        if self.off {
            return Order::Fail(code(kind, false));
        }
        if kind != Kind::Read {
            self.changes += 1;
            if self.cut_at.is_some_and(|at| self.changes >= at) {
                self.off = true;
                return Order::Last;
            }
        }
        let Some(fault) = &mut self.fault else {
            return Order::Go;
        };
        if !fault.kinds.contains(&kind) || fault.full && !grows {
            return Order::Go;
        }
        if fault.after > 0 {
            fault.after -= 1;
            return Order::Go;
        }
        if fault.times == 0 {
            return Order::Go;
        }
        fault.times = fault
            .times
            .saturating_sub(u64::from(fault.times != u64::MAX));
        self.failed += 1;
        Order::Fail(code(kind, fault.full))
    }
}

const fn code(kind: Kind, full: bool) -> c_int {
    if full {
        return ffi::SQLITE_FULL;
    }
    match kind {
        Kind::Read => ffi::SQLITE_IOERR_READ,
        Kind::Write => ffi::SQLITE_IOERR_WRITE,
        Kind::Truncate => ffi::SQLITE_IOERR_TRUNCATE,
        Kind::Sync => ffi::SQLITE_IOERR_FSYNC,
        Kind::Create => ffi::SQLITE_CANTOPEN,
        Kind::Delete => ffi::SQLITE_IOERR_DELETE,
    }
}

impl Disk {
    /// An empty disk for the files that SQLite keeps in this folder, as long as somebody holds it or
    /// has a file open on it, or until another is mounted there.
    ///
    /// # Panics
    /// The folder is not there, or SQLite does not take the disk.
    #[must_use]
    pub fn mount(folder: &Path) -> Arc<Self> {
        let disk = Arc::new(Self {
            state: Mutex::default(),
            chance: Mutex::new(Rng::new(0)),
        });
        vfs::mount(folder, &disk);
        disk
    }

    /// Another disk with the same files, mounted there.
    #[must_use]
    pub fn copy_to(&self, folder: &Path) -> Arc<Self> {
        let disk = Self::mount(folder);
        let state = self.state.lock();
        *disk.state.lock() = State {
            names: state.names.clone(),
            durable_names: state.durable_names.clone(),
            inodes: state.inodes.clone(),
            next: state.next,
            ..State::default()
        };
        disk
    }

    /// What chance decides from now on follows from this seed.
    pub fn seed(&self, seed: u64) {
        *self.chance.lock() = Rng::new(seed);
    }

    /// How many operations have changed something, or were to.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.state.lock().changes
    }

    /// How many operations have failed by order.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.state.lock().failed
    }

    /// Cuts the power at the n-th change from now on. That one may still reach the cache; whatever
    /// comes after it fails.
    pub fn cut_after(&self, n: u64) {
        let mut state = self.state.lock();
        state.cut_at = Some(state.changes + n.max(1));
    }

    /// Cuts the power, or kills the process, now.
    pub fn cut(&self) {
        self.state.lock().off = true;
    }

    /// Whether the power is off.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.state.lock().off
    }

    /// From now on every sync answers that it is done, and does nothing.
    pub fn lie(&self) {
        self.state.lock().lying = true;
    }

    /// Fails from now on as it is told.
    pub fn fail(&self, fault: Fault) {
        self.state.lock().fault = Some(fault);
    }

    /// Is well again.
    pub fn repair(&self) {
        self.state.lock().fault = None;
    }

    /// The power is back. Close everything first.
    pub fn power_on(&self, survival: Survival) {
        let mut rng = self.chance.lock();
        let state = &mut *self.state.lock();
        let mut inodes: Vec<_> = state.inodes.iter_mut().collect();
        inodes.sort_by_key(|(number, _)| **number);
        for (_, inode) in inodes {
            inode.lose_power(survival, &mut rng);
        }
        let mut all: Vec<String> = state.names.keys().cloned().collect();
        all.extend(state.durable_names.keys().cloned());
        all.sort();
        all.dedup();
        for name in all {
            let reached = match survival {
                Survival::Nothing => false,
                Survival::Everything => true,
                Survival::Some | Survival::Torn => rng.coin(),
            };
            if reached {
                match state.names.get(&name) {
                    Some(number) => state.durable_names.insert(name, *number),
                    None => state.durable_names.remove(&name),
                };
            }
        }
        state.names = state.durable_names.clone();
        state.off = false;
        state.cut_at = None;
        state.lying = false;
        state.fault = None;
    }

    /// Another process opens the files, with the cache as it is. Close everything first.
    pub fn reboot_process(&self) {
        let mut state = self.state.lock();
        state.off = false;
        state.cut_at = None;
    }

    /// How long a file is, as far as the cache knows.
    #[must_use]
    pub fn length_of(&self, name: &str) -> usize {
        let number = self.state.lock().names.get(name).copied();
        number.map_or(0, |number| self.size(number))
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.state.lock().names.contains_key(name)
    }

    /// Opens a file: its number, the handle's, and whether it is new.
    pub(crate) fn open(&self, name: &str, create: bool) -> Result<(u64, u64, bool), c_int> {
        let mut state = self.state.lock();
        if state.off {
            return Err(ffi::SQLITE_CANTOPEN);
        }
        if let Some(number) = state.names.get(name).copied() {
            return Ok((number, state.fresh(), false));
        }
        if !create {
            return Err(ffi::SQLITE_CANTOPEN);
        }
        if let Order::Fail(code) = state.order(Kind::Create, true) {
            return Err(code);
        }
        let number = state.fresh();
        state.names.insert(name.to_owned(), number);
        state.inodes.insert(number, Inode::default());
        Ok((number, state.fresh(), true))
    }

    pub(crate) fn delete(&self, name: &str, sync: bool) -> c_int {
        let mut state = self.state.lock();
        if !state.names.contains_key(name) {
            return ffi::SQLITE_IOERR_DELETE_NOENT;
        }
        if let Order::Fail(code) = state.order(Kind::Delete, false) {
            return code;
        }
        state.names.remove(name);
        drop(state);
        if sync {
            self.sync_names()
        } else {
            ffi::SQLITE_OK
        }
    }

    pub(crate) fn size(&self, file: u64) -> usize {
        let state = self.state.lock();
        state.inodes.get(&file).map_or(0, |inode| inode.live.len())
    }

    pub(crate) fn read(&self, file: u64, at: usize, into: &mut [u8]) -> c_int {
        let mut state = self.state.lock();
        if let Order::Fail(code) = state.order(Kind::Read, false) {
            return code;
        }
        let content = state.inodes.get(&file).map_or(&[][..], |inode| &inode.live);
        let found = content.get(at..).unwrap_or_default();
        let found = found.get(..into.len()).unwrap_or(found);
        let (head, tail) = into.split_at_mut(found.len());
        head.copy_from_slice(found);
        tail.fill(0);
        if tail.is_empty() {
            ffi::SQLITE_OK
        } else {
            ffi::SQLITE_IOERR_SHORT_READ
        }
    }

    pub(crate) fn write(&self, file: u64, at: usize, bytes: &[u8]) -> c_int {
        let mut rng = self.chance.lock();
        let mut state = self.state.lock();
        let was_off = state.off;
        let size = state.inodes.get(&file).map_or(0, |inode| inode.live.len());
        let (done, answer) = match state.order(Kind::Write, at + bytes.len() > size) {
            Order::Go => (bytes.len(), ffi::SQLITE_OK),
            Order::Last => (bytes.len(), ffi::SQLITE_IOERR_WRITE),
            Order::Fail(code) if was_off => (0, code),
            // A full disk has room for a part of it at most.
            Order::Fail(ffi::SQLITE_FULL) => (part(&mut rng, bytes.len()), ffi::SQLITE_FULL),
            Order::Fail(code) => (part(&mut rng, bytes.len() + 1), code),
        };
        let done = bytes.get(..done).unwrap_or_default();
        if let (Some(inode), false) = (state.inodes.get_mut(&file), done.is_empty()) {
            inode.write(at, done);
        }
        answer
    }

    pub(crate) fn truncate(&self, file: u64, size: usize) -> c_int {
        let mut state = self.state.lock();
        let answer = match state.order(Kind::Truncate, false) {
            Order::Go => ffi::SQLITE_OK,
            Order::Last => ffi::SQLITE_IOERR_TRUNCATE,
            Order::Fail(code) => return code,
        };
        if let Some(inode) = state.inodes.get_mut(&file) {
            inode.truncate(size);
        }
        answer
    }

    pub(crate) fn sync(&self, file: u64) -> c_int {
        let drop_it = self.chance.lock().coin();
        let mut state = self.state.lock();
        let was_off = state.off;
        let order = state.order(Kind::Sync, false);
        let lying = state.lying;
        let Some(inode) = state.inodes.get_mut(&file) else {
            return ffi::SQLITE_IOERR_FSYNC;
        };
        match order {
            Order::Go if lying => ffi::SQLITE_OK,
            Order::Go => {
                inode.sync();
                ffi::SQLITE_OK
            }
            Order::Last => ffi::SQLITE_IOERR_FSYNC,
            Order::Fail(code) => {
                if drop_it && !was_off {
                    inode.forget();
                }
                code
            }
        }
    }

    pub(crate) fn sync_names(&self) -> c_int {
        let mut state = self.state.lock();
        match state.order(Kind::Sync, false) {
            Order::Go if state.lying => ffi::SQLITE_OK,
            Order::Go => {
                state.durable_names = state.names.clone();
                ffi::SQLITE_OK
            }
            Order::Last => ffi::SQLITE_IOERR_DIR_FSYNC,
            Order::Fail(code) => code,
        }
    }

    /// Does something with the locks of a file.
    pub(crate) fn with_locks<T>(&self, file: u64, work: impl FnOnce(&mut Locks) -> T) -> T {
        work(self.state.lock().locks.entry(file).or_default())
    }
}

/// How much of a write was done that failed.
fn part(rng: &mut Rng, length: usize) -> usize {
    usize::try_from(rng.below(length as u64)).unwrap_or_default()
}
