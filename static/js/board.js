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
  card?.querySelector("input[name=reason], select[name=to]")?.focus();
});
