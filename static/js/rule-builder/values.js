// Which fields a condition has: operators in words, the kind of value that each takes.

const WORDS = {
  "=": "is exactly",
  "!=": "is other than",
  "<": "is less than",
  "<=": "is at most",
  ">": "is more than",
  ">=": "is at least",
  between: "is between",
  "any of": "include any of",
  "all of": "include all of",
  "none of": "include none of",
  empty: "are none",
  within: "is within the last",
  "older than": "is longer ago than",
};
const LISTS = ["any of", "all of", "none of"];
const NUMBERS = ["=", "!=", "<", "<=", ">", ">="];
const BARE = ["empty", "is known", "is unknown"];
const TIMES = ["date", "moment"];
export const SHARES = ["percent", "distribution"];

export const opWords = (op, fact) => {
  if (op === "in") return TIMES.includes(fact.type) ? "is in" : "is one of";
  return WORDS[op] ?? op;
};

// bare, number, pair, list, span, period, flag or word
export const valueKind = (fact, op) => {
  if (BARE.includes(op)) return "bare";
  if (NUMBERS.includes(op)) return "number";
  if (op === "between") return "pair";
  if (LISTS.includes(op)) return "list";
  if (op === "within" || op === "older than") return "span";
  if (op === "in") return TIMES.includes(fact.type) ? "period" : "list";
  return fact.type === "boolean" ? "flag" : "word";
};

export const takesNorm = (fact, op) => fact.has_norm && NUMBERS.includes(op);

export const firstValue = (kind) => {
  if (kind === "span") return { last: 90, unit: "day" };
  if (kind === "period") return { quarter: -1 };
  if (kind === "flag") return true;
  if (kind === "list") return [];
  return undefined;
};

export const setValue = (form, value) => {
  if (value === undefined) delete form.value;
  else form.value = value;
};

// Another operator keeps a value of the same kind.
export const setOperator = (form, op, fact) => {
  const [before, after] = [valueKind(fact, form.op), valueKind(fact, op)];
  form.op = op;
  if (!takesNorm(fact, op)) delete form.norm;
  if (before !== after) setValue(form, firstValue(after));
};

export const newComparison = (fact) => {
  const form = { fact: fact.key, op: fact.type === "number" ? ">=" : fact.operators[0] };
  if (SHARES.includes(fact.type) || fact.type === "money") form.op = ">=";
  setValue(form, firstValue(valueKind(fact, form.op)));
  return form;
};

// --- numbers as people write them ------------------------------------------------------------

const plain = (text) =>
  text
    .trim()
    .replace(/[\s_'’]/g, "")
    .replace(/,(?=\d{3}(\D|$))/g, "");

// What cannot be read as a number is handed on as it is: the server says what is wrong with it.
export const readNumber = (text, asShare) => {
  const found = plain(text).match(/^(-?\d+(?:\.\d+)?)([kKmM%]?)$/);
  if (!text.trim()) return undefined;
  if (!found) return text.trim();
  const [, digits, mark] = found;
  if (asShare || mark === "%") return Number(`${digits}e-2`);
  const factor = { k: "e3", m: "e6" }[mark.toLowerCase()] ?? "";
  return Number(`${digits}${factor}`);
};

const grouped = (digits) => digits.replace(/^(-?\d{1,3}?)((?:\d{3})+)(?=\.|$)/, (_, head, rest) => head + rest.replace(/\d{3}/g, ",$&"));

export const showNumber = (value, asShare) => {
  if (value === undefined || value === null) return "";
  if (typeof value !== "number") return String(value);
  if (!asShare) return grouped(String(value));
  const percent = String(Number((value * 100).toPrecision(12)));
  return grouped(Number(`${percent}e-2`) === value ? percent : String(value * 100));
};
