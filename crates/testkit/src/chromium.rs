//! A Chromium of one's own, without a window. It is told what to do over a pipe: messages in JSON, each ended by a
//! NUL, as its `--remote-debugging-pipe` has it.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on ends here"
)]

use parking_lot::Mutex;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{Notify, oneshot};

/// How long anything may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Default)]
struct Shared {
    waiting: Mutex<HashMap<u64, oneshot::Sender<Value>>>,
    /// What pages complained of: the session, and what.
    complaints: Mutex<Vec<(String, String)>>,
    heard: Notify,
}

/// A browser. It ends with its test.
pub struct Chromium {
    _process: Child,
    _profile: tempfile::TempDir,
    pipe: tokio::sync::Mutex<ChildStdin>,
    shared: Arc<Shared>,
    next: AtomicU64,
    target: PathBuf,
}

/// How a page is looked at.
#[derive(Clone, Copy)]
pub struct Look {
    /// On a phone, or on a desk.
    pub phone: bool,
    /// In dark colours, or light ones.
    pub dark: bool,
    /// With scripts, or without.
    pub scripts: bool,
}

impl Look {
    /// A phone in light colours.
    pub const PHONE: Self = Self {
        phone: true,
        dark: false,
        scripts: true,
    };

    /// Phone and desktop, light and dark.
    #[must_use]
    pub fn all() -> [Self; 4] {
        [(true, false), (true, true), (false, false), (false, true)].map(|(phone, dark)| Self {
            phone,
            dark,
            scripts: true,
        })
    }

    /// What pictures of it are called.
    #[must_use]
    pub fn name(self) -> String {
        let size = if self.phone { "phone" } else { "desktop" };
        let light = if self.dark { "dark" } else { "light" };
        format!("{size}-{light}")
    }
}

fn program() -> &'static str {
    let known = [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ];
    known
        .into_iter()
        .find(|path| Path::new(path).exists())
        .expect("Chromium: `cargo xtask check` installs it, or `apt-get install chromium`")
}

async fn listen(from: impl AsyncRead + Unpin, shared: Arc<Shared>) {
    let mut from = BufReader::new(from);
    let mut message = Vec::new();
    while from
        .read_until(0, &mut message)
        .await
        .is_ok_and(|read| read > 0)
    {
        message.pop();
        let value: Value = serde_json::from_slice(&message).unwrap_or_default();
        message.clear();
        if let Some(id) = value["id"].as_u64() {
            if let Some(waiting) = shared.waiting.lock().remove(&id) {
                let _ = waiting.send(value);
            }
            continue;
        }
        let params = &value["params"];
        let complaint = match value["method"].as_str().unwrap_or_default() {
            "Runtime.exceptionThrown" => Some(params["exceptionDetails"].to_string()),
            "Runtime.consoleAPICalled" if params["type"] == "error" => Some(params.to_string()),
            "Log.entryAdded" if params["entry"]["level"] != "verbose" => {
                Some(params["entry"].to_string())
            }
            _ => None,
        };
        if let Some(complaint) = complaint {
            let session = value["sessionId"].as_str().unwrap_or_default().to_owned();
            shared.complaints.lock().push((session, complaint));
        }
        shared.heard.notify_waiters();
    }
}

impl Chromium {
    /// Starts one. Pictures are kept below a folder of the build, where axe-core lies too.
    ///
    /// # Panics
    /// There is no browser.
    #[must_use]
    pub fn start(target: PathBuf) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        // The shell puts the pipes where Chromium looks for them.
        let script = "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null";
        let mut process = Command::new("sh")
            .args(["-c", script, program()])
            .args([
                "--headless=new",
                "--remote-debugging-pipe",
                "--no-sandbox",
                "--disable-gpu",
            ])
            .args([
                "--no-first-run",
                "--disable-extensions",
                "--disable-background-networking",
            ])
            .args([
                "--disable-component-update",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
            ])
            .args(["--force-color-profile=srgb", "--lang=en-AU"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .env("TZ", "Australia/Sydney")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("a browser");
        let shared = Arc::<Shared>::default();
        let from = process.stdout.take().expect("a pipe");
        tokio::spawn(listen(from, Arc::clone(&shared)));
        Self {
            pipe: tokio::sync::Mutex::new(process.stdin.take().expect("a pipe")),
            _process: process,
            _profile: profile,
            shared,
            next: AtomicU64::new(1),
            target,
        }
    }

    async fn call(&self, session: &str, method: &str, params: Value) -> Value {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        self.shared.waiting.lock().insert(id, answer);
        let mut message = json!({"id": id, "method": method, "params": params});
        if !session.is_empty() {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.pipe
            .lock()
            .await
            .write_all(&bytes)
            .await
            .expect("the browser lives");
        let answer = tokio::time::timeout(PATIENCE, answered).await;
        let answer = answer.unwrap_or_else(|_| panic!("{method} was not answered"));
        answer.expect("the browser lives")
    }

    /// A page in a session of its own: no cookies, nothing kept.
    ///
    /// # Panics
    /// The browser does not answer.
    pub async fn page(&self, look: Look) -> Page<'_> {
        let context = self
            .call("", "Target.createBrowserContext", json!({}))
            .await;
        let params = json!({
            "url": "about:blank", "browserContextId": context["result"]["browserContextId"],
        });
        let target = self.call("", "Target.createTarget", params).await;
        let params = json!({"targetId": target["result"]["targetId"], "flatten": true});
        let attached = self.call("", "Target.attachToTarget", params).await;
        let session = attached["result"]["sessionId"]
            .as_str()
            .expect("a session")
            .to_owned();
        let page = Page {
            chromium: self,
            session,
        };
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            page.call(domain, json!({})).await;
        }
        page.look(look).await;
        page
    }
}

/// A page that is open.
pub struct Page<'c> {
    chromium: &'c Chromium,
    session: String,
}

impl Page<'_> {
    /// Calls a method of the debugging protocol, and gives its result.
    pub async fn call(&self, method: &str, params: Value) -> Value {
        let answer = self.chromium.call(&self.session, method, params).await;
        answer["result"].clone()
    }

    /// Looks at it in another way.
    pub async fn look(&self, look: Look) {
        let (width, height) = if look.phone { (390, 844) } else { (1280, 900) };
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": look.phone,
        });
        self.call("Emulation.setDeviceMetricsOverride", metrics)
            .await;
        let scheme = if look.dark { "dark" } else { "light" };
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.call("Emulation.setEmulatedMedia", media).await;
        let scripts = json!({"value": !look.scripts});
        self.call("Emulation.setScriptExecutionDisabled", scripts)
            .await;
    }

    /// Evaluates an expression in the page. `null` also if there is no page at the moment.
    pub async fn eval(&self, expression: &str) -> Value {
        let params = json!({
            "expression": expression, "returnByValue": true, "awaitPromise": true,
        });
        let answer = self.call("Runtime.evaluate", params).await;
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    ///
    /// # Panics
    /// It does not within half a minute.
    pub async fn until(&self, expression: &str) {
        let wait = async {
            while self.eval(expression).await != json!(true) {
                // Whatever the page does next, it tells; and some of it, it does not.
                let heard = self.chromium.shared.heard.notified();
                let _ = tokio::time::timeout(Duration::from_millis(20), heard).await;
            }
        };
        if tokio::time::timeout(PATIENCE, wait).await.is_err() {
            let text = self
                .eval("location.href + ' ' + document.body.innerText")
                .await;
            panic!("{expression} does not come true on {text}");
        }
    }

    /// Waits until a whole page shows a text.
    pub async fn until_text(&self, text: &str) {
        let text = json!(text);
        let shows = format!(
            "document.readyState === 'complete' && document.body.innerText.includes({text})"
        );
        self.until(&shows).await;
    }

    /// Opens a page, and waits until all of it is there.
    pub async fn open(&self, url: &str) {
        self.eval("window.before = true").await;
        self.call("Page.navigate", json!({"url": url})).await;
        self.until("!window.before && document.readyState === 'complete'")
            .await;
    }

    /// Where a selector's first is, in the middle of it, once it is there.
    async fn place_of(&self, selector: &str) -> Value {
        let selector = json!(selector);
        let find = format!(
            "(() => {{ const e = document.querySelector({selector}); if (!e) return null; \
             e.scrollIntoView({{block: 'center', behavior: 'instant'}}); \
             const r = e.getBoundingClientRect(); \
             return [r.x + r.width / 2, r.y + r.height / 2]; }})()"
        );
        let found = async {
            loop {
                let at = self.eval(&find).await;
                if at.is_array() {
                    return at;
                }
                let heard = self.chromium.shared.heard.notified();
                let _ = tokio::time::timeout(Duration::from_millis(20), heard).await;
            }
        };
        match tokio::time::timeout(PATIENCE, found).await {
            Ok(at) => at,
            Err(_) => panic!(
                "there is no {selector} on {}",
                self.eval("location.href").await
            ),
        }
    }

    /// Presses with the mouse, in the middle of what a selector finds first.
    ///
    /// # Panics
    /// There is no such thing.
    pub async fn press(&self, selector: &str) {
        let at = self.place_of(selector).await;
        for kind in ["mousePressed", "mouseReleased"] {
            let params = json!({
                "type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1,
            });
            self.call("Input.dispatchMouseEvent", params).await;
        }
    }

    /// Presses twice, before the page can answer.
    pub async fn press_twice(&self, selector: &str) {
        self.place_of(selector).await;
        let selector = json!(selector);
        let twice = format!(
            "(() => {{ const e = document.querySelector({selector}); e.click(); e.click(); }})()"
        );
        self.eval(&twice).await;
    }

    /// Types into a field.
    pub async fn enter(&self, id: &str, text: &str) {
        self.eval(&format!("document.getElementById('{id}').focus()"))
            .await;
        self.call("Input.insertText", json!({"text": text})).await;
    }

    /// Presses a key.
    pub async fn key(&self, key: &str, text: &str) {
        for kind in ["keyDown", "keyUp"] {
            let mut params = json!({"type": kind, "key": key, "code": key});
            if kind == "keyDown" && !text.is_empty() {
                params["text"] = json!(text);
            }
            if key == "Tab" {
                params["windowsVirtualKeyCode"] = json!(9);
            }
            if key == "Enter" {
                params["windowsVirtualKeyCode"] = json!(13);
            }
            self.call("Input.dispatchKeyEvent", params).await;
        }
    }

    /// Keeps a picture of the whole page.
    ///
    /// # Panics
    /// There is none to be had.
    pub async fn picture(&self, name: &str) {
        use base64::Engine;
        let size = self.call("Page.getLayoutMetrics", json!({})).await["cssContentSize"].clone();
        let clip = json!({
            "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1,
        });
        let params = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let taken = self.call("Page.captureScreenshot", params).await;
        let png = base64::engine::general_purpose::STANDARD
            .decode(taken["data"].as_str().expect("a picture"))
            .expect("base64");
        let folder = self.chromium.target.join("screenshots");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("{name}.png")), png).expect("a file");
    }

    /// What the page complained of since it was asked last.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        let mut all = self.chromium.shared.complaints.lock();
        let own = all.iter().filter(|(session, _)| *session == self.session);
        let own: Vec<String> = own.map(|(_, complaint)| complaint.clone()).collect();
        all.retain(|(session, _)| *session != self.session);
        own
    }

    /// The violations that axe-core finds.
    ///
    /// # Panics
    /// axe-core is not there.
    pub async fn violations(&self) -> Vec<String> {
        let path = self.chromium.target.join("axe-core").join("axe.min.js");
        let axe = std::fs::read_to_string(&path)
            .expect("axe-core: `cargo xtask check` puts it below the target folder");
        self.eval(&format!("{axe}; true")).await;
        let found = self
            .eval(
                "axe.run(document, {resultTypes: ['violations']}).then((found) => \
                 found.violations.map((v) => v.id + ': ' + \
                 v.nodes.map((n) => n.html + ' ' + n.failureSummary).join(' | ')))",
            )
            .await;
        let found = found.as_array().expect("axe ran").iter();
        found
            .map(|text| text.as_str().unwrap_or_default().to_owned())
            .collect()
    }
}
