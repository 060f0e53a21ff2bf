//! Enums whose values have names, as they are stored and written.

/// Gives an enum its names.
macro_rules! names {
    ($kind:ty { $($variant:path = $name:literal),* $(,)? }) => {
        impl $kind {
            /// All the names.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// The name under which it is stored and written.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($variant => $name),* }
            }

            /// Reads such a name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some($variant),)* _ => None }
            }
        }
    };
}

pub(crate) use names;
