"""How the text of a policy is shown: headings, lists and paragraphs, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def laid_out(text: str) -> SafeString:
    """Lines with # are headings, lines with - a list; an empty line ends a paragraph."""
    return mark_safe("".join(_blocks(text)))  # noqa: S308 - each block is escaped


def _blocks(text: str) -> Iterator[SafeString]:
    for part in text.split("\n\n"):
        for kind, some in groupby(part.strip().splitlines(), _kind):
            lines = list(some)
            if kind == "#":
                yield format_html_join(
                    "", '<h2 class="h3">{}</h2>', ((line.lstrip("# "),) for line in lines)
                )
            elif kind == "-":
                items = format_html_join(
                    "", "<li>{}</li>", ((line.lstrip("-* "),) for line in lines)
                )
                yield format_html("<ul>{}</ul>", items)
            else:
                yield format_html('<p class="prose">{}</p>', "\n".join(lines))


def _kind(line: str) -> str:
    start = line.lstrip()
    if start.startswith("#"):
        return "#"
    return "-" if start.startswith(("- ", "* ")) else ""
