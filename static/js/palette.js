// The command palette: a combobox over everything; the last places that one opened come first.
const palette = document.getElementById("palette");
const input = palette.querySelector("input");
const hits = document.getElementById("palette-hits");
const RECENT = `rapport-recent-${document.body.dataset.brand}`;
const KEPT = 6;
let asking = null;
let timer = 0;
let shown = "";

const options = () => [...hits.querySelectorAll("[role=option]")];
const chosen = () => hits.querySelector("[aria-selected=true]");

const recent = () => {
  try {
    return JSON.parse(localStorage.getItem(RECENT)) || [];
  } catch {
    return [];
  }
};

const choose = (option) => {
  chosen()?.setAttribute("aria-selected", "false");
  if (!option) {
    input.removeAttribute("aria-activedescendant");
    return;
  }
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
};

// Nothing typed: where one was last, before the pages that there are.
const showRecent = () => {
  const places = recent();
  if (!places.length) return;
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Last opened");
  const head = document.createElement("div");
  head.className = "palette-head";
  head.setAttribute("aria-hidden", "true");
  head.textContent = "Last opened";
  group.append(head);
  places.forEach(({ title, url }, number) => {
    const link = document.createElement("a");
    link.className = "palette-hit";
    link.setAttribute("role", "option");
    link.tabIndex = -1;
    link.id = `recent-${number}`;
    link.href = url;
    link.textContent = title;
    link.setAttribute("aria-selected", "false");
    group.append(link);
  });
  hits.prepend(group);
};

const ask = async () => {
  const words = input.value.trim();
  asking?.abort();
  asking = new AbortController();
  const address = `${palette.dataset.address}?${new URLSearchParams({ q: words })}`;
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: asking.signal });
    if (!answer.ok) throw new Error(answer.status);
    hits.innerHTML = await answer.text();
  } catch (error) {
    if (error.name === "AbortError") return;
    hits.textContent = "The server cannot be reached.";
  }
  shown = words;
  if (!words) showRecent();
  choose(options()[0]);
  const number = options().length;
  document.getElementById("announce").textContent = `${number} found`;
};

const open = (words = "") => {
  if (palette.open) return;
  palette.showModal();
  input.value = words;
  input.select();
  ask();
};

const follow = (link) => {
  const title = (link.querySelector(".palette-title") || link).textContent.trim();
  const url = link.getAttribute("href");
  const others = recent().filter((place) => place.url !== url);
  localStorage.setItem(RECENT, JSON.stringify([{ title, url }, ...others].slice(0, KEPT)));
  location.assign(url);
};

input.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, 150);
});
input.addEventListener("keydown", async (event) => {
  const all = options();
  const at = all.indexOf(chosen());
  if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
  else if (event.key === "ArrowUp") choose(all[(at - 1 + all.length) % all.length]);
  else if (event.key === "Enter") {
    // What was typed last, not what is still shown of the words before.
    if (input.value.trim() !== shown) {
      clearTimeout(timer);
      await ask();
    }
    if (chosen()) follow(chosen());
  } else return;
  event.preventDefault();
});
hits.addEventListener("click", (event) => {
  const link = event.target.closest("[role=option]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  follow(link);
});
palette.addEventListener("click", (event) => {
  if (event.target === palette) palette.close();
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    open();
  }
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-palette]") || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  open();
});
