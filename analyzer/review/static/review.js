// Keys for the queue and for one item. Everything works without this file, by links and buttons.
"use strict";

const rows = [...document.querySelectorAll(".queue .row")];
let marked = -1;
let sent = false;

function press(id) {
  const button = document.getElementById(id);
  if (button && !button.disabled) button.click();
}

function mark(step) {
  if (!rows.length) return;
  if (marked >= 0) rows[marked].classList.remove("marked");
  marked = Math.min(rows.length - 1, Math.max(0, marked + step));
  rows[marked].classList.add("marked");
  rows[marked].scrollIntoView({ block: "nearest" });
  rows[marked].querySelector("a.text").focus({ preventScroll: true });
}

function choose(number) {
  const select = document.querySelector("#decide select[name=hide_reason]");
  if (select && number <= select.options.length) select.selectedIndex = number - 1;
}

function count() {
  const chosen = document.getElementById("chosen");
  if (chosen) chosen.value = document.querySelectorAll("#bulk .pick input:checked").length;
}

const keys = {
  a: () => press("approve"),
  h: () => press("hide"),
  e: () => press("escalate"),
  w: () => press("wrong"),
  c: () => press("claim"),
  n: () => document.querySelector("form[action='/next']")?.requestSubmit(),
  u: () => document.getElementById("undo")?.requestSubmit(),
  q: () => document.querySelector(".crumbs a, a.home")?.click(),
  j: () => mark(1),
  k: () => mark(-1),
  x: () => rows[marked]?.querySelector(".pick input:not(:disabled)")?.click(),
  "/": () => document.getElementById("words")?.focus(),
  "?": () => document.getElementById("help")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const place = event.target;
  if (place.matches("textarea, select, input:not([type=checkbox])") || document.querySelector("dialog[open]")) {
    if (event.key === "Escape") place.blur();
    return;
  }
  if (/^[1-9]$/.test(event.key)) choose(Number(event.key));
  else if (Object.hasOwn(keys, event.key)) {
    event.preventDefault();
    keys[event.key]();
  }
});

// A key pressed while an answer is on its way was meant for the page that is leaving.
document.addEventListener("submit", (event) => {
  if (event.target.method === "dialog") return;
  if (sent) event.preventDefault();
  sent = true;
});
window.addEventListener("pageshow", () => { sent = false; });

document.getElementById("all")?.addEventListener("change", (event) => {
  document.querySelectorAll("#bulk .pick input:not(:disabled)").forEach((box) => (box.checked = event.target.checked));
  count();
});
document.getElementById("bulk")?.addEventListener("change", count);
document.getElementById("comment")?.scrollIntoView({ block: "nearest" });
count();
