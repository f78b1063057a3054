"""The words of an HTML mail. Nothing of its markup survives, and nothing is fetched."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SKIPPED = {"head", "script", "style", "title", "template", "noscript", "svg", "object"}
_BLOCKS = {
    "address", "article", "blockquote", "div", "dl", "dt", "dd", "footer", "form", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table",
    "td", "th", "tr", "ul",
}  # fmt: skip
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote"}


def text_of(html: str) -> str:
    """The text of `html`: paragraphs apart, quotations with ">", links with their address."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = "".join(reader.pieces).split("\n")
    tidy = "\n".join(" ".join(line.split()) for line in lines)
    return re.sub(r"\n{3,}", "\n\n", tidy).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._skipping = 0
        self._quoting = 0
        self._link = ""
        self._link_text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self._skipping += 1
            return
        given = dict(attrs)
        if tag == "br":
            self._break()
        elif tag in _BLOCKS:
            self._quoting += tag == "blockquote"
            self._break()
            if tag == "li":
                self._say("- ")
        elif tag == "a":
            href = (given.get("href") or "").strip()
            self._link = href if href.startswith(("http://", "https://")) else ""
            self._link_text = ""
        elif tag == "img":
            self._say(given.get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED:
            self._skipping = max(0, self._skipping - 1)
        elif tag == "a":
            if self._link and self._link.rstrip("/") not in self._link_text:
                self._say(f" ({self._link})")
            self._link = ""
        elif tag in _BLOCKS:
            if tag == "blockquote":
                self._quoting = max(0, self._quoting - 1)
            self._break()
            if tag in _PARAGRAPHS:
                self._break()

    def handle_data(self, data: str) -> None:
        if self._link:
            self._link_text += data
        self._say(re.sub(r"\s+", " ", data))

    def _say(self, text: str) -> None:
        if not self._skipping:
            self.pieces.append(text)

    def _break(self) -> None:
        if not self._skipping:
            self.pieces.append("\n" + "> " * min(self._quoting, 5))
