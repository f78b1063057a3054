// A rule as the blocks show it. A node is
//
//   {kind: "group", all: true, items: [node, ...], nots: 0}    all or any of the items
//   {kind: "leaf", form: {...}, nots: 0}                        a condition in its JSON form
//   {kind: "line", text: "...", nots: 0}                        a condition in the text notation
//
// `nots` counts the "not" before it. The outermost node is a group; with one item it stands for
// that item alone. What has no fields here is kept as a line, so that nothing is ever lost.

const MEMBERS = {
  fact: ["fact", "key", "op", "value", "norm"],
  stage: ["stage", "for", "entered"],
  segment: ["segment", "was"],
};

export const leafKind = (form) => ["fact", "stage", "segment"].find((kind) => kind in form);

const hasFields = (form, facts) => {
  const kind = leafKind(form);
  if (!kind || Object.keys(form).some((member) => !MEMBERS[kind].includes(member))) return false;
  if (kind !== "fact") return true;
  return facts.has(form.fact) && facts.get(form.fact).operators.includes(form.op);
};

const read = (form, at, lines, facts) => {
  if ("not" in form) {
    const inner = read(form.not, `${at}/not`, lines, facts);
    return { ...inner, nots: inner.nots + 1 };
  }
  const word = ["all", "any"].find((kind) => kind in form);
  if (word) {
    const items = form[word].map((item, place) => read(item, `${at}/${word}/${place}`, lines, facts));
    return { kind: "group", all: word === "all", items, nots: 0 };
  }
  if (hasFields(form, facts)) return { kind: "leaf", form: structuredClone(form), nots: 0 };
  return { kind: "line", text: form.text ?? lines[at] ?? "", nots: 0 };
};

export const emptyRule = () => ({ kind: "group", all: true, items: [], nots: 0 });

export const fromForm = (form, lines, facts) => {
  const found = read(form, "", lines, facts);
  if (found.kind === "group" && found.nots === 0) return found;
  return { ...emptyRule(), items: [found] };
};

const standsForItem = (root) => root.items.length === 1;

const write = (node) => {
  let form;
  if (node.kind === "group") form = { [node.all ? "all" : "any"]: node.items.map(write) };
  else if (node.kind === "line") form = { text: node.text };
  else form = node.form;
  for (let n = 0; n < node.nots; n += 1) form = { not: form };
  return form;
};

export const toForm = (root) => write(standsForItem(root) ? root.items[0] : root);

// Every node with its JSON pointer in what `toForm` writes.
export const pointers = (root) => {
  const found = new Map();
  const walk = (node, at) => {
    const inner = at + "/not".repeat(node.nots);
    found.set(node, inner);
    if (node.kind !== "group") return;
    node.items.forEach((item, place) => walk(item, `${inner}/${node.all ? "all" : "any"}/${place}`));
  };
  if (!standsForItem(root)) walk(root, "");
  else {
    walk(root.items[0], "");
    found.set(root, null);
  }
  return found;
};

export const nodeAt = (root, pointer) => {
  const places = [...pointers(root)].filter(([, at]) => at !== null);
  const fits = ([, at]) => pointer === at || pointer.startsWith(`${at}/`);
  const nearest = places.filter(fits).sort(([, one], [, other]) => other.length - one.length)[0];
  return nearest ? nearest[0] : root;
};

export const parentOf = (root, node) => {
  if (root.kind !== "group") return null;
  if (root.items.includes(node)) return root;
  return root.items.map((item) => parentOf(item, node)).find(Boolean) ?? null;
};

export const remove = (root, node) => {
  const parent = parentOf(root, node);
  const place = parent.items.indexOf(node);
  parent.items.splice(place, 1);
  return parent.items[Math.min(place, parent.items.length - 1)] ?? parent;
};

// One step up or down in reading order: into a group that is next to it, out of one at its end.
export const move = (root, node, by) => {
  const parent = parentOf(root, node);
  const place = parent.items.indexOf(node);
  const next = parent.items[place + by];
  if (!next) {
    const outer = parentOf(root, parent);
    if (!outer) return false;
    parent.items.splice(place, 1);
    outer.items.splice(outer.items.indexOf(parent) + (by > 0 ? 1 : 0), 0, node);
    return true;
  }
  parent.items.splice(place, 1);
  if (next.kind === "group") next.items.splice(by > 0 ? 0 : next.items.length, 0, node);
  else parent.items.splice(place + by, 0, node);
  return true;
};

export const wrap = (root, node) => {
  const parent = parentOf(root, node);
  const group = { kind: "group", all: !parent.all, items: [node], nots: 0 };
  parent.items.splice(parent.items.indexOf(node), 1, group);
  return group;
};

export const unwrap = (root, group) => {
  const parent = parentOf(root, group);
  parent.items.splice(parent.items.indexOf(group), 1, ...group.items);
  return group.items[0] ?? parent;
};

export const duplicate = (root, node) => {
  const parent = parentOf(root, node);
  const copy = structuredClone(node);
  parent.items.splice(parent.items.indexOf(node) + 1, 0, copy);
  return copy;
};
