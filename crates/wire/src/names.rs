//! Enums that are names on the wire.

/// Defines an enum whose variants are fixed names: `ALL`, `as_str`, `from_name`, `Display`,
/// writing and reading.
macro_rules! names {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident {
            $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// All of them, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// The one of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == name)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> $crate::schema::Described {
                let doc = concat!($($doc),*);
                $crate::schema::one_of(Self::ALL.iter().map(|name| name.as_str()), doc.trim()).into()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl $crate::read::FromJson for $name {
            fn from_json(
                node: &$crate::read::Node<'_>,
                faults: &mut $crate::read::Faults,
            ) -> Option<Self> {
                const NAMES: &[(&str, $name)] = &[$(($text, $name::$variant)),+];
                $crate::read::one_of(NAMES)(node, faults)
            }
        }

        $crate::read::deserialize_by_reading!($name);
    };
}

pub(crate) use names;
