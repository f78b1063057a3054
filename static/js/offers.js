// Shows only the terms that the chosen kind of compensation has, under the names that they have
// there, and adds further lines of deliverables. Without it all terms are shown.
"use strict";

const form = document.querySelector("form[data-offer]");
const kinds = JSON.parse(document.getElementById("kinds").textContent);
const chosen = form.querySelector("[name=compensation]");

function show(part, isShown, name) {
  part.hidden = !isShown;
  part.querySelectorAll("input, select, textarea").forEach((input) => {
    // What is hidden is not sent: nobody means what they cannot see.
    input.disabled = !isShown;
  });
  if (isShown && name) part.querySelector("label").textContent = name;
}

function showTerms() {
  const names = kinds[chosen.value] || {};
  const hasMoney = "amount" in names || "product_value" in names;
  form.querySelectorAll("[data-term]").forEach((part) => {
    const term = part.dataset.term;
    if (term === "currency") show(part, hasMoney);
    else if (term === "per") show(part, "amount" in names);
    else show(part, term in names, names[term]);
  });
}

function addLine() {
  const lines = form.querySelector("[data-lines]");
  const total = form.querySelector("[name=deliverables-TOTAL_FORMS]");
  const number = Number(total.value);
  const line = lines.lastElementChild.cloneNode(true);
  line.querySelector("legend").textContent = `Deliverable ${number + 1}`;
  line.querySelectorAll(".invalid-feedback").forEach((error) => error.remove());
  line.querySelectorAll("[id], [for], [name], [aria-describedby]").forEach((element) => {
    for (const name of ["id", "for", "name", "aria-describedby"]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.replace(/deliverables-\d+/, `deliverables-${number}`));
    }
  });
  line.querySelectorAll("input, select").forEach((input) => {
    if (input.name.endsWith("-kind")) return;
    input.value = "";
  });
  lines.append(line);
  total.value = String(number + 1);
  line.querySelector("input").focus();
}

chosen.addEventListener("change", showTerms);
showTerms();
const add = form.querySelector("[data-add-line]");
add.hidden = false;
add.addEventListener("click", addLine);
