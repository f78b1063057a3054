// The board: dragging a card to a column chooses that stage on the card, whose form does the rest.
// Keyboard and touch use the same select.
let dragged = null;

const choose = (card, stage) => {
  const select = card.querySelector("select[name=to]");
  if (!select || select.value === stage) return;
  // A move that is not on offer is asked for all the same: the server says why not.
  if (![...select.options].some((option) => option.value === stage)) {
    select.add(new Option(stage, stage));
  }
  select.value = stage;
  select.dispatchEvent(new Event("change", { bubbles: true }));
};

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-card][draggable=true]") || null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.id);
  dragged.classList.add("is-dragged");
});

document.addEventListener("dragover", (event) => {
  const column = dragged && event.target.closest("[data-column]");
  if (!column) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
  column.classList.add("is-over");
});

document.addEventListener("dragleave", (event) => {
  const column = event.target.closest?.("[data-column]");
  if (column && !column.contains(event.relatedTarget)) column.classList.remove("is-over");
});

document.addEventListener("drop", (event) => {
  const column = dragged && event.target.closest("[data-column]");
  if (!column) return;
  event.preventDefault();
  choose(dragged, column.dataset.column);
});

document.addEventListener("dragend", () => {
  dragged?.classList.remove("is-dragged");
  dragged = null;
  document.querySelectorAll(".is-over").forEach((column) => column.classList.remove("is-over"));
});

// "Cancel" beside the question for a reason: ask for the stage that the card is in.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-stay]");
  if (!button) return;
  const form = button.form;
  form.elements.to.value = button.dataset.stay;
  form.elements.reason.required = false;
  form.requestSubmit();
});

// After an answer the keyboard goes on where the card now is.
document.addEventListener("rapport:card", (event) => {
  const card = document.getElementById(event.detail.id);
  const folded = card?.closest("details");
  if (folded) folded.open = true;
  // One that is not asked for stands in a noscript, where a swap makes it an element.
  (card?.querySelector("input[name=reason][required]") || card)?.focus();
});

// Keyboard: arrows go from card to card and from column to column, "m" moves, Enter opens.
const shown = (place) => [...place.querySelectorAll(":scope > [data-card]")].filter((card) => card.checkVisibility());
const beside = (card, by) => {
  const columns = [...document.querySelectorAll("[data-column]")];
  const height = shown(card.parentElement).indexOf(card);
  for (let at = columns.indexOf(card.closest("[data-column]")) + by; columns[at]; at += by) {
    const cards = shown(columns[at].querySelector(".board-cards"));
    if (cards.length) return cards[Math.min(height, cards.length - 1)];
  }
  return null;
};
const above = (card, by) => {
  const cards = shown(card.parentElement);
  return cards[cards.indexOf(card) + by];
};
const WAYS = {
  ArrowDown: (card) => above(card, 1),
  ArrowUp: (card) => above(card, -1),
  ArrowRight: (card) => beside(card, 1),
  ArrowLeft: (card) => beside(card, -1),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !event.target.matches("[data-card]")) return;
  const card = event.target;
  if (event.key in WAYS) {
    event.preventDefault();
    WAYS[event.key](card)?.focus();
  } else if (event.key === "m") {
    const select = card.querySelector("select[name=to]");
    if (!select) return;
    event.preventDefault();
    select.focus();
    select.showPicker?.();
  } else if (event.key === "Escape") document.activeElement.blur();
});
// Escape in the select of a card: back to the card.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches("select[name=to]")) event.target.closest("[data-card]").focus();
});

// One card of the board is where Tab comes to: the one that had the focus last.
const enter = (card) => {
  for (const other of document.querySelectorAll('[data-card][tabindex="0"]')) other.tabIndex = -1;
  if (card) card.tabIndex = 0;
};
document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-card]")) enter(event.target);
});
const begin = () => {
  if (!document.querySelector('[data-card][tabindex="0"]')) enter(document.querySelector("[data-card]"));
};
document.addEventListener("htmx:afterSettle", begin);
begin();
