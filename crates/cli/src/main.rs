//! The slotbridge binary.
fn main() {}
