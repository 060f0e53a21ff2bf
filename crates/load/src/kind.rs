//! What is counted apart.

use std::fmt;
use std::str::FromStr;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident => $name:literal,)*) => {
        /// A kind of call, or of what follows from calls.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($(#[$doc])* $kind,)* }

        impl Kind {
            /// All of them, in the order of reports.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// Its name on the command line and in reports.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }
        }

        impl FromStr for Kind {
            type Err = ();

            fn from_str(name: &str) -> Result<Self, ()> {
                match name { $($name => Ok(Self::$kind),)* _ => Err(()) }
            }
        }
    };
}

kinds! {
    /// An agent asks whether anything is outstanding: `GET /requests`.
    Poll => "poll",
    /// An agent fetches the list of one kind of request: `GET /requests/...`.
    List => "list",
    /// An agent answers a booking or an update: `confirmInsert` and the like.
    Answer => "answer",
    /// A day of one resource with another content.
    Changed => "changed",
    /// A day of one resource as it was sent before.
    Unchanged => "unchanged",
    /// A part of the batches that send all days once a day.
    Daily => "daily",
    /// A patient looks for practices in a suburb.
    Find => "find",
    /// A patient looks at a week's times, by the API.
    Search => "search",
    /// The same as a page.
    Page => "page",
    /// A patient has a time kept.
    Hold => "hold",
    /// A patient books it.
    Booking => "booking",
    /// A patient cancels.
    Cancel => "cancel",
    /// The hub's callback, from the answer to the booking on.
    Callback => "callback",
}

impl Kind {
    /// Whether it comes at times of its own, and not of another call's answer.
    #[must_use]
    pub const fn is_arrival(self) -> bool {
        !matches!(
            self,
            Self::List | Self::Answer | Self::Booking | Self::Callback
        )
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
