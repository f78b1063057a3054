// Words that are selected in a draft are what the next remark is about; a click on marked words
// goes to their remark.
"use strict";

const text = document.querySelector("[data-draft-text]");
const remark = document.querySelector("form[data-remark-form]");
// The server counts characters, a browser counts half of some of them.
const length = (words) => [...words].length;

if (text && remark) {
  const quote = remark.querySelector("[name=quote]");
  const start = remark.querySelector("[name=start]");
  document.addEventListener("selectionchange", () => {
    const selected = document.getSelection();
    if (!selected.rangeCount || selected.isCollapsed) return;
    const range = selected.getRangeAt(0);
    if (!text.contains(range.commonAncestorContainer)) return;
    const before = document.createRange();
    before.selectNodeContents(text);
    before.setEnd(range.startContainer, range.startOffset);
    quote.value = range.toString();
    start.value = length(before.toString());
  });
  quote.addEventListener("input", () => {
    start.value = "";
  });
}

document.addEventListener("click", ({ target }) => {
  const mark = target.closest?.("mark[data-remark]");
  if (mark && document.getSelection().isCollapsed) location.hash = `remark-${mark.dataset.remark}`;
});
