// Adds further lines to forms that have several of a kind. Without it there is one empty line each.
"use strict";

function addLine(prefix) {
  const lines = document.querySelector(`[data-lines="${prefix}"]`);
  const total = document.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
  const number = Number(total.value);
  const line = lines.lastElementChild.cloneNode(true);
  line.querySelector("legend").textContent = `${lines.dataset.one} ${number + 1}`;
  line.querySelectorAll(".invalid-feedback").forEach((error) => error.remove());
  line.querySelectorAll("[id], [for], [name], [aria-describedby]").forEach((element) => {
    for (const name of ["id", "for", "name", "aria-describedby"]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.replace(/-\d+-/, `-${number}-`));
    }
  });
  line.querySelectorAll("input, select, textarea").forEach((input) => {
    if (input.type === "checkbox") input.checked = false;
    else input.value = "";
  });
  lines.append(line);
  total.value = String(number + 1);
  line.querySelector("input, select, textarea").focus();
}

document.querySelectorAll("[data-add-line]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => addLine(button.dataset.addLine));
});
