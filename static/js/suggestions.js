// Suggestions by keyboard: a accepts, n is not enough, o goes to another value, u takes back. After
// an answer the next row has the keyboard; u there takes back the last answer.
"use strict";

let went = false;
let answered = null;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog")) return;
  // After "g" a letter goes elsewhere.
  const goes = went;
  went = event.key === "g";
  const row = document.activeElement.closest?.("[data-suggestion]");
  if (goes || !row || !/^[anou]$/.test(event.key)) return;
  const act = `[data-act="${event.key}"]`;
  const found = row.querySelector(act) ?? (event.key === "u" && answered?.isConnected ? answered.querySelector(act) : null);
  if (!found) return;
  event.preventDefault();
  if (event.key === "o") found.focus();
  else found.click();
});

document.addEventListener("htmx:afterSettle", ({ target }) => {
  const row = target.matches?.("[data-suggestion]") ? target : null;
  if (!row) return;
  const isOpen = row.querySelector('[data-act="a"]');
  if (!isOpen) answered = row;
  const next = isOpen ? row : row.nextElementSibling ?? row;
  next.tabIndex = -1;
  next.focus();
});
