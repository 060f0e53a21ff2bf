//! How long an answer asks to wait.

use jiff::{Timestamp, fmt::rfc2822};
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use std::time::Duration;

/// How long an answer asks to wait: seconds, or until a moment. The moment is measured by the
/// answer's own `Date`, so that no clock but the hub's matters.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = text(headers, &RETRY_AFTER)?;
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let wait = moment(text)?.duration_since(moment(self::text(headers, &DATE)?)?);
    Some(Duration::try_from(wait).unwrap_or_default())
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// A date as HTTP writes it, e.g. `Tue, 24 Nov 2026 01:02:03 GMT`.
fn moment(text: &str) -> Option<Timestamp> {
    let zoned = rfc2822::DateTimeParser::new().parse_timestamp(text);
    zoned.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(retry_after: &str, date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry_after.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        super::retry_after(&headers).map(|wait| wait.as_secs())
    }

    #[test]
    fn a_wait_is_seconds_or_until_a_moment() {
        let at = Some("Tue, 24 Nov 2026 01:02:03 GMT");
        assert_eq!(asked(" 7 ", None), Some(7));
        assert_eq!(asked("Tue, 24 Nov 2026 01:03:13 GMT", at), Some(70));
        assert_eq!(asked("Tue, 24 Nov 2026 01:00:00 GMT", at), Some(0));
    }

    #[test]
    fn what_is_neither_is_no_wait() {
        let at = Some("Tue, 24 Nov 2026 01:02:03 GMT");
        assert_eq!(asked("soon", at), None);
        assert_eq!(asked("-1", at), None);
        assert_eq!(asked("Tue, 24 Nov 2026 01:03:13 GMT", None), None);
        assert_eq!(super::retry_after(&HeaderMap::new()), None);
    }
}
