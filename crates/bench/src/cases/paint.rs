//! How soon patients see something on a slow phone: the largest paint of the pages of the booking
//! path, in Chromium, on the line and the processor with which Lighthouse looks at pages for phones.

use crate::name;
use crate::report::{Aim, Figure};
use serde_json::json;
use slotbridge_testkit::TestEngine;
use slotbridge_testkit::chromium::{Chromium, Look};
use std::io;

/// A slow 4G line: milliseconds there and back, bytes a second.
const LATENCY: f64 = 150.0;
const DOWN: f64 = 1_638_400.0 / 8.0;
const UP: f64 = 768_000.0 / 8.0;
/// How many times slower than this machine the phone is.
const SLOWER: u32 = 4;

const PAINT: &str = "new Promise((tell) => new PerformanceObserver((seen) => \
    tell(seen.getEntries().at(-1).startTime)) \
    .observe({type: 'largest-contentful-paint', buffered: true}))";

/// The largest paint of a page that nothing is kept of, in milliseconds.
async fn paint(chromium: &Chromium, url: &str) -> io::Result<f64> {
    let page = chromium.page(Look::PHONE).await;
    page.call("Network.enable", json!({})).await;
    let line = json!({
        "offline": false, "latency": LATENCY, "downloadThroughput": DOWN, "uploadThroughput": UP,
    });
    page.call("Network.emulateNetworkConditions", line).await;
    let rate = json!({"rate": SLOWER});
    page.call("Emulation.setCPUThrottlingRate", rate).await;
    page.open(url).await;
    let painted = page.eval(PAINT).await;
    let painted = painted.as_f64();
    painted.ok_or_else(|| io::Error::other("a page on which nothing was painted"))
}

/// The pages of the booking path, on a server that has a week of times.
pub(super) async fn run(
    rounds: usize,
    engine: TestEngine,
    address: &str,
    practice: i64,
) -> io::Result<Vec<Figure>> {
    let chromium = Chromium::start(std::env::temp_dir());
    let mut figures = Vec::new();
    for (of, url) in [
        (
            "largest paint of the search page on a slow phone / 1 s",
            format!("http://{address}/"),
        ),
        (
            "largest paint of the practice page on a slow phone / 1 s",
            format!("http://{address}/practices/{practice}?from=2031-03-10"),
        ),
    ] {
        let mut measured = Vec::new();
        for _ in 0..rounds {
            measured.push([paint(&chromium, &url).await?, 1000.0]);
        }
        figures.push(Figure::of(
            of,
            name(engine),
            "ms",
            Aim::AtMost(1.0),
            measured,
        ));
    }
    Ok(figures)
}
