"use strict";

// The most entries on the page.
const MOST = 500;
const entries = document.getElementById("entries");
const filter = document.getElementById("filter");
const hold = document.getElementById("hold");
const state = document.getElementById("state");
let held = [];

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function bodyOf(title, body) {
  const part = element("div", "body", "");
  part.append(element("h2", "", title), element("pre", "", pretty(body) || "(nothing)"));
  return part;
}

function isWanted(item) {
  return item.dataset.text.includes(filter.value.trim().toLowerCase());
}

function add(entry) {
  const item = element("li", entry.succeeded ? "" : "failed", "");
  const outcome = entry.kind === "call" ? String(entry.status) : entry.succeeded ? "delivered" : "failed";
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  const from = entry.practice ? `practice ${entry.practice}` : entry.kind;
  summary.append(
    element("span", "time", entry.at.replace("T", " ").slice(0, 23)),
    element("span", "kind", from),
    element("span", "what", entry.what),
    element("span", "outcome", outcome),
    element("span", "took", `${entry.milliseconds} ms`),
  );
  const bodies = element("div", "bodies", "");
  bodies.append(bodyOf("Sent", entry.sent), bodyOf("Answered", entry.answered));
  details.append(summary, bodies);
  item.append(details);
  item.dataset.text = [entry.what, outcome, from, entry.sent, entry.answered].join("\n").toLowerCase();
  item.classList.toggle("hidden", !isWanted(item));
  entries.prepend(item);
  while (entries.children.length > MOST) {
    entries.lastElementChild.remove();
  }
}

function count() {
  const waiting = held.length ? `, ${held.length} held` : "";
  state.textContent = `${entries.children.length} shown${waiting}`;
}

filter.addEventListener("input", () => {
  for (const item of entries.children) {
    item.classList.toggle("hidden", !isWanted(item));
  }
});

hold.addEventListener("change", () => {
  if (!hold.checked) {
    held.forEach(add);
    held = [];
    count();
  }
});

document.getElementById("clear").addEventListener("click", () => {
  entries.replaceChildren();
  count();
});

// Answers end, and the browser asks again by itself: an error is only one if nothing opens after it.
const events = new EventSource("/sandbox/events");
let lost;
events.addEventListener("open", () => {
  clearTimeout(lost);
  count();
});
events.addEventListener("error", () => {
  clearTimeout(lost);
  lost = setTimeout(() => { state.textContent = "The sandbox does not answer; trying again ..."; }, 3000);
});
events.addEventListener("message", (message) => {
  const entry = JSON.parse(message.data);
  if (hold.checked) {
    held.push(entry);
    held = held.slice(-MOST);
  } else {
    add(entry);
  }
  count();
});
