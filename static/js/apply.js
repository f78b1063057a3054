// Solves the page's puzzle (ALTCHA, proof of work) while somebody fills in the form.
const form = document.querySelector("[data-challenge]");
const state = document.getElementById("puzzle-state");
const { parameters, signature } = JSON.parse(form.dataset.challenge);
// Far more than the server ever asks for.
const TRIES_MAX = 10_000;

const bytes = (hex) => Uint8Array.from(hex.match(/../g), (two) => parseInt(two, 16));
const hex = (buffer) => [...new Uint8Array(buffer)].map((one) => one.toString(16).padStart(2, "0")).join("");

const solve = async () => {
  const { nonce, salt, cost, keyLength, keyPrefix } = parameters;
  // What a key is made of: the nonce and the number of the try.
  const password = new Uint8Array([...bytes(nonce), 0, 0, 0, 0]);
  const number = new DataView(password.buffer, password.length - 4);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  for (let counter = 0; counter < TRIES_MAX; counter += 1) {
    number.setUint32(0, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = hex(await crypto.subtle.deriveBits(how, key, keyLength * 8));
    if (derivedKey.startsWith(keyPrefix)) return { counter, derivedKey };
  }
  throw new Error("The puzzle has no solution.");
};

let isWaiting = false;
const field = form.elements.puzzle;
field.value = "";
form.addEventListener("submit", (event) => {
  if (field.value) return;
  event.preventDefault();
  isWaiting = true;
  state.textContent = "One moment: the check against programs is not done yet …";
});

document.querySelector("[data-problem]")?.focus();
if (globalThis.crypto?.subtle) {
  state.textContent = "Your browser does a short check against programs …";
  solve().then((solution) => {
    field.value = btoa(JSON.stringify({ challenge: { parameters, signature }, solution }));
    state.textContent = "The check against programs is done.";
    if (isWaiting) form.requestSubmit();
  }, () => {
    state.textContent = "The check against programs did not succeed. Load the page again.";
  });
} else {
  state.textContent = "Your browser cannot do the check against programs on a page without https. Open the page by https, or with a newer browser.";
}
