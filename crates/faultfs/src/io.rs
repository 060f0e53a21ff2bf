//! An open file of a disk, as SQLite calls it.
#![expect(unsafe_code, reason = "a file is a table of C functions")]

use crate::disk::Disk;
use crate::locks::Locks;
use rusqlite::ffi;
use std::os::raw::{c_int, c_void};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering, fence};

/// What SQLite makes room for.
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    handle: *mut Handle,
}

struct Handle {
    disk: Arc<Disk>,
    file: u64,
    /// Whose locks these are.
    id: u64,
    /// Whether the next sync is the folder's, too.
    sync_names: AtomicBool,
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "two pointers"
)]
pub(crate) const FILE_SIZE: c_int = size_of::<File>() as c_int;

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(map),
    xShmLock: Some(lock_memory),
    xShmBarrier: Some(barrier),
    xShmUnmap: Some(unmap),
    xFetch: None,
    xUnfetch: None,
};

/// Makes SQLite's `file` one of ours.
///
/// # Safety
/// `file` has room for [`FILE_SIZE`] bytes.
pub(crate) unsafe fn attach(
    file: *mut ffi::sqlite3_file,
    disk: Arc<Disk>,
    number: u64,
    id: u64,
    sync_names: bool,
) {
    let handle = Box::new(Handle {
        disk,
        file: number,
        id,
        sync_names: AtomicBool::new(sync_names),
    });
    // SAFETY: the caller's.
    unsafe {
        file.cast::<File>().write(File {
            base: ffi::sqlite3_file { pMethods: &METHODS },
            handle: Box::into_raw(handle),
        });
    }
}

/// # Safety
/// `file` was attached and is not closed.
unsafe fn handle<'a>(file: *mut ffi::sqlite3_file) -> &'a Handle {
    // SAFETY: the caller's.
    unsafe { &*(*file.cast::<File>()).handle }
}

fn place(at: i64) -> usize {
    usize::try_from(at).unwrap_or_default()
}

impl Handle {
    fn locks<T>(&self, work: impl FnOnce(&mut Locks) -> T) -> T {
        self.disk.with_locks(self.file, work)
    }
}

// SAFETY (of all below): SQLite calls them with a file that it has opened and not yet closed, and
// with buffers of the lengths that it names.

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    unsafe {
        let file = &mut *file.cast::<File>();
        let handle = Box::from_raw(file.handle);
        handle.locks(|locks| {
            locks.unlock(handle.id, ffi::SQLITE_LOCK_NONE);
            locks.leave_memory(handle.id);
        });
        file.base.pMethods = std::ptr::null();
        file.handle = std::ptr::null_mut();
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    into: *mut c_void,
    length: c_int,
    at: i64,
) -> c_int {
    unsafe {
        let into = std::slice::from_raw_parts_mut(into.cast::<u8>(), place(length.into()));
        let handle = handle(file);
        handle.disk.read(handle.file, place(at), into)
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    bytes: *const c_void,
    length: c_int,
    at: i64,
) -> c_int {
    unsafe {
        let bytes = std::slice::from_raw_parts(bytes.cast::<u8>(), place(length.into()));
        let handle = handle(file);
        handle.disk.write(handle.file, place(at), bytes)
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    let handle = unsafe { handle(file) };
    handle.disk.truncate(handle.file, place(size))
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    let handle = unsafe { handle(file) };
    let synced = handle.disk.sync(handle.file);
    if synced == ffi::SQLITE_OK && handle.sync_names.load(Ordering::SeqCst) {
        // SQLite on Unix looks away where a folder cannot be synced; an error counts here.
        let synced = handle.disk.sync_names();
        handle
            .sync_names
            .store(synced != ffi::SQLITE_OK, Ordering::SeqCst);
        return synced;
    }
    synced
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut i64) -> c_int {
    unsafe {
        let handle = handle(file);
        *size = i64::try_from(handle.disk.size(handle.file)).unwrap_or(i64::MAX);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    let handle = unsafe { handle(file) };
    handle.locks(|locks| locks.lock(handle.id, level))
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    let handle = unsafe { handle(file) };
    handle.locks(|locks| locks.unlock(handle.id, level));
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    unsafe { *out = c_int::from(handle(file).locks(|locks| locks.reserved())) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    4096
}

/// As SQLite assumes of every Unix: bytes next to a torn write stay as they are.
unsafe extern "C" fn characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn map(
    file: *mut ffi::sqlite3_file,
    index: c_int,
    _: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    unsafe {
        let handle = handle(file);
        let index = place(index.into());
        *out = handle.locks(|locks| locks.region(handle.id, index, extend != 0));
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn lock_memory(
    file: *mut ffi::sqlite3_file,
    first: c_int,
    n: c_int,
    flags: c_int,
) -> c_int {
    let handle = unsafe { handle(file) };
    handle.locks(|locks| locks.lock_memory(handle.id, first, n, flags))
}

unsafe extern "C" fn barrier(_: *mut ffi::sqlite3_file) {
    fence(Ordering::SeqCst);
}

unsafe extern "C" fn unmap(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    let handle = unsafe { handle(file) };
    handle.locks(|locks| locks.leave_memory(handle.id));
    ffi::SQLITE_OK
}
