// The fields of a condition's value. Each takes the value and says when it has changed.
import { freshId, h, icon, select } from "./dom.js";
import { SHARES, readNumber, showNumber } from "./values.js";

const UNITS = ["day", "week", "month", "quarter", "year"];
const FISCAL = ["quarter", "year"];

export const numberField = ({ fact, value, label, changed }) => {
  const asShare = SHARES.includes(fact.type);
  const input = h("input", {
    class: "form-control rb-number",
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    "aria-label": label,
    value: showNumber(value, asShare),
    oninput: () => changed(readNumber(input.value, asShare)),
    onchange: () => {
      input.value = showNumber(readNumber(input.value, asShare), asShare);
    },
  });
  const unit = asShare ? "%" : fact.unit;
  return [input, unit && h("span", { class: "rb-unit" }, unit)];
};

export const pairField = ({ fact, value, changed }) => {
  const pair = Array.isArray(value) ? [...value] : [undefined, undefined];
  const end = (place, label) =>
    numberField({
      fact,
      label,
      value: pair[place],
      changed: (number) => {
        pair[place] = number;
        changed(pair.map((one) => one ?? ""));
      },
    });
  const [low] = end(0, "Lowest");
  return [low, h("span", { class: "rb-unit" }, "and"), ...end(1, "Highest")];
};

export const flagField = ({ value, changed }) => {
  const field = select([["true", "yes"], ["false", "no"]], String(value), {
    "aria-label": "Value",
    onchange: () => changed(field.value === "true"),
  });
  return [field];
};

// A text field with suggestions; with a closed list a choice out of it.
export const wordField = ({ choices, value, label = "Value", suggestions, changed }) => {
  if (choices) {
    const options = choices.map((choice) => [choice.value, choice.label]);
    const isKnown = value === undefined || choices.some((choice) => choice.value === value);
    const first = value === undefined ? [["", "Choose …"]] : [];
    const gone = isKnown ? [] : [[value, value]];
    const field = select([...first, ...gone, ...options], value ?? "", {
      "aria-label": label,
      onchange: () => changed(field.value || undefined),
    });
    return [field];
  }
  const input = h("input", {
    class: "form-control rb-word",
    type: "text",
    autocomplete: "off",
    maxlength: 500,
    "aria-label": label,
    value: value ?? "",
    oninput: () => {
      changed(input.value || undefined);
      suggestions?.ask(input.value);
    },
    onfocus: () => suggestions?.ask(input.value),
  });
  if (!suggestions) return [input];
  input.setAttribute("list", suggestions.list.id);
  return [input, suggestions.list];
};

// Several values as removable marks, with a field to add one.
export const listField = ({ choices, value, label, suggestions, changed }) => {
  const chosen = [...(value ?? [])];
  const labelOf = (one) => choices?.find((choice) => choice.value === one)?.label ?? one;
  const meant = (text) => choices?.find((choice) => choice.label.toLowerCase() === text.toLowerCase())?.value ?? text;
  const marks = h("span", { class: "rb-marks" });
  const list = suggestions?.list ?? h("datalist", { id: freshId("choices") });
  const draw = () => {
    marks.replaceChildren(
      ...chosen.map((one, place) =>
        h(
          "span",
          { class: "badge rb-mark" },
          labelOf(one),
          h("button", {
            class: "rb-mark-x",
            type: "button",
            "aria-label": `Remove ${labelOf(one)}`,
            onclick: () => {
              chosen.splice(place, 1);
              draw();
              changed([...chosen]);
              input.focus();
            },
          }, icon("x")),
        ),
      ),
    );
    if (!choices) return;
    const rest = choices.filter((choice) => !chosen.includes(choice.value));
    list.replaceChildren(...rest.map((choice) => new Option(choice.label, choice.label)));
  };
  const add = () => {
    const one = meant(input.value.trim());
    input.value = "";
    if (!one || chosen.includes(one)) return;
    chosen.push(one);
    draw();
    changed([...chosen]);
  };
  const input = h("input", {
    class: "form-control rb-word",
    type: "text",
    autocomplete: "off",
    maxlength: 500,
    list: list.id,
    placeholder: "Add …",
    "aria-label": `${label}: add a value`,
    oninput: (event) => {
      // Picked out of the list rather than typed.
      if (!event.inputType || event.inputType === "insertReplacementText") add();
      else if (!choices) suggestions?.ask(input.value);
    },
    onfocus: () => choices || suggestions?.ask(input.value),
    onchange: add,
    onkeydown: (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        add();
      } else if (event.key === "Backspace" && !input.value && chosen.length) {
        chosen.pop();
        draw();
        changed([...chosen]);
      }
    },
  });
  draw();
  return [marks, input, list];
};

const countField = (value, label, changed) => {
  const input = h("input", {
    class: "form-control rb-count",
    type: "number",
    step: 1,
    "aria-label": label,
    value,
    oninput: () => changed(input.value === "" ? "" : Number(input.value)),
  });
  return input;
};

const unitField = (unit, many, changed) => {
  const options = UNITS.map((name) => [name, many ? `${name}s` : name]);
  const field = select(options, unit, { "aria-label": "Unit", onchange: () => changed(field.value) });
  return field;
};

// A length of time; `member` names its number: "last", or "at least".
export const spanField = ({ value, member = "last", changed }) => {
  const span = { ...value };
  const tell = (more) => changed(Object.assign(span, more));
  const count = countField(span[member], "How many", (number) => tell({ [member]: number }));
  count.min = 1;
  return [count, unitField(span.unit, true, (unit) => tell({ unit }))];
};

// A whole day, week, month, quarter or year, counted from now.
export const periodField = ({ value, changed }) => {
  let unit = UNITS.find((name) => name in value) ?? "quarter";
  let offset = value[unit] ?? 0;
  let isFiscal = value.calendar === "fiscal";
  const tell = () =>
    changed({ [unit]: offset, ...(isFiscal && FISCAL.includes(unit) ? { calendar: "fiscal" } : {}) });
  const named = [["0", "this"], ["-1", "the last"], ["1", "the next"], ["other", "another:"]];
  const other = countField(offset, "Counted from this one", (number) => {
    offset = number;
    tell();
  });
  const which = select(named, named.some(([known]) => known === String(offset)) ? offset : "other", {
    "aria-label": "Which",
    onchange: () => {
      if (which.value !== "other") offset = Number(which.value);
      else offset = -2;
      other.value = offset;
      other.hidden = which.value !== "other";
      tell();
    },
  });
  other.hidden = which.value !== "other";
  const kind = select([["calendar", "of the calendar"], ["fiscal", "of the fiscal year"]], isFiscal ? "fiscal" : "calendar", {
    "aria-label": "Calendar",
    onchange: () => {
      isFiscal = kind.value === "fiscal";
      tell();
    },
  });
  kind.hidden = !FISCAL.includes(unit);
  const units = unitField(unit, false, (name) => {
    unit = name;
    kind.hidden = !FISCAL.includes(unit);
    tell();
  });
  return [which, other, units, kind];
};

// A threshold out of the creator's own peers.
export const normField = ({ norm, facts, changed }) => {
  const found = { percentile: norm.percentile, by: [...norm.by] };
  const percentile = countField(found.percentile, "Percentile", (number) => {
    found.percentile = number;
    changed({ ...found });
  });
  percentile.min = 1;
  percentile.max = 99;
  const choices = [...facts.values()]
    .filter((fact) => fact.makes_peers)
    .map((fact) => ({ value: fact.key, label: fact.label }));
  return [
    h("span", { class: "rb-unit" }, "percentile"),
    percentile,
    h("span", { class: "rb-unit" }, "of creators with the same"),
    ...listField({
      choices,
      value: found.by,
      label: "What makes peers",
      changed: (by) => {
        found.by = by;
        changed({ ...found });
      },
    }),
  ];
};
