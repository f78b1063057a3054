// Ticking rows of a list or cards of a board: one by one, a range with shift, all of a page, all that match.
let lastTicked = null;

const ticks = () => [...document.querySelectorAll("[data-tick]")];
const many = () => document.querySelector("[data-many]");

const show = () => {
  const form = many();
  if (!form) return;
  const all = form.querySelector("[data-all]");
  const ticked = ticks().filter((tick) => tick.checked);
  if (ticked.length < ticks().length) all.value = "";
  const every = form.querySelector("[data-choose-all]");
  const number = all.value ? every.dataset.total : ticked.length;
  form.hidden = !ticked.length;
  const otherwise = document.querySelector("[data-unless-many]");
  if (otherwise) otherwise.hidden = Boolean(ticked.length);
  form.querySelector("[data-number]").textContent = `${number} selected`;
  if (every) every.hidden = Boolean(all.value) || ticked.length < ticks().length;
  const head = document.querySelector("[data-tick-all]");
  if (!head) return;
  head.checked = ticked.length === ticks().length;
  head.indeterminate = ticked.length > 0 && !head.checked;
};

const tick = (box, isOn, withShift) => {
  const all = ticks();
  const from = withShift && lastTicked ? all.indexOf(lastTicked) : -1;
  const at = all.indexOf(box);
  const range = from < 0 ? [box] : all.slice(Math.min(from, at), Math.max(from, at) + 1);
  for (const each of range) each.checked = isOn;
  lastTicked = box;
  show();
};

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-tick]");
  if (box) tick(box, box.checked, event.shiftKey);
  if (event.target.closest("[data-tick-all]")) {
    for (const each of ticks()) each.checked = event.target.checked;
    show();
  }
  if (event.target.closest("[data-choose-all]")) {
    many().querySelector("[data-all]").value = "yes";
    show();
    many().querySelector("button[type=submit]").focus();
  }
  if (event.target.closest("[data-choose-none]")) {
    for (const each of ticks()) each.checked = false;
    show();
    document.querySelector("[data-tick-all], [data-row]")?.focus();
  }
  // The list as its address has it now, which a filter changes without loading the page.
  const link = event.target.closest("a[data-export]");
  if (link) {
    const query = new URLSearchParams(location.search);
    for (const name of ["cursor", "view"]) query.delete(name);
    link.search = query;
  }
  const mover = event.target.closest("[data-move]");
  if (mover) {
    const line = mover.closest("li");
    const other = mover.dataset.move === "up" ? line.previousElementSibling : line.nextElementSibling;
    if (other?.querySelector("[data-move]")) {
      if (mover.dataset.move === "up") other.before(line);
      else other.after(line);
      mover.focus();
    }
  }
});

document.addEventListener("submit", (event) => {
  const query = event.target.querySelector("[data-export-query]");
  if (query) query.value = location.search.slice(1);
});

// "x" ticks the row that has the focus; with shift, all from the last one on.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.toLowerCase() !== "x") return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  const box = document.activeElement.closest("[data-row]")?.querySelector("[data-tick]");
  if (box) tick(box, event.shiftKey || !box.checked, event.shiftKey);
});

document.addEventListener("htmx:afterSettle", () => {
  lastTicked = null;
  show();
});
