"""docs/disclosure.md counts what the packs hold."""

from __future__ import annotations

from pathlib import Path

from campaigns.disclosure import packs
from campaigns.disclosure.packs import Pack
from campaigns.disclosure.vocabulary import Confidence

DOCS = Path(__file__).parents[3] / "docs" / "disclosure.md"


def row(pack: Pack) -> str:
    """The line of the table."""
    labels = {label.datum.key: label for label in pack.labels}.values()
    encoded = sum(bool(label.patterns) or label.native for label in labels)
    orders = [*pack.registration, *pack.contract]
    tests = sum("test" in datum.params for datum in orders)
    goods = [datum for notes in pack.categories.values() for datum in notes]
    bans = sum("ban" in datum.params for datum in goods)
    text = sum(len(notes) for notes in pack.reading.values()) + len(orders) - tests
    data = {datum.key: datum for datum in pack.data}.values()
    unverified = sum(one.confidence is Confidence.GENERAL_KNOWLEDGE for one in data)
    return (
        f"| {pack.key} | {encoded} / {len(labels) - encoded} | {len(pack.placement)} | {tests} "
        f"| {bans} | {len(goods) - bans} | {text} | {unverified} of {len(data)} |"
    )


def test_the_table_counts_what_the_packs_hold() -> None:
    table = DOCS.read_text(encoding="utf-8").splitlines()
    known = packs.standard().jurisdictions
    missing = [line for key in sorted(known) if (line := row(known[key])) not in table]
    assert missing == []
