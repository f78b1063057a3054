// The manners every page shares: theme switch, keyboard, drawer, announcements after a swap.
const announce = (words) => {
  document.getElementById("announce").textContent = words;
};

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-switch]")) {
    const root = document.documentElement;
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    localStorage.setItem("rapport-theme", root.dataset.bsTheme);
    document.dispatchEvent(new CustomEvent("rapport:theme"));
  }
  if (event.target.closest("[data-print]")) window.print();
  const dialog = event.target.closest("[data-dialog]");
  if (dialog) document.getElementById(dialog.dataset.dialog).showModal();
  const copier = event.target.closest("[data-copy]");
  if (copier) {
    const input = document.getElementById(copier.dataset.copy);
    // Without https, browsers keep the clipboard to themselves: then it is marked, to be copied.
    if (navigator.clipboard) navigator.clipboard.writeText(input.value).then(() => announce("Copied."));
    else input.select();
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
  const opener = event.target.closest("[data-drawer]");
  if (opener) {
    document.getElementById("drawer-title").textContent = opener.dataset.drawer;
    document.getElementById("drawer-body").textContent = "Loading …";
    window.tabler.bootstrap.Offcanvas.getOrCreateInstance("#drawer").show();
  }
});

// A select or a date that filters a list sends its form as soon as it changes.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-submit-on-change]");
  if (form) form.requestSubmit();
});

// Servers answer a refusal (409, 422) or an error with words meant for the page: show them.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { status } = event.detail.xhr;
  if (status === 403 || status === 409 || status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:sendError", () => announce("The server cannot be reached. Nothing was changed."));
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 503) announce("Rapport cannot answer this moment. Try again in a few seconds.");
  else announce(`The server answered with an error (${status}). Nothing was changed.`);
});
// The event's target is what came in; its detail still names what was replaced.
document.addEventListener("htmx:afterSettle", ({ target }) => {
  const words = target.matches?.("[data-announce]") ? target : target.querySelector?.("[data-announce]");
  if (words) announce(words.dataset.announce);
});

// Keyboard: "/" search, "g" then a letter to go, j and k through rows, Enter to open, "?" help.
let going = false;
const rows = () => [...document.querySelectorAll("[data-row]")];
const step = (by) => {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement.closest?.("[data-row]"));
  const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
  next.tabIndex = -1;
  next.focus();
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  if (going) {
    going = false;
    const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (link) link.click();
    return;
  }
  if (event.key === "g") going = true;
  else if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    event.preventDefault();
    if (search) search.focus();
    else document.querySelector("[data-palette]")?.click();
  } else if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "[") document.querySelector("[data-previous]")?.click();
  else if (event.key === "]") document.querySelector("[data-next]")?.click();
  else if (event.key === "Enter") document.activeElement.querySelector?.("[data-row] a, a")?.click();
  else if (event.key === "?") document.getElementById("keys").showModal();
});

// On a phone tabs are wider than the page: the one that is open is moved into sight.
for (const tab of document.querySelectorAll(".nav-tabs .active, .nav-underline .active")) {
  const tabs = tab.closest(".nav");
  const [inner, outer] = [tab.getBoundingClientRect(), tabs.getBoundingClientRect()];
  tabs.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
}
