//! Memory that was freed goes back to the system.

/// From this size on a piece of memory is taken from the system on its own, and given back when
/// it is freed.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const ON_ITS_OWN: i32 = 256 * 1024;

/// Tells glibc to give back large pieces of memory when they are freed. Left alone, it takes the
/// largest that it has seen freed for a size that is needed all the time, and keeps as much on
/// every thread: after a few bodies of 10 MiB, a hundred megabytes that nobody uses.
///
/// To be called before there are threads.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the allocator is told so by a call of C alone")]
pub(crate) fn give_back() {
    // SAFETY: the call sets two numbers of the allocator's.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, ON_ITS_OWN);
        libc::mallopt(libc::M_TRIM_THRESHOLD, ON_ITS_OWN);
    }
}

/// Other allocators do so by themselves, or can't be told.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) const fn give_back() {}
