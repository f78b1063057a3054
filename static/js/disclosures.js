// Legal's workbench by keyboard: 1 to 5 decide, j and k go on, c goes to what is open in the
// checklist, p, f and n answer it, e goes to the evidence.
"use strict";

const typed = "input, textarea, select, [contenteditable], dialog";
const goTo = (element) => {
  element?.focus();
  element?.scrollIntoView({ block: "center" });
};
const fieldOf = (form, name) => form.querySelector(`[name=${name}]`);

const decide = (number) => {
  const form = document.querySelector("form[data-verdicts]");
  const choice = form?.querySelector(`[data-verdict="${number}"]`);
  if (!choice) return false;
  choice.checked = true;
  const lines = form.querySelector("[data-lines]");
  const isClear = choice.value === "sufficient" || choice.value === "not_required";
  if (!("plain" in choice.dataset)) goTo(fieldOf(form, "reason"));
  else if (isClear && lines && !fieldOf(form, "rest").checked) goTo(lines.querySelector("input"));
  else if (!isClear && fieldOf(form, "for_creator")) goTo(fieldOf(form, "for_creator"));
  else form.requestSubmit();
  return true;
};

let answered = "";
const answer = (item, letter) => {
  const button = item.querySelector(`[data-answer="${letter}"]`);
  if (!button) return;
  const note = fieldOf(item, "note");
  const isOther = item.dataset.engine !== "unknown" && item.dataset.engine !== button.value;
  // Who contradicts what the rules saw says why.
  if (isOther && !note.value.trim()) goTo(note);
  else {
    answered = item.dataset.item;
    button.click();
  }
};

const open = (after) => {
  const all = [...document.querySelectorAll("[data-item][data-open]")];
  const here = document.activeElement.closest?.("[data-item]") ?? after;
  const rest = all.filter((one) => here && here.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
  return rest[0] ?? all[0];
};

// After "g" a letter goes elsewhere.
let isLeaving = false;
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.target.closest("form[data-verdicts]")?.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest(typed)) {
    const isButton = event.target.matches("[type=radio], [type=checkbox]");
    if (event.key === "Escape") goTo(document.querySelector("[data-first]"));
    if (!isButton || !/^[1-5]$/.test(event.key)) return;
  }
  const left = isLeaving;
  isLeaving = event.key === "g";
  if (left) return;
  const item = document.activeElement.closest?.("[data-item]");
  if (/^[1-5]$/.test(event.key) && decide(event.key)) event.preventDefault();
  else if (event.key === "j") document.querySelector("a[data-next]")?.click();
  else if (event.key === "k") document.querySelector("a[data-previous]")?.click();
  else if (event.key === "e") goTo(document.getElementById("evidence"));
  else if (event.key === "c") goTo(open());
  else if (item && "pfn".includes(event.key)) {
    event.preventDefault();
    answer(item, event.key);
  }
});

// What an answer brought: on to the next line that is open, or to the one that was refused.
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id !== "bench" || !answered) return;
  const here = document.querySelector(`[data-item="${CSS.escape(answered)}"]`);
  const isRefused = here?.querySelector("[role=alert]");
  answered = "";
  goTo(isRefused ? fieldOf(here, "note") : open(here) ?? here);
});

document.querySelector("[data-first]")?.focus();
