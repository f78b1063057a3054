// Applications and submissions: a, d, q, s and u on the one that has the keyboard; after a swap it keeps it.
const applicationOf = (element) => element?.closest?.("article[data-row]");
let isGoing = false;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog")) return;
  // After "g" a letter goes elsewhere.
  const went = isGoing;
  isGoing = event.key === "g";
  const row = applicationOf(document.activeElement);
  if (went || !row) return;
  if (event.key === "a") row.querySelector("[data-accept]")?.click();
  else if (event.key === "s") row.querySelector("[data-spam]")?.click();
  else if (event.key === "u") row.querySelector("[data-undo]")?.click();
  else if (event.key === "d" || event.key === "q") {
    const details = row.querySelector(event.key === "d" ? "[data-decline]" : "[data-ask]");
    if (!details) return;
    event.preventDefault();
    details.open = true;
    details.querySelector("input:not([type=hidden]), textarea, select").focus();
  }
});
document.addEventListener("keydown", (event) => {
  const details = event.target.closest("[data-decline], [data-ask]");
  if (event.key !== "Escape" || !details) return;
  details.open = false;
  details.querySelector("summary").focus();
});
// At once: a moment later somebody may be at the next row.
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.matches?.("article[data-row]")) target.focus();
});
