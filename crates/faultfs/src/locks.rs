//! The locks and the shared memory of a database file, for the connections of one process.

use rusqlite::ffi;
use std::collections::HashMap;
use std::os::raw::{c_int, c_void};

/// How large the parts of a log's index are.
const REGION: usize = 32 * 1024;

/// As SQLite aligns what it shares.
#[repr(C, align(8))]
struct Region([u8; REGION]);

#[derive(Clone, Copy, Default)]
struct Slot {
    shared: u32,
    exclusive: bool,
}

/// Who holds what of a file.
#[derive(Default)]
pub(crate) struct Locks {
    levels: HashMap<u64, c_int>,
    /// Of each user of the shared memory: its locks, shared in the low byte, exclusive in the next.
    users: HashMap<u64, u32>,
    slots: [Slot; ffi::SQLITE_SHM_NLOCK as usize],
    regions: Vec<Box<Region>>,
}

impl Locks {
    fn others(&self, who: u64, level: c_int) -> bool {
        self.levels
            .iter()
            .any(|(id, has)| *id != who && *has >= level)
    }

    /// Whether anybody means to write.
    pub(crate) fn reserved(&self) -> bool {
        self.others(0, ffi::SQLITE_LOCK_RESERVED)
    }

    pub(crate) fn lock(&mut self, who: u64, wanted: c_int) -> c_int {
        let has = self.levels.get(&who).copied().unwrap_or_default();
        if has >= wanted {
            return ffi::SQLITE_OK;
        }
        let refused = match wanted {
            ffi::SQLITE_LOCK_SHARED => self.others(who, ffi::SQLITE_LOCK_PENDING),
            _ => self.others(who, ffi::SQLITE_LOCK_RESERVED),
        };
        if refused {
            return ffi::SQLITE_BUSY;
        }
        if wanted == ffi::SQLITE_LOCK_EXCLUSIVE && self.others(who, ffi::SQLITE_LOCK_SHARED) {
            self.levels.insert(who, ffi::SQLITE_LOCK_PENDING);
            return ffi::SQLITE_BUSY;
        }
        self.levels.insert(who, wanted);
        ffi::SQLITE_OK
    }

    pub(crate) fn unlock(&mut self, who: u64, wanted: c_int) {
        if wanted == ffi::SQLITE_LOCK_NONE {
            self.levels.remove(&who);
        } else if self.levels.get(&who).is_some_and(|has| *has > wanted) {
            self.levels.insert(who, wanted);
        }
    }

    /// A part of the shared memory; null if it is not there and need not be.
    pub(crate) fn region(&mut self, who: u64, index: usize, extend: bool) -> *mut c_void {
        self.users.entry(who).or_default();
        while extend && self.regions.len() <= index {
            self.regions.push(Box::new(Region([0; REGION])));
        }
        self.regions
            .get_mut(index)
            .map_or(std::ptr::null_mut(), |region| region.0.as_mut_ptr().cast())
    }

    pub(crate) fn lock_memory(&mut self, who: u64, first: c_int, n: c_int, flags: c_int) -> c_int {
        let Ok(first) = usize::try_from(first) else {
            return ffi::SQLITE_IOERR_SHMLOCK;
        };
        let range = first..first + usize::try_from(n).unwrap_or_default();
        let exclusive = flags & ffi::SQLITE_SHM_EXCLUSIVE != 0;
        let Some(slots) = self.slots.get_mut(range.clone()) else {
            return ffi::SQLITE_IOERR_SHMLOCK;
        };
        let held = self.users.entry(who).or_default();
        let bits = |shift: usize| range.clone().map(|slot| 1 << (slot + shift)).sum::<u32>();
        if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
            for (slot, at) in slots.iter_mut().zip(range.clone()) {
                if exclusive && *held & (1 << (at + 8)) != 0 {
                    slot.exclusive = false;
                } else if !exclusive && *held & (1 << at) != 0 {
                    slot.shared -= 1;
                }
            }
            *held &= !bits(if exclusive { 8 } else { 0 });
            return ffi::SQLITE_OK;
        }
        if exclusive {
            let own = |at: usize| u32::from(*held & (1 << at) != 0);
            let mut taken = slots.iter().zip(range.clone());
            if taken.any(|(slot, at)| slot.exclusive || slot.shared > own(at)) {
                return ffi::SQLITE_BUSY;
            }
            slots.iter_mut().for_each(|slot| slot.exclusive = true);
            *held |= bits(8);
        } else {
            if slots.iter().any(|slot| slot.exclusive) {
                return ffi::SQLITE_BUSY;
            }
            for (slot, at) in slots.iter_mut().zip(range.clone()) {
                slot.shared += u32::from(*held & (1 << at) == 0);
            }
            *held |= bits(0);
        }
        ffi::SQLITE_OK
    }

    /// The memory is gone with its last user.
    pub(crate) fn leave_memory(&mut self, who: u64) {
        let Some(held) = self.users.remove(&who) else {
            return;
        };
        for (at, slot) in self.slots.iter_mut().enumerate() {
            slot.shared -= (held >> at) & 1;
            slot.exclusive &= held & (1 << (at + 8)) == 0;
        }
        if self.users.is_empty() {
            self.regions.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAKE: c_int = ffi::SQLITE_SHM_LOCK;
    const GIVE: c_int = ffi::SQLITE_SHM_UNLOCK;
    const SHARED: c_int = ffi::SQLITE_SHM_SHARED;
    const ALONE: c_int = ffi::SQLITE_SHM_EXCLUSIVE;

    #[test]
    fn one_writes_or_many_read() {
        let mut locks = Locks::default();
        assert_eq!(locks.lock_memory(1, 3, 1, TAKE | SHARED), ffi::SQLITE_OK);
        assert_eq!(locks.lock_memory(2, 3, 1, TAKE | SHARED), ffi::SQLITE_OK);
        assert_eq!(locks.lock_memory(3, 0, 8, TAKE | ALONE), ffi::SQLITE_BUSY);
        assert_eq!(locks.lock_memory(1, 3, 1, GIVE | SHARED), ffi::SQLITE_OK);
        locks.leave_memory(2);
        assert_eq!(locks.lock_memory(3, 0, 8, TAKE | ALONE), ffi::SQLITE_OK);
        assert_eq!(locks.lock_memory(1, 3, 1, TAKE | SHARED), ffi::SQLITE_BUSY);
    }

    #[test]
    fn a_file_is_locked_in_steps() {
        let mut locks = Locks::default();
        for who in [1, 2] {
            assert_eq!(locks.lock(who, ffi::SQLITE_LOCK_SHARED), ffi::SQLITE_OK);
        }
        assert_eq!(locks.lock(1, ffi::SQLITE_LOCK_RESERVED), ffi::SQLITE_OK);
        assert!(locks.reserved());
        assert_eq!(locks.lock(2, ffi::SQLITE_LOCK_RESERVED), ffi::SQLITE_BUSY);
        assert_eq!(locks.lock(1, ffi::SQLITE_LOCK_EXCLUSIVE), ffi::SQLITE_BUSY);
        assert_eq!(locks.lock(3, ffi::SQLITE_LOCK_SHARED), ffi::SQLITE_BUSY);
        locks.unlock(2, ffi::SQLITE_LOCK_NONE);
        assert_eq!(locks.lock(1, ffi::SQLITE_LOCK_EXCLUSIVE), ffi::SQLITE_OK);
    }
}
