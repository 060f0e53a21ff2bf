//! How much of a long test is run: a small, fixed dose in CI, the full one by `cargo xtask soak`.

/// The variable that asks for the full dose.
pub const VARIABLE: &str = "SLOTBRIDGE_DOSE";

/// The rounds of a long test: `small` as a rule, `full` where `SLOTBRIDGE_DOSE=full`.
///
/// # Panics
/// The variable holds anything else.
#[must_use]
#[expect(clippy::panic, reason = "a typo must not pass for the small dose")]
pub fn rounds(small: u32, full: u32) -> u32 {
    match std::env::var(VARIABLE).as_deref() {
        Err(_) | Ok("" | "small") => small,
        Ok("full") => full,
        Ok(other) => panic!("{VARIABLE}={other}: must be small or full"),
    }
}
