//! Names of people.

use serde::Deserialize;

/// A name as FHIR has it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct HumanName {
    r#use: Option<String>,
    text: Option<String>,
    family: Option<String>,
    given: Vec<Option<String>>,
    prefix: Vec<Option<String>>,
}

/// A name in the parts that the hub has; a blank part is none.
#[derive(Clone, Default)]
pub(crate) struct Named {
    /// The whole.
    pub(crate) text: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) first: Option<String>,
    pub(crate) last: Option<String>,
}

fn told(text: Option<&str>) -> Option<String> {
    let text = text?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn joined(parts: &[Option<String>]) -> Option<String> {
    let parts: Vec<&str> = parts.iter().flatten().map(|part| part.trim()).collect();
    told(Some(&parts.join(" ")))
}

impl HumanName {
    /// The one that a person goes by: never an old one while there is another.
    pub(crate) fn preferred(names: &[Self]) -> Option<&Self> {
        let rank = |name: &&Self| match name.r#use.as_deref() {
            Some("official") => 0,
            Some("usual") => 1,
            None => 2,
            Some("old" | "maiden") => 4,
            Some(_) => 3,
        };
        names.iter().min_by_key(rank)
    }

    /// Its parts. Of a name that is only a text, the last word is taken for the family's.
    pub(crate) fn named(&self) -> Named {
        let (mut first, mut last) = (joined(&self.given), told(self.family.as_deref()));
        let title = joined(&self.prefix);
        let text = told(self.text.as_deref());
        if let (None, None, Some(text)) = (&first, &last, &text) {
            let (given, family) = text.rsplit_once(' ').unwrap_or(("", text));
            (first, last) = (told(Some(given)), told(Some(family)));
        }
        let whole = joined(&[title.clone(), first.clone(), last.clone()]);
        Named {
            text: text.or(whole),
            title,
            first,
            last,
        }
    }
}

impl Named {
    /// A name that is not taken apart.
    pub(crate) fn shown(text: Option<&str>) -> Self {
        Self {
            text: told(text),
            ..Self::default()
        }
    }

    /// This name, or another if this is none.
    pub(crate) fn or(self, other: Self) -> Self {
        if self.text.is_some() { self } else { other }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parts(names: serde_json::Value) -> [String; 4] {
        let names: Vec<HumanName> = serde_json::from_value(names).unwrap();
        let name = HumanName::preferred(&names).unwrap().named();
        [name.text, name.title, name.first, name.last].map(Option::unwrap_or_default)
    }

    #[test]
    fn a_name_is_put_together_from_its_parts() {
        let names =
            json!([{"family": "Nguyen", "given": ["Alice", null, "Mai"], "prefix": ["Dr"]}]);
        let all = ["Dr Alice Mai Nguyen", "Dr", "Alice Mai", "Nguyen"];
        assert_eq!(parts(names), all);
    }

    #[test]
    fn a_name_that_is_only_a_text_is_taken_apart() {
        let names = json!([{"text": "Alice Mai Nguyen"}]);
        assert_eq!(
            parts(names),
            ["Alice Mai Nguyen", "", "Alice Mai", "Nguyen"]
        );
        assert_eq!(parts(json!([{"text": "Cher"}])), ["Cher", "", "", "Cher"]);
    }

    #[test]
    fn an_old_name_is_taken_only_if_there_is_no_other() {
        let old = json!({"use": "maiden", "family": "Lee"});
        let now = json!({"use": "official", "family": "Nguyen"});
        assert_eq!(parts(json!([old, now])), ["Nguyen", "", "", "Nguyen"]);
        assert_eq!(parts(json!([old])), ["Lee", "", "", "Lee"]);
    }
}
