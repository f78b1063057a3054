// "@" in a note or a task offers the brand's people: arrows choose, Enter or Tab takes, Escape closes.
let people = null;
const fetched = () => {
  people ||= fetch(`/${document.body.dataset.brand}/people/`, { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : { people: [] }))
    .then((found) => found.people);
  return people;
};

let box = null;
const close = () => {
  if (!box) return;
  box.field.removeAttribute("aria-activedescendant");
  box.field.removeAttribute("aria-controls");
  box.list.remove();
  box = null;
};

const choose = (person) => {
  const { field, start } = box;
  const caret = field.selectionStart;
  field.setRangeText(`@${person.handle} `, start, caret, "end");
  close();
  field.focus();
};

const mark = (at) => {
  box.at = (at + box.found.length) % box.found.length;
  [...box.list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === box.at)));
  [...box.list.children].forEach((item, number) => item.classList.toggle("active", number === box.at));
  box.field.setAttribute("aria-activedescendant", `mention-${box.at}`);
};

const TYPED = /(?:^|[\s(])@([\w.+-]*)$/;
const before = (field) => field.value.slice(0, field.selectionStart);
const offer = async (field) => {
  if (!TYPED.test(before(field))) return close();
  const everybody = await fetched();
  // What was typed while the people were on their way counts.
  const typed = TYPED.exec(before(field));
  if (!typed) return close();
  const wanted = typed[1].toLowerCase();
  const found = everybody
    .filter(({ handle, name }) => handle.startsWith(wanted) || name.toLowerCase().split(" ").some((part) => part.startsWith(wanted)))
    .slice(0, 6);
  close();
  if (!found.length || document.activeElement !== field) return;
  const list = document.createElement("ul");
  list.id = "mentions";
  list.className = "list-group mentions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People");
  found.forEach((person, number) => {
    const item = document.createElement("li");
    item.id = `mention-${number}`;
    item.className = "list-group-item list-group-item-action py-1";
    item.setAttribute("role", "option");
    item.textContent = `${person.name} (@${person.handle})`;
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      choose(person);
    });
    list.append(item);
  });
  field.insertAdjacentElement("afterend", list);
  field.setAttribute("aria-controls", "mentions");
  box = { field, list, found, start: field.selectionStart - typed[1].length - 1, at: 0 };
  mark(0);
  document.getElementById("announce").textContent = `${found.length} ${found.length === 1 ? "person" : "people"}, arrows choose`;
};

document.addEventListener("input", ({ target }) => {
  if (target.matches?.("[data-mentions]")) offer(target);
});
document.addEventListener("focusout", ({ target }) => {
  if (box?.field === target) close();
});
document.addEventListener("keydown", (event) => {
  if (!box || event.target !== box.field) return;
  if (event.key === "ArrowDown") mark(box.at + 1);
  else if (event.key === "ArrowUp") mark(box.at - 1);
  else if (event.key === "Enter" || event.key === "Tab") choose(box.found[box.at]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
});
