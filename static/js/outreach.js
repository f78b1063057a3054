// Approving and writing mails: Ctrl + Enter sends, a field goes where the cursor was.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = document.querySelector("form[data-send-form]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});

let writing = null;
document.addEventListener("focusin", ({ target }) => {
  if (target.matches("input[name=subject], textarea[name=body]")) writing = target;
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button) return;
  const field = writing || document.querySelector("textarea[name=body]");
  if (!field) return;
  field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
  field.focus();
});
