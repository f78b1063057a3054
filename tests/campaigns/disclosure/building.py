"""Cases in a word: a post with a paid connection on file, unless the test says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from campaigns.disclosure import packs
from campaigns.disclosure.case import Advertiser, Case, Connection
from campaigns.disclosure.check import check
from campaigns.disclosure.finding import Finding, Item, JurisdictionFinding
from campaigns.disclosure.vocabulary import Format

TODAY = date(2026, 11, 22)
ACME = Advertiser("Acme", ("acme.shop",))


def found(
    text: str | None,
    jurisdictions: str = "US",
    *,
    connections: Sequence[str | Connection] | None = ("payment",),
    at: date = TODAY,
    platform: str = "instagram",
    format: Format = Format.POST,  # noqa: A002 - the field's name
    **more: Any,
) -> Finding:
    """What the standard packs make of the text; jurisdictions as "US DK"."""
    on_file = (
        None
        if connections is None
        else tuple(Connection(one) if isinstance(one, str) else one for one in connections)
    )
    case = Case(
        platform=platform,
        format=format,
        jurisdictions=tuple(jurisdictions.split()),
        text=text,
        connections=on_file,
        **more,
    )
    return check(case, packs.standard(), at)


def of(finding: Finding, jurisdiction: str) -> JurisdictionFinding:
    """The part of that jurisdiction."""
    return next(one for one in finding.per_jurisdiction if one.key == jurisdiction)


def item(finding: Finding, key: str) -> Item:
    """The line of the checklist with that key."""
    jurisdiction = of(finding, key.partition(".")[0])
    return next(one for one in jurisdiction.items if one.key == key)
