// The rule builder: blocks and text of each rule in step through the server, which alone reads and
// checks rules; beside them whom the rule takes. Without this script the text is a plain form.
import { announce, h, later } from "./dom.js";
import { makePicker } from "./picker.js";
import { Tree } from "./tree.js";
import { guard } from "./unsaved.js";

const form = document.getElementById("builder");
const data = form && JSON.parse(document.getElementById("builder-data").textContent);

const answers = new Map();
const values = (asked) => {
  const address = `${form.dataset.values}?${new URLSearchParams(asked)}`;
  if (!answers.has(address)) {
    const answer = fetch(address).then((found) => (found.ok ? found.json() : Promise.reject(found)));
    answers.set(address, answer.catch(() => {
      answers.delete(address);
      return { words: "", values: [] };
    }));
  }
  return answers.get(address);
};

class Editor {
  constructor(name, context, changed) {
    const place = form.querySelector(`[data-editor="${name}"]`);
    this.name = name;
    this.text = form.elements[`${name}_text`];
    this.json = form.elements[`${name}_json`];
    this.prose = place.querySelector("[data-prose]");
    this.faults = place.querySelector("[data-faults]");
    // A line was written: what it says may have fields.
    this.reload = false;
    // The form that the blocks were made of, until they are changed.
    this.loaded = null;
    this.tree = new Tree(place.querySelector("[data-tree]"), context, {
      changed: () => {
        this.loaded = null;
        this.json.value = this.tree.isEmpty ? "" : JSON.stringify(this.tree.toForm());
        if (this.tree.isEmpty) this.text.value = "";
        changed();
      },
      settled: () => {
        this.reload = true;
        changed();
      },
    });
    this.text.addEventListener("input", () => {
      this.json.value = "";
      changed();
    });
  }

  get isFromText() {
    return this.json.value === "";
  }

  // After a refusal the blocks that were sent are there again, unfinished as they may be.
  takeSent() {
    if (this.isFromText) return;
    try {
      this.tree.load(JSON.parse(this.json.value), {});
    } catch {
      this.json.value = "";
    }
  }

  // Takes up what the server found, `checked`; null: there is no rule.
  show(checked) {
    if (!checked || (this.isFromText && !this.text.value.trim())) {
      this.tree.load(null, {});
      this.tree.place.classList.remove("is-stale");
      this.loaded = null;
      this.showProse("");
      this.showErrors([]);
      return;
    }
    if ((this.isFromText || this.reload) && checked.form) {
      // Blocks that say so already stay: somebody may be at work in them.
      const form = JSON.stringify(checked.form);
      if (form !== this.loaded) this.tree.load(checked.form, checked.lines);
      this.loaded = form;
      this.reload = false;
    }
    this.tree.place.classList.toggle("is-stale", this.isFromText && !checked.form);
    if (!this.isFromText && checked.text !== null) this.text.value = checked.text;
    this.tree.setFaults(checked.errors);
    this.showProse(checked.words ?? "");
    // Beside the text only what the blocks do not show.
    this.showErrors(this.isFromText ? checked.errors : []);
  }

  showProse(words) {
    this.prose.textContent = words;
    this.prose.hidden = !words;
  }

  showErrors(errors) {
    const rows = errors.map((error) => {
      const where = error.position ? `Line ${error.position.line}, column ${error.position.column}: ` : "";
      const words = `${where}${error.message}`;
      if (!error.position) return h("div", { class: "rb-fault" }, words);
      const show = () => {
        this.text.focus();
        const from = error.position.offset;
        const length = this.text.value.slice(from).match(/^[\w.-]+|^./)?.[0].length ?? 0;
        this.text.setSelectionRange(from, from + length);
      };
      return h("button", { class: "btn btn-link rb-fault", type: "button", onclick: show }, words);
    });
    this.faults.replaceChildren(...rows);
    if (rows.length) this.text.setAttribute("aria-invalid", "true");
    else this.text.removeAttribute("aria-invalid");
  }
}

// One question at a time: a newer one takes the place of one that is under way.
const asker = (address) => {
  let running = null;
  return async () => {
    running?.abort();
    running = new AbortController();
    const answer = await fetch(address, { method: "POST", body: new FormData(form), signal: running.signal });
    if (!answer.ok) throw new Error(`The server answered with an error (${answer.status}).`);
    return answer;
  };
};

const start = () => {
  const context = {
    facts: new Map(data.facts.map((fact) => [fact.key, fact])),
    segments: data.segments,
    pick: makePicker(data.facts),
    values,
  };
  const panel = document.getElementById("preview");
  const askCheck = asker(form.dataset.check);
  const askPreview = asker(form.dataset.preview);
  const failed = (error) => {
    panel.removeAttribute("aria-busy");
    panel.classList.remove("htmx-request");
    if (error.name !== "AbortError") announce(`${error.message} The count is not up to date.`);
  };
  const preview = async () => {
    panel.setAttribute("aria-busy", "true");
    panel.classList.add("htmx-request");
    try {
      panel.innerHTML = await (await askPreview()).text();
      panel.removeAttribute("aria-busy");
      panel.classList.remove("htmx-request");
      announce(panel.querySelector("[data-words]")?.dataset.words ?? "");
    } catch (error) {
      failed(error);
    }
  };
  const soon = later(400, preview);
  const check = async () => {
    try {
      const found = await (await askCheck()).json();
      for (const editor of editors) editor.show(found[editor.name]);
      soon();
    } catch (error) {
      failed(error);
    }
  };
  const wrote = guard(form);
  const checkSoon = later(250, check);
  const changed = () => {
    wrote();
    checkSoon();
  };
  // Rules about stages have no members, so no rule to stay.
  const names = ["rule", "stay"].filter((name) => form.querySelector(`[data-editor="${name}"]`));
  const editors = names.map((name) => new Editor(name, context, changed));
  for (const editor of editors) {
    editor.takeSent();
    editor.show(data[editor.name]);
  }
  for (const name of ["unknown_policy", "minimum_stay_days", "near_percent", "dimension", "purpose", "primary_kpi", "owner"]) {
    form.elements[name]?.addEventListener("change", soon);
  }
  // Enter in a field of the blocks is not "save".
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.closest("[data-tree]") && event.target.matches("input")) event.preventDefault();
  });
  if (form.elements.rule_text.value.trim()) preview();
};

if (form) start();
