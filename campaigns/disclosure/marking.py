"""What is marked in the text: wordings with their standing, denials, lookalikes, signals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from campaigns.disclosure.finding import Conflict, Mark, Match
from campaigns.disclosure.folds import edges_of, seen_at_once
from campaigns.disclosure.labels import CAPTION, Candidate, Seen, Surface
from campaigns.disclosure.matcher import Hit, cluster_of
from campaigns.disclosure.packs import Platform
from campaigns.disclosure.vocabulary import Result

GIFTS = frozenset({"gift_unsolicited", "free_product"})
SAYS_GIFT = frozenset({"#gifted", "gifted", "#gift", "#giftedproduct"})


def conflicts(seen: Seen) -> Iterator[Conflict]:
    """Where text and record contradict each other."""
    connections = seen.case.connections
    denied = seen.denied
    kinds = {one.kind for one in connections or ()}
    if denied and connections:
        yield Conflict(
            "denied_with_connection", f"The post says {denied[0]!r}, but a connection is on file."
        )
    if connections == () and seen.speaks_of_advertising:
        yield Conflict(
            "label_without_connection", "The post is labelled, but no connection is on file."
        )
    if connections == () and seen.case.platform_tool:
        yield Conflict(
            "tool_without_connection", "The platform's label is on, but no connection is on file."
        )
    says_gift = {hit.pattern for surface in seen.surfaces for hit in surface.hits} & SAYS_GIFT
    if says_gift and kinds and not kinds & GIFTS:
        yield Conflict(
            "gift_without_gift",
            "The post speaks of a gift, but what is on file is another connection.",
        )


def matches(
    seen: Seen, platform: Platform, found: Mapping[str, Sequence[Candidate]]
) -> Iterator[Match]:
    """Every wording that was found, as each jurisdiction looks at it."""
    by_hit: dict[tuple[str, Hit], dict[str, Candidate]] = {}
    for key, some in found.items():
        for one in some:
            if one.surface is not None and one.hit is not None:
                by_hit.setdefault((one.surface.name, one.hit), {})[key] = one
    for surface in seen.surfaces:
        for hit in surface.hits:
            views = by_hit.get((surface.name, hit), {})
            yield _match(surface, hit, views, platform, seen.cut)


def _match(
    surface: Surface,
    hit: Hit,
    views: Mapping[str, Candidate],
    platform: Platform,
    cut: int | None,
) -> Match:
    text = surface.text
    start, end = text.place(hit.start), text.end_place(hit.end)
    before: bool | None = None
    if surface.kind == CAPTION and (edges_of(platform) or cut is not None):
        result = seen_at_once(text, hit, platform, cut=cut).result
        before = {Result.PASS: True, Result.FAIL: False}.get(result)
    cluster = cluster_of(text, hit)
    return Match(
        surface=surface.name,
        text=text.raw[start:end],
        pattern=hit.pattern,
        form=hit.form.value,
        start=start,
        end=end,
        visible_start=text.visible_before(start),
        visible_end=text.visible_before(end),
        line=text.line_of(start),
        before_fold=before,
        cluster_size=cluster.size,
        cluster_position=cluster.position,
        brand=hit.brand,
        denied_by=hit.denied_by,
        standing={key: one.standing.value for key, one in views.items()},
        reasons={key: one.reason for key, one in views.items()},
    )


def marks(seen: Seen) -> Iterator[Mark]:
    """Denials, lookalikes, and what sellers write."""
    for surface in seen.surfaces:
        text, name = surface.text, surface.name
        for hit in surface.denials:
            start, end = text.place(hit.start), text.end_place(hit.end)
            yield Mark(
                name,
                "denial",
                text.raw[start:end],
                start,
                end,
                "The post says that it is no advertising.",
            )
        for alike in surface.lookalikes:
            yield Mark(name, "lookalike", alike.text, alike.start, alike.end, alike.reason)
        for kind, found in (
            ("signal", surface.signals),
            ("affiliate", surface.affiliate),
        ):
            for signal in found:
                start, end = text.place(signal.start), text.end_place(signal.end)
                yield Mark(name, kind, text.raw[start:end], start, end, signal.words)
