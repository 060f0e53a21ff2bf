//! The liveness contract: the hours in which an integration promises to answer (CONF-3).

/// A range of hours in minutes since midnight; `end <= start` runs past midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Start in minutes since midnight, 0..1440.
    pub start: u16,
    /// End in minutes since midnight, 0..=1440.
    pub end: u16,
}
