// A dialog that finds a fact by any word of its documentation.
import { freshId, h } from "./dom.js";

const OTHERS = [
  {
    label: "Time in a stage",
    about: "In a relationship stage for at least so long, or entered within a period.",
    node: () => ({ kind: "leaf", form: { stage: "", for: { "at least": 30, unit: "day" } }, nots: 0 }),
  },
  {
    label: "Member of another segment",
    about: "In a segment in the same run, or in a past period by the ledger.",
    node: () => ({ kind: "leaf", form: { segment: "" }, nots: 0 }),
  },
  {
    label: "Something in the text notation",
    about: "Anything the language can say, such as count(posts where kind is video, last 2 months) >= 3.",
    node: () => ({ kind: "line", text: "", nots: 0 }),
  },
];

const words = (fact) =>
  [fact.label, fact.key, fact.description, fact.unit, fact.source, ...(fact.choices ?? []).map((choice) => choice.label)]
    .join(" ")
    .toLowerCase();

export const makePicker = (facts) => {
  const title = freshId("picker");
  const status = h("p", { class: "text-secondary small mb-2", role: "status" });
  const results = h("div", { class: "rb-results" });
  const search = h("input", {
    class: "form-control mb-2",
    // Not "search": there Escape empties the field instead of closing the dialog.
    type: "text",
    placeholder: "Followers, engagement, country …",
    "aria-label": "Find a fact",
    autocomplete: "off",
  });
  const dialog = h(
    "dialog",
    { class: "rb-picker", "aria-labelledby": title },
    h("div", { class: "d-flex justify-content-between align-items-center mb-2" },
      h("h2", { class: "h3 mb-0", id: title }, "Choose what the condition looks at"),
      h("button", { class: "btn-close", type: "button", "aria-label": "Close", onclick: () => dialog.close() })),
    search,
    status,
    results,
  );
  // Outside of the form: its fields are not the rule's.
  document.body.append(dialog);
  const entries = facts.map((fact) => ({ fact, text: words(fact), source: fact.source }));
  let answer = null;
  let withOthers = true;

  const choose = (picked) => {
    answer = picked;
    dialog.close();
  };
  const row = (label, detail, about, picked) =>
    h(
      "button",
      { class: "rb-result", type: "button", onclick: () => choose(picked) },
      h("span", { class: "rb-result-name" }, label),
      " ",
      h("span", { class: "text-secondary small" }, detail),
      h("span", { class: "d-block small" }, about),
    );

  const draw = () => {
    const asked = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (text) => asked.every((word) => text.includes(word));
    const found = entries.filter((entry) => fits(entry.text));
    // Those whose name fits come before those where only the documentation does.
    const rank = ({ fact }) => (asked.length && fits(`${fact.label} ${fact.key}`.toLowerCase()) ? 0 : 1);
    const groups = new Map();
    for (const entry of asked.length ? [...found].sort((a, b) => rank(a) - rank(b)) : found) {
      groups.set(entry.source, [...(groups.get(entry.source) ?? []), entry]);
    }
    const others = withOthers ? OTHERS.filter((one) => fits(`${one.label} ${one.about}`.toLowerCase())) : [];
    status.textContent = `${found.length + others.length} found`;
    const blocks = [...groups].map(([source, some]) => [
      h("h3", { class: "rb-source" }, source),
      ...some.map(({ fact }) => {
        const unit = fact.unit ? `, ${fact.unit}` : "";
        return row(fact.label, `${fact.type_words}${unit} · ${fact.key}`, fact.description, { fact });
      }),
    ]);
    if (others.length) {
      blocks.push(
        h("h3", { class: "rb-source" }, "Other conditions"),
        ...others.map((one) => row(one.label, "", one.about, { node: one.node() })),
      );
    }
    results.replaceChildren(...blocks.flat());
    results.scrollTop = 0;
  };
  search.addEventListener("input", draw);

  dialog.addEventListener("keydown", (event) => {
    const all = [...results.querySelectorAll("button")];
    const at = all.indexOf(document.activeElement);
    if (event.key === "Enter" && document.activeElement === search) {
      event.preventDefault();
      all[0]?.click();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      (next < 0 ? search : all[Math.min(next, all.length - 1)])?.focus();
    }
  });

  // Resolves to {fact}, {node} or null.
  return ({ onlyFacts = false } = {}) =>
    new Promise((resolve) => {
      answer = null;
      withOthers = !onlyFacts;
      search.value = "";
      draw();
      dialog.addEventListener("close", () => resolve(answer), { once: true });
      dialog.showModal();
      search.focus();
    });
};
