// The blocks of a rule: groups that read as a sentence, with everything to change them.
import { announce, freshId, h, icon, select } from "./dom.js";
import { leafFields, leafName } from "./leaf.js";
import * as nodes from "./nodes.js";
import { newComparison } from "./values.js";

const EMPTY = { missing_member: "Give a value.", empty_group: "Add a condition." };

export class Tree {
  // `changed` after each change of the rule, `settled` when a line of text has been written.
  constructor(place, context, { changed, settled }) {
    this.place = place;
    this.context = context;
    this.tell = { changed, settled };
    this.root = nodes.emptyRule();
    this.faults = new Map();
    this.elements = new Map();
    place.hidden = false;
  }

  get isEmpty() {
    return this.root.items.length === 0;
  }

  toForm() {
    return nodes.toForm(this.root);
  }

  load(form, lines) {
    const active = document.activeElement;
    const node = [...this.elements].find(([, element]) => element.contains(active))?.[0];
    const at = node && { pointer: nodes.pointers(this.root).get(node), role: active.dataset.role };
    this.root = form ? nodes.fromForm(form, lines, this.context.facts) : nodes.emptyRule();
    this.faults.clear();
    this.draw();
    if (at && at.pointer !== null) this.focus(nodes.nodeAt(this.root, at.pointer), at.role);
  }

  // Says beside each condition what the server found wrong with it.
  setFaults(errors) {
    this.faults.clear();
    for (const error of errors) {
      const node = nodes.nodeAt(this.root, error.pointer);
      const isIncomplete = error.code in EMPTY;
      const known = this.faults.get(node) ?? [];
      this.faults.set(node, [...known, { isIncomplete, words: EMPTY[error.code] ?? error.message }]);
    }
    this.showFaults();
  }

  showFaults() {
    for (const [node, element] of this.elements) {
      const slot = element.querySelector(":scope > [data-fault]");
      const found = this.faults.get(node) ?? [];
      slot.replaceChildren(
        ...found.map((fault) => h("div", { class: fault.isIncomplete ? "rb-missing" : "rb-fault" }, fault.words)),
      );
      const isWrong = found.some((fault) => !fault.isIncomplete);
      if (node.kind === "group") continue;
      for (const field of element.querySelectorAll(".rb-fields :is(input, select, button)")) {
        if (isWrong) field.setAttribute("aria-invalid", "true");
        else field.removeAttribute("aria-invalid");
        field.setAttribute("aria-describedby", slot.id);
      }
    }
  }

  draw() {
    this.elements.clear();
    this.place.replaceChildren(this.group(this.root, "1"));
    this.showFaults();
  }

  focus(node, role) {
    const element = this.elements.get(node);
    // Of a group its own button, not that of a group or condition inside.
    const own = [...(element?.querySelectorAll(`[data-role="${role}"]`) ?? [])];
    const inner = own.find((one) => one.closest(".rb-leaf, .rb-group") === element);
    (inner ?? element?.querySelector("select, input, button"))?.focus();
  }

  // Draws anew after the tree took another shape, and goes on where the keyboard was.
  reshape(words, node, role) {
    this.draw();
    if (node) this.focus(node, role);
    if (words) announce(words);
    this.tell.changed();
  }

  slot() {
    return h("div", { id: freshId("fault"), data: { fault: "" } });
  }

  item(node, name, group, place) {
    let word = "";
    if (place > 0) word = group.all ? "and" : "or";
    const block = node.kind === "group" ? this.group(node, name) : this.leaf(node, name);
    return h("li", { class: "rb-item" }, h("span", { class: "rb-word-between" }, word), block);
  }

  group(group, name) {
    const isRoot = group === this.root;
    const combine = select(
      [["all", "all of these hold"], ["any", "at least one of these holds"]],
      group.all ? "all" : "any",
      {
        class: "form-select rb-combine",
        "aria-label": `Group ${name} holds when`,
        data: { role: "combine" },
        onchange: () => {
          group.all = combine.value === "all";
          this.reshape(null, group, "combine");
        },
      },
    );
    const head = h(
      "div",
      { class: "rb-head" },
      isRoot ? null : this.notButton(group),
      combine,
      isRoot ? null : this.actions(group, name),
    );
    const items = h(
      "ol",
      { class: "rb-items" },
      group.items.map((node, place) => this.item(node, `${name}.${place + 1}`, group, place)),
    );
    const foot = h(
      "div",
      { class: "btn-list" },
      h("button", { class: "btn btn-sm", type: "button", data: { role: "add" }, onclick: () => this.add(group) }, icon("plus"), " Condition"),
      h("button", { class: "btn btn-sm", type: "button", data: { role: "add-group" }, onclick: () => this.addGroup(group) }, icon("plus"), " Group"),
    );
    const slot = this.slot();
    const hides = isRoot && group.items.length < 2;
    const element = h(
      "div",
      { class: `rb-group${isRoot ? " rb-root" : ""}`, role: "group", "aria-label": isRoot ? "Rule" : `Group ${name}` },
      hides ? null : head,
      items,
      slot,
      foot,
    );
    this.elements.set(group, element);
    return element;
  }

  leaf(node, name) {
    const calls = {
      changed: this.tell.changed,
      settled: this.tell.settled,
      redraw: (role) => this.reshape(null, node, role),
    };
    const { fields, hint, menu = [] } = leafFields(node, this.context, calls);
    const element = h(
      "div",
      { class: "rb-leaf", role: "group", "aria-label": `Condition ${name}: ${leafName(node, this.context)}` },
      h("div", { class: "rb-row" }, this.notButton(node), fields, this.actions(node, name, menu)),
      hint,
      this.slot(),
    );
    this.elements.set(node, element);
    return element;
  }

  notButton(node) {
    const isOn = node.nots > 0;
    return h(
      "button",
      {
        class: `btn btn-sm rb-not${isOn ? " is-on" : ""}`,
        type: "button",
        "aria-pressed": String(isOn),
        data: { role: "not" },
        onclick: () => {
          node.nots = isOn ? node.nots - 1 : 1;
          this.reshape(null, node, "not");
        },
      },
      node.nots > 1 ? "not not" : "not",
    );
  }

  actions(node, name, menu = []) {
    const what = node.kind === "group" ? `group ${name}` : `condition ${name}`;
    const entry = (label, call) =>
      h("li", {}, h("button", { class: "dropdown-item", type: "button", onclick: call }, label));
    const moved = (by) => () => {
      if (nodes.move(this.root, node, by)) this.reshape(`Moved ${what}`, node, "more");
      else announce("It cannot go further");
    };
    return h(
      "span",
      { class: "rb-actions dropdown" },
      h(
        "button",
        {
          class: "btn btn-sm btn-ghost-secondary btn-icon",
          type: "button",
          "aria-label": `More for ${what}`,
          "aria-expanded": "false",
          data: { bsToggle: "dropdown", role: "more" },
        },
        icon("dots-vertical"),
      ),
      h(
        "ul",
        { class: "dropdown-menu dropdown-menu-end" },
        menu.map(([label, call]) => entry(label, call)),
        entry("Move up", moved(-1)),
        entry("Move down", moved(1)),
        node.kind === "group"
          ? entry("Dissolve the group", () => this.reshape("Group dissolved", nodes.unwrap(this.root, node)))
          : null,
        entry("Put in a group", () => this.reshape("Put in a group", nodes.wrap(this.root, node), "add")),
        entry("Duplicate", () => this.reshape("Duplicated", nodes.duplicate(this.root, node))),
      ),
      h(
        "button",
        {
          class: "btn btn-sm btn-ghost-secondary btn-icon",
          type: "button",
          "aria-label": `Remove ${what}`,
          data: { role: "remove" },
          onclick: () => {
            const next = nodes.remove(this.root, node);
            this.reshape(`Removed ${what}`, next, next.kind === "group" ? "add" : "remove");
          },
        },
        icon("x"),
      ),
    );
  }

  async add(group) {
    const picked = await this.context.pick();
    if (!picked) {
      this.focus(group, "add");
      return;
    }
    // The text may have been read meanwhile, and the blocks made anew.
    const place = this.elements.has(group) ? group : this.root;
    const node = picked.node ?? { kind: "leaf", form: newComparison(picked.fact), nots: 0 };
    place.items.push(node);
    this.reshape("Condition added", node, "op");
  }

  addGroup(group) {
    const made = { kind: "group", all: !group.all, items: [], nots: 0 };
    group.items.push(made);
    this.reshape("Group added", made, "add");
  }
}
