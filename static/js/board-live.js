// What colleagues do to the board comes up by itself: every few seconds the server is asked what
// happened since the act whose number we have; mostly the answer is "nothing" (304).
const EVERY = 8000;
const news = document.getElementById("board-news");
const columns = () => document.getElementById("columns");
let seen = columns().dataset.number;
let asking = false;

const tell = (words, button) => {
  const line = document.createElement("p");
  line.className = "alert alert-info py-1 mb-1";
  line.textContent = `${words} `;
  if (button) line.append(button);
  news.append(line);
  while (news.children.length > 3) news.firstElementChild.remove();
  if (!button) setTimeout(() => line.remove(), 15000);
};

const reload = () => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm";
  button.textContent = "Show the board as it is now";
  button.addEventListener("click", () => {
    news.replaceChildren();
    document.getElementById("board-filter").requestSubmit();
  });
  return button;
};

// Puts a card where it is now. One that we have already, since we moved it ourselves, stays.
const put = (card) => {
  const held = document.getElementById(card.id);
  if (held && held.dataset.version === card.dataset.version) return;
  // Nobody loses what they are at: the server refuses a move of an old card and says why.
  if (held && (held.classList.contains("is-dragged") || held.querySelector("input[name=reason][required]"))) return;
  const hadFocus = held?.contains(document.activeElement);
  const isTicked = held?.querySelector("[data-tick]")?.checked;
  const place = document.getElementById(`cards-${card.dataset.card}`);
  if (held && held.dataset.card === card.dataset.card) held.replaceWith(card);
  else {
    held?.remove();
    const isLoaded = place && !place.closest("details:not([open])");
    if (!isLoaded || (!held && !("arrived" in card.dataset))) return;
    place.prepend(card);
    card.classList.add("is-new");
  }
  window.htmx.process(card);
  if (isTicked) card.querySelector("[data-tick]").checked = true;
  if (hadFocus) card.focus({ preventScroll: true });
};

const takeUp = (html) => {
  const found = new DOMParser().parseFromString(`<ul>${html}</ul>`, "text/html");
  for (const gone of found.querySelectorAll("[data-gone]")) document.getElementById(gone.id)?.remove();
  // The newest act comes last, and its card to the top.
  for (const card of found.querySelectorAll("[data-card]")) put(document.adoptNode(card));
  for (const head of found.querySelectorAll(".board-count")) {
    document.getElementById(head.id)?.replaceWith(document.adoptNode(head));
  }
  for (const line of found.querySelectorAll("[data-news]")) tell(line.textContent);
  const many = found.querySelector("[data-many-news]");
  if (many) tell(many.textContent, reload());
};

const ask = async () => {
  if (asking || document.hidden || !columns()) return;
  asking = true;
  try {
    // The filter as the address has it: what is not on this board stays away.
    const answer = await fetch(`${news.dataset.address}${location.search}`, {
      cache: "no-store",
      headers: { "If-None-Match": `"${seen}"` },
    });
    const tag = answer.headers.get("ETag")?.match(/\d+/);
    if (answer.status === 200 && !answer.redirected) takeUp(await answer.text());
    if (answer.ok && tag) [seen] = tag;
  } catch {
    // Without a connection the next look tells what this one missed.
  } finally {
    asking = false;
  }
};

setInterval(ask, EVERY);
document.addEventListener("visibilitychange", ask);
// A move was made beside the board, in the drawer.
document.addEventListener("rapport:look", ask);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "columns") seen = event.target.dataset.number;
});
