// My day: d and s on the row that has the keyboard, the next row after a swap, a toast that goes.
const rowOf = (element) => element?.closest?.("[data-row]");
let goes = false;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const open = event.target.closest("details.day-menu[open]");
  if (event.key === "Escape" && open) {
    open.open = false;
    open.querySelector("summary").focus();
    return;
  }
  if (event.target.closest("input, textarea, select, dialog")) return;
  // After "g" a letter goes elsewhere.
  const went = goes;
  goes = event.key === "g";
  const row = rowOf(document.activeElement);
  if (went || !row) return;
  if (event.key === "d") row.querySelector("[data-finish]")?.click();
  else if (event.key === "s") row.querySelector("[data-snooze] > summary")?.click();
});

// A menu that opens takes the keyboard and closes the others.
document.addEventListener("toggle", ({ target }) => {
  if (!target.matches?.("details.day-menu") || !target.open) return;
  document.querySelectorAll("details.day-menu[open]").forEach((other) => {
    if (other !== target) other.open = false;
  });
  target.querySelector("form button, form input:not([type=hidden])")?.focus();
}, true);
document.addEventListener("click", ({ target }) => {
  document.querySelectorAll("details.day-menu[open]").forEach((menu) => {
    if (!menu.contains(target)) menu.open = false;
  });
});

// The row after the one that went takes the keyboard; of an empty list its title.
let place = null;
document.addEventListener("htmx:beforeRequest", ({ target }) => {
  const section = target.closest("[data-section]");
  const row = rowOf(target);
  place = section && row ? { id: section.id, at: [...section.querySelectorAll("[data-row]")].indexOf(row) } : null;
});
document.addEventListener("htmx:afterSettle", ({ target }) => {
  const section = target.matches?.("[data-section]") ? target : null;
  if (!section || !place || section.id !== place.id) return;
  const rows = section.querySelectorAll("[data-row]");
  const next = rows[Math.min(place.at, rows.length - 1)] || section.querySelector("h2");
  place = null;
  next.tabIndex = -1;
  next.focus();
});

// What was done is said for ten seconds, longer while somebody is at it.
let timer = 0;
const fade = () => {
  clearTimeout(timer);
  const told = document.querySelector("#toast [data-toast]");
  if (!told) return;
  timer = setTimeout(() => {
    if (told.matches(":hover, :focus-within")) fade();
    else told.remove();
  }, Number(told.dataset.toast) * 1000);
};
document.addEventListener("htmx:oobAfterSwap", fade);
fade();
