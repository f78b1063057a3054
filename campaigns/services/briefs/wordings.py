"""Which labels of the disclosure packs a brief can prescribe, with where each was read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from campaigns.disclosure import packs
from campaigns.disclosure.packs import Label
from campaigns.disclosure.vocabulary import Standing
from campaigns.disclosure.wordings import BRAND, NAMED_BRAND
from campaigns.services.briefs.document import Wording

# What the union's own pack says of labels describes those of its members.
_DESCRIBES = frozenset({"EU"})
UNCHECKED = "general knowledge, not found in a source"
# What packs write where a source has no date.
UNDATED = "n.d."


def offered(jurisdictions: Iterable[str], *, brand: str, on: date) -> Sequence[Wording]:
    """The labels that the packs of these jurisdictions accept.

    Labels of a platform's own tool are left out: they are set there, not written.
    """
    known = packs.standard()
    return [
        _wording(key, label, brand)
        for key in known.resolve(jurisdictions)
        if key in known.jurisdictions and key not in _DESCRIBES
        for label in known.jurisdictions[key].labels
        if label.standing is Standing.ACCEPTED and not label.native and label.holds(on)
    ]


def chosen(keys: Iterable[str], among: Iterable[Wording]) -> tuple[Wording, ...]:
    """Those of the labels that were ticked, in their order."""
    wanted = set(keys)
    return tuple(wording for wording in among if wording.key in wanted)


def _wording(jurisdiction: str, label: Label, brand: str) -> Wording:
    source = label.datum.sources[0] if label.datum.sources else None
    text = label.text.replace(NAMED_BRAND, brand).replace(BRAND, brand)
    note = label.datum.note if label.datum.note != label.text else ""
    language = label.language or ""
    return Wording(
        key=f"{label.datum.key}:{language}" if language else label.datum.key,
        jurisdiction=jurisdiction,
        language=language,
        text=text,
        note=note,
        source=source.name if source else UNCHECKED,
        url=source.url if source else "",
        read=str(source.date) if source and source.date != UNDATED else "",
    )
