"""A file of search words, as tools for search hand them out: all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction

from campaigns.choices import SearchIntent, WordLanguage
from campaigns.models import KeywordList
from campaigns.services.keywords.keeping import KeywordsRefused, Searched, create_list
from crm.importers.numbers import BadValue, is_missing, parse_count
from crm.importers.tables import Line, TableRefused, read_table
from crm.models import Brand, User

# The headings that exports have, in small letters.
COLUMNS: Mapping[str, Sequence[str]] = {
    "query": ("query", "keyword", "search term", "top queries", "phrase", "words"),
    "volume": ("volume", "search volume", "avg. monthly searches", "monthly searches", "searches"),
    "intent": ("intent", "intents", "search intent"),
}
# Tools also write the first letter, and several intents with the main one first.
_INTENTS = {one.value: one for one in SearchIntent} | {one.value[0]: one for one in SearchIntent}


@transaction.atomic
def import_list(
    *,
    brand: Brand,
    name: str,
    language: WordLanguage,
    upload: File[Any],
    actor: User | None,
    at: datetime,
) -> KeywordList:
    """Make a list of a file. Raises TableRefused with every fault, and KeywordsRefused."""
    lines = read_table(upload, COLUMNS, required=("query",))
    words, faults = [], []
    for line in lines:
        try:
            words.append(_searched(line))
        except BadValue as wrong:
            faults.append(f"Line {line.number}: {wrong}")
    if faults:
        raise TableRefused(faults)
    try:
        return create_list(
            brand=brand,
            name=name,
            language=language,
            words=words,
            actor=actor,
            at=at,
            file_name=upload.name or "keywords",
        )
    except KeywordsRefused as refusal:
        if refusal.place is None:
            raise
        raise TableRefused([f"Line {lines[refusal.place].number}: {refusal}"]) from None


def _searched(line: Line) -> Searched:
    return Searched(
        query=str(line.cells.get("query") or "").strip(),
        volume=parse_count(line.cells.get("volume")),
        intent=_intent(line.cells.get("intent")),
    )


def _intent(cell: object) -> str:
    if is_missing(cell):
        return ""
    first = str(cell).split(",")[0].strip().lower()
    if first not in _INTENTS:
        known = ", ".join(SearchIntent.values)
        raise BadValue("unknown_intent", f"“{str(cell)[:40]}” is no intent: {known}.")
    return _INTENTS[first].value
