//! Client snapshots: the appointment book of the PMS, day by day (SNAP-1 to SNAP-3).
//!
//! - [`daily`] asks for them each day, in practice time.
//! - [`content`] is what one holds, [`warnings`] what looks wrong in it.
//! - [`kept`] seals it, each under a key of its own, and opens it again.
//! - [`catalogue`] is the list of locations, practitioners and types that they make up.
//! - [`disagreement`] is what follows where one contradicts a booking of ours; what follows for
//!   patients is [`reminders`](crate::reminders).

pub mod catalogue;
pub mod content;
pub(crate) mod daily;
pub(crate) mod disagreement;
pub(crate) mod kept;
mod warnings;

pub use kept::Summary;
