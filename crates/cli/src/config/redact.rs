//! A database URL without its password.

const MASK: &str = "***";

/// The URL, or `key=value` text, with every password in it masked. Rather too much is masked than
/// too little.
pub(crate) fn url(text: &str) -> String {
    let masked = match text.split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{}", authority(rest)),
        None => text.to_owned(),
    };
    values(&masked)
}

/// Masks between the first `:` and the last `@`: a password may have characters that should have
/// been escaped.
fn authority(rest: &str) -> String {
    match rest.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((user, _)) => format!("{user}:{MASK}@{host}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    }
}

/// Masks what stands after each `password=`, in quotes or not.
fn values(text: &str) -> String {
    const NAME: &str = "password";
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = find(rest, NAME) {
        let (before, value) = (before.to_owned(), after.trim_start());
        let Some(value) = value.strip_prefix('=') else {
            out.push_str(&before);
            rest = after;
            continue;
        };
        out.push_str(&before);
        out.push('=');
        out.push_str(MASK);
        rest = after_value(value.trim_start());
    }
    out.push_str(rest);
    out
}

/// The text up to and with `name` (in any case), and the text after it.
fn find<'t>(text: &'t str, name: &str) -> Option<(&'t str, &'t str)> {
    let at = text.to_ascii_lowercase().find(name)?;
    text.split_at_checked(at + name.len())
}

/// What comes after a value: it ends with its quote, or at a space or `&`.
fn after_value(value: &str) -> &str {
    let Some(quoted) = value.strip_prefix('\'') else {
        return value
            .find([' ', '&'])
            .and_then(|at| value.get(at..))
            .unwrap_or_default();
    };
    let mut escaped = false;
    for (at, character) in quoted.char_indices() {
        match character {
            '\'' if !escaped => return quoted.get(at + 1..).unwrap_or_default(),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_left() {
        for (text, shown) in [
            ("postgres://u:secret@h/d", "postgres://u:***@h/d"),
            (
                "postgres://u:se@c/r:et@h:5432/d",
                "postgres://u:***@h:5432/d",
            ),
            (
                "postgres://u@h/d?password=secret&sslmode=off",
                "postgres://u@h/d?password=***&sslmode=off",
            ),
            (
                "host=h user=u password=secret dbname=d",
                "host=h user=u password=*** dbname=d",
            ),
            (
                r"host=h PASSWORD = 'sec\'re t' dbname=d",
                "host=h PASSWORD=*** dbname=d",
            ),
            ("host=h password='secret", "host=h password=***"),
            (
                "postgres://u:secret@a,b:5433/d?sslmode=verify-full&sslrootcert=/etc/ca.pem",
                "postgres://u:***@a,b:5433/d?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            ),
        ] {
            assert_eq!(url(text), shown);
        }
    }

    #[test]
    fn what_has_no_password_stays() {
        for text in [
            "postgres://u@h/d",
            "postgres://h/password",
            "host=h user=password",
        ] {
            assert_eq!(url(text), text);
        }
    }
}
