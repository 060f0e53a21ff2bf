//! Keys that people paste: a readable prefix, 160 random bits, a checksum (AUTH-2).

/// What a key opens; its prefix says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// `api-key`: a consumer.
    Consumer,
    /// `practice-key`: a practice's consent.
    Practice,
    /// An operator's token.
    Operator,
    /// The token with which a patient manages a booking.
    Manage,
    /// A hold.
    Hold,
}

/// Why a text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The prefix is another kind's or none.
    #[error("it does not begin with {0}")]
    Prefix(&'static str),
    /// The checksum or the length is wrong: a part is missing or mistyped.
    #[error("it is incomplete or mistyped (its checksum does not match)")]
    Checksum,
}

impl KeyKind {
    /// What every key of the kind begins with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Consumer => "sbc_",
            Self::Practice => "sbp_",
            Self::Operator => "sbo_",
            Self::Manage => "sbm_",
            Self::Hold => "sbh_",
        }
    }

    /// Writes a key from 160 random bits.
    #[must_use]
    pub fn write(self, random: [u8; 20]) -> String {
        let _ = random;
        String::new()
    }

    /// Says whether `text` is a whole key of this kind. That it opens anything, only the store
    /// knows.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(self, text: &str) -> Result<(), KeyFault> {
        let _ = text;
        Err(KeyFault::Checksum)
    }
}
