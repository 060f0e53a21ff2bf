//! The disk as SQLite's default VFS. What lies in no folder of ours goes to the real one.
#![expect(unsafe_code, reason = "a VFS is a table of C functions")]

use crate::disk::Disk;
use crate::io;
use parking_lot::{Mutex, Once};
use rusqlite::ffi;
use std::collections::HashMap;
use std::ffi::CStr;
use std::os::raw::{c_char, c_int};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Weak};

/// A disk goes with the last who holds it or has a file open on it: thousands of rounds with a disk
/// each would fill the memory otherwise.
static DISKS: Mutex<Option<HashMap<PathBuf, Weak<Disk>>>> = Mutex::new(None);
static REAL: AtomicPtr<ffi::sqlite3_vfs> = AtomicPtr::new(std::ptr::null_mut());

/// Keeps the files of a folder on a disk from now on.
pub(crate) fn mount(folder: &Path, disk: &Arc<Disk>) {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(register);
    let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let mut disks = DISKS.lock();
    let disks = disks.get_or_insert_with(HashMap::new);
    disks.retain(|_, disk| disk.strong_count() > 0);
    disks.insert(folder, Arc::downgrade(disk));
}

fn register() {
    // SAFETY: SQLite's own VFS is valid for ever, and so is the copy, which is leaked. The copy
    // keeps whatever we do not replace, with the data that those functions look for.
    unsafe {
        let real = ffi::sqlite3_vfs_find(std::ptr::null());
        REAL.store(real, Ordering::SeqCst);
        let mut ours = *real;
        ours.zName = c"slotbridge-faultfs".as_ptr();
        ours.pNext = std::ptr::null_mut();
        ours.szOsFile = ours.szOsFile.max(io::FILE_SIZE);
        ours.xOpen = Some(open);
        ours.xDelete = Some(delete);
        ours.xAccess = Some(access);
        ffi::sqlite3_vfs_register(Box::into_raw(Box::new(ours)), 1);
    }
}

/// The disk of a path, and the file's name there.
unsafe fn find(path: *const c_char) -> Option<(Arc<Disk>, String)> {
    if path.is_null() {
        return None;
    }
    // SAFETY: SQLite gives a path that ends with NUL.
    let path = Path::new(unsafe { CStr::from_ptr(path) }.to_str().ok()?);
    let disks = DISKS.lock();
    let disk = disks.as_ref()?.get(path.parent()?)?.upgrade()?;
    let name = path.file_name()?.to_str()?;
    Some((disk, name.to_owned()))
}

fn real() -> *mut ffi::sqlite3_vfs {
    REAL.load(Ordering::SeqCst)
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    path: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    flags_out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite's arguments, passed on as they came; `file` has room for either kind.
    unsafe {
        let Some((disk, name)) = find(path) else {
            return match (*real()).xOpen {
                Some(open) => open(real(), path, file, flags, flags_out),
                None => ffi::SQLITE_CANTOPEN,
            };
        };
        (*file).pMethods = std::ptr::null();
        match disk.open(&name, flags & ffi::SQLITE_OPEN_CREATE != 0) {
            Err(code) => code,
            Ok((number, handle, new)) => {
                // As SQLite on Unix does: the folder is synced with a new log or journal.
                let logs = ffi::SQLITE_OPEN_WAL
                    | ffi::SQLITE_OPEN_MAIN_JOURNAL
                    | ffi::SQLITE_OPEN_SUPER_JOURNAL;
                let sync_names = new && flags & logs != 0;
                io::attach(file, disk, number, handle, sync_names);
                if !flags_out.is_null() {
                    *flags_out = flags;
                }
                ffi::SQLITE_OK
            }
        }
    }
}

unsafe extern "C" fn delete(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    sync_names: c_int,
) -> c_int {
    // SAFETY: as above.
    unsafe {
        match (find(path), (*real()).xDelete) {
            (Some((disk, name)), _) => disk.delete(&name, sync_names != 0),
            (None, Some(delete)) => delete(real(), path, sync_names),
            (None, None) => ffi::SQLITE_IOERR_DELETE,
        }
    }
}

unsafe extern "C" fn access(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: as above.
    unsafe {
        match (find(path), (*real()).xAccess) {
            (Some((disk, name)), _) => {
                *out = c_int::from(disk.exists(&name));
                ffi::SQLITE_OK
            }
            (None, Some(access)) => access(real(), path, flags, out),
            (None, None) => ffi::SQLITE_IOERR_ACCESS,
        }
    }
}
