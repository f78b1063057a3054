// Small helpers for building the page.

let last = 0;
export const freshId = (name) => `${name}-${++last}`;

// An element with attributes, listeners (onclick: ...), dataset (data: {...}) and children.
export const h = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "data") Object.assign(element.dataset, value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
};

export const icon = (name) => {
  const sprite = document.getElementById("builder").dataset.icons;
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
};

export const select = (options, chosen, attributes = {}) =>
  h(
    "select",
    { class: "form-select", ...attributes },
    options.map(([value, label]) => {
      const option = new Option(label, value);
      option.selected = String(value) === String(chosen);
      return option;
    }),
  );

export const announce = (words) => {
  document.getElementById("announce").textContent = words;
};

export const later = (milliseconds, call) => {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(call, milliseconds, ...given);
  };
};
