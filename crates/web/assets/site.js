"use strict";
// The visitor's clock differs from the practice's: say so where the zone is named.
for (const note of document.querySelectorAll("[data-zone]")) {
  const show = (zone) => new Date().toLocaleString("en-AU", { timeZone: zone, timeStyle: "short", dateStyle: "short" });
  try {
    const zone = note.dataset.zone;
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (show(zone) !== show(own)) {
      note.textContent += " It is " + new Date().toLocaleTimeString("en-AU", { timeZone: zone, timeStyle: "short" }) +
        " there now, which differs from your clock.";
      note.classList.add("notice");
    }
  } catch {
    // An old browser that knows no zones: what is written stands.
  }
}
// A form is sent once, however often its button is pressed.
for (const form of document.querySelectorAll("form.once")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form.once")) delete form.dataset.sent;
});
// Errors are met first.
document.getElementById("summary")?.focus();
// How long a time is still held.
for (const note of document.querySelectorAll("[data-seconds]")) {
  const text = note.textContent;
  const end = Date.now() + 1000 * Number(note.dataset.seconds);
  const spoken = document.createElement("span");
  spoken.className = "hidden";
  spoken.setAttribute("role", "status");
  note.after(spoken);
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) {
      note.textContent = "The time is no longer held. You can still try to book it; if it is taken, we’ll offer others.";
      spoken.textContent = note.textContent;
      return;
    }
    const minutes = Math.floor(left / 60);
    note.textContent = text + " " + (minutes > 0 ? minutes + " min " : "") + (left % 60) + " s left.";
    if (left === 60) spoken.textContent = "One minute left to book this time.";
    setTimeout(tick, 1000);
  };
  tick();
}
// A booking that waits for its answer: the page is fetched anew when there is one.
for (const waiting of document.querySelectorAll("[data-live]")) {
  const events = new EventSource(waiting.dataset.live);
  events.addEventListener("booking", (event) => {
    if (event.data === "requested") return;
    events.close();
    location.reload();
  });
}
