// The fields of one condition, as they stand in a sentence.
import { freshId, h, icon, later, select } from "./dom.js";
import {
  flagField, listField, normField, numberField, pairField, periodField, spanField, wordField,
} from "./fields.js";
import { leafKind } from "./nodes.js";
import { newComparison, opWords, setOperator, setValue, takesNorm, valueKind } from "./values.js";

// What creators have as the value of a fact, asked when somebody gets to the field.
const suggestionsOf = (fact, share, context) => {
  const list = h("datalist", { id: freshId("values") });
  const ask = later(200, async (text) => {
    const found = await context.values({ fact: fact.key, q: text, ...(share ? { share } : {}) });
    list.replaceChildren(
      ...found.values.map((one) => new Option(`${one.label} (${one.creators.toLocaleString("en")})`, one.value)),
    );
  });
  return { list, ask };
};

const valueFields = (form, fact, context, changed) => {
  const kind = valueKind(fact, form.op);
  const keep = (value) => {
    setValue(form, value);
    changed();
  };
  const label = `Value of ${fact.label}`;
  const common = { fact, label, value: form.value, choices: fact.choices, changed: keep };
  const suggestions = fact.choices ? null : suggestionsOf(fact, null, context);
  switch (kind) {
    case "number": return numberField(common);
    case "pair": return pairField(common);
    case "flag": return flagField(common);
    case "list": return listField({ ...common, suggestions });
    case "span": return spanField({ value: form.value, changed: keep });
    case "period": return periodField({ value: form.value, changed: keep });
    case "word": return wordField({ ...common, suggestions });
    default: return [];
  }
};

const comparison = (node, context, { changed, redraw }) => {
  const { form } = node;
  const fact = context.facts.get(form.fact);
  const hint = h("p", { class: "rb-hint", hidden: true });
  const tellHint = async () => {
    if (!hint.hidden) return;
    const found = await context.values({ fact: fact.key, ...(form.key ? { share: form.key } : {}) });
    hint.textContent = found.words;
    hint.hidden = false;
  };
  const name = h(
    "button",
    {
      class: "btn rb-fact",
      type: "button",
      title: fact.description,
      "aria-label": `${fact.label}: choose another fact`,
      data: { role: "fact" },
      onclick: async () => {
        const picked = await context.pick({ onlyFacts: true });
        if (!picked || picked.fact.key === form.fact) return;
        const next = newComparison(picked.fact);
        const canKeep =
          picked.fact.operators.includes(form.op)
          && !picked.fact.choices
          && valueKind(picked.fact, form.op) === valueKind(fact, form.op);
        node.form = canKeep ? { ...form, fact: picked.fact.key } : next;
        if (picked.fact.type !== "distribution") delete node.form.key;
        redraw("op");
      },
    },
    fact.label,
    icon("chevron-down"),
  );
  const share = [];
  if (fact.type === "distribution") {
    share.push(
      h("span", { class: "rb-unit" }, "share of"),
      ...wordField({
        choices: fact.choices,
        value: form.key,
        label: `Share of what in ${fact.label}`,
        suggestions: suggestionsOf(fact, null, context),
        changed: (key) => {
          if (key) form.key = key;
          else delete form.key;
          hint.hidden = true;
          changed();
        },
      }),
    );
  }
  const op = select(fact.operators.map((one) => [one, opWords(one, fact)]), form.op, {
    "aria-label": `What is asked of ${fact.label}`,
    data: { role: "op" },
    onchange: () => {
      setOperator(form, op.value, fact);
      redraw("op");
    },
  });
  const menu = [];
  if (takesNorm(fact, form.op)) {
    const byPeers = form.norm !== undefined;
    menu.push([
      byPeers ? "Compare with a number" : "Compare with peers",
      () => {
        delete form.value;
        if (byPeers) delete form.norm;
        else form.norm = { percentile: 75, by: context.facts.has("tier") ? ["tier"] : [] };
        redraw("op");
      },
    ]);
  }
  const value = form.norm
    ? normField({
        norm: form.norm,
        facts: context.facts,
        changed: (norm) => {
          form.norm = norm;
          changed();
        },
      })
    : valueFields(form, fact, context, changed);
  const fields = h("div", { class: "rb-fields", onfocusin: tellHint }, name, share, op, value);
  return { fields, hint, menu };
};

const stage = (node, context, { changed, redraw }) => {
  const { form } = node;
  const choices = context.facts.get("stage")?.choices ?? [];
  const how = "for" in form ? "for" : "last" in form.entered ? "last" : "in";
  const manner = select(
    [["for", "for at least"], ["last", "entered within the last"], ["in", "entered in"]],
    how,
    {
      "aria-label": "For how long",
      data: { role: "op" },
      onchange: () => {
        delete form.for;
        delete form.entered;
        if (manner.value === "for") form.for = { "at least": 30, unit: "day" };
        else form.entered = manner.value === "last" ? { last: 30, unit: "day" } : { quarter: -1 };
        redraw("op");
      },
    },
  );
  const keep = (member) => (value) => {
    form[member] = value;
    changed();
  };
  let length;
  if (how === "for") length = spanField({ value: form.for, member: "at least", changed: keep("for") });
  else if (how === "last") length = spanField({ value: form.entered, changed: keep("entered") });
  else length = periodField({ value: form.entered, changed: keep("entered") });
  return {
    fields: h(
      "div",
      { class: "rb-fields" },
      h("span", { class: "rb-unit" }, "Stage is"),
      wordField({ choices, value: form.stage || undefined, label: "Stage", changed: (key) => keep("stage")(key ?? "") }),
      manner,
      length,
    ),
  };
};

const segment = (node, context, { changed, redraw }) => {
  const { form } = node;
  const past = form.was
    ? periodField({
        value: form.was,
        changed: (period) => {
          form.was = period;
          changed();
        },
      })
    : [];
  const choices = context.segments.map((one) => ({ value: one.key, label: `${one.name} (${one.dimension})` }));
  const when = select([["now", "now"], ["was", "in a past period:"]], form.was ? "was" : "now", {
    "aria-label": "When",
    data: { role: "op" },
    onchange: () => {
      if (when.value === "was") form.was = { quarter: -1 };
      else delete form.was;
      redraw("op");
    },
  });
  return {
    fields: h(
      "div",
      { class: "rb-fields" },
      h("span", { class: "rb-unit" }, "Member of"),
      wordField({
        choices,
        value: form.segment || undefined,
        label: "Segment",
        changed: (key) => {
          form.segment = key ?? "";
          changed();
        },
      }),
      when,
      past,
    ),
  };
};

const line = (node, { changed, settled }) => {
  const input = h("input", {
    class: "form-control font-monospace rb-line",
    type: "text",
    spellcheck: "false",
    autocapitalize: "off",
    autocomplete: "off",
    "aria-label": "Condition in the text notation",
    data: { role: "op" },
    value: node.text.replaceAll("\n", " "),
    oninput: () => {
      node.text = input.value;
      changed();
    },
    onchange: settled,
  });
  return { fields: h("div", { class: "rb-fields" }, input) };
};

const KINDS = { fact: comparison, stage, segment };

// The fields of a leaf or a line, with a hint and entries for its menu. `changed` after each key, `redraw(role)` when other fields are
// needed, `settled` when a line has been written.
export const leafFields = (node, context, calls) =>
  node.kind === "line" ? line(node, calls) : KINDS[leafKind(node.form)](node, context, calls);

export const leafName = (node, context) => {
  if (node.kind === "line") return "in the text notation";
  const kind = leafKind(node.form);
  if (kind === "fact") return context.facts.get(node.form.fact).label;
  return kind === "stage" ? "time in a stage" : "member of a segment";
};
