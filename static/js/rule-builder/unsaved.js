// Nobody loses what they wrote by a click: a link asks first, and so does closing the page.
import { h } from "./dom.js";

const makeDialog = () => {
  const dialog = h(
    "dialog",
    { class: "card rb-leave", "aria-labelledby": "leave-title", "aria-describedby": "leave-words" },
    h("form", { method: "dialog" },
      h("div", { class: "card-body" },
        h("h2", { class: "h3", id: "leave-title" }, "Leave without saving?"),
        h("p", { class: "mb-0", id: "leave-words" }, "What you changed here is not saved as a draft yet, and would be lost.")),
      h("div", { class: "card-footer btn-list justify-content-end" },
        h("button", { class: "btn", value: "leave" }, "Leave"),
        h("button", { class: "btn btn-primary", value: "stay", autofocus: true }, "Stay here"))),
  );
  document.body.append(dialog);
  return dialog;
};

// Guards the form; returns the call that says that something was changed.
export const guard = (form) => {
  if (!form.elements.save) return () => {};
  let isChanged = "unsaved" in form.dataset;
  const changed = () => {
    isChanged = true;
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", () => {
    isChanged = false;
  });
  addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
  let dialog = null;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
    if (!isChanged || !link || isElsewhere || link.target || link.hasAttribute("download")) return;
    if (link.getAttribute("href").startsWith("#")) return;
    // Before whatever else listens: nothing is fetched until it is decided.
    event.preventDefault();
    event.stopPropagation();
    dialog ??= makeDialog();
    dialog.returnValue = "stay";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "leave") return;
      isChanged = false;
      location.assign(link.href);
    }, { once: true });
    dialog.showModal();
  }, true);
  return changed;
};
