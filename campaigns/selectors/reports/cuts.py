"""The figures of a group of creators: of all, of a segment, a tier or a platform.

A cost counts for what was published with it: a cost per engagement is that of the creators whose
cost is known and of all of whose publications the engagements are known; nobody else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean

from campaigns.selectors.reports.figures import Figure
from campaigns.selectors.reports.sources import Partner, Piece
from campaigns.services.objectives import Unit

Count = Callable[[Piece], int | None]


@dataclass(frozen=True)
class Part:
    """What a creator has in a group: some of their pieces, and their part of the cost."""

    partner: Partner
    pieces: Sequence[Piece]
    cost: Decimal | None

    @property
    def published(self) -> list[Piece]:
        """What can be seen of it."""
        return [piece for piece in self.pieces if piece.is_published]


@dataclass(frozen=True)
class Group:
    """Creators that belong together in a cut."""

    key: str
    name: str
    parts: Sequence[Part]


def whole(partners: Iterable[Partner]) -> Group:
    """Everybody who is in."""
    return Group("all", "All", [_all_of(partner) for partner in partners])


def by_segment(partners: Iterable[Partner]) -> list[Group]:
    """By the segment that they were taken from."""
    return _by(partners, lambda one: (one.segment, one.segment), "Not from a segment")


def by_tier(partners: Iterable[Partner]) -> list[Group]:
    """By the tier that they were in when they were put on the list."""
    return _by(partners, lambda one: (one.tier, one.tier_name), "Tier not known")


def by_platform(partners: Iterable[Partner]) -> list[Group]:
    """By platform; a creator's cost is spread evenly over their pieces."""
    parts: dict[str, list[Part]] = defaultdict(list)
    names = {"": "No piece planned"}
    for partner in partners:
        if not partner.pieces:
            parts[""].append(_all_of(partner))
        on: dict[str, list[Piece]] = defaultdict(list)
        for piece in partner.pieces:
            on[piece.platform].append(piece)
            names[piece.platform] = piece.platform_name
        for platform, those in on.items():
            share = None
            if partner.cost is not None:
                share = partner.cost * len(those) / len(partner.pieces)
            parts[platform].append(Part(partner, those, share))
    return [
        Group(key, names[key], those)
        for key, those in sorted(parts.items(), key=lambda one: (not one[0], names[one[0]]))
    ]


def figures_of(group: Group, currency: str, prefix: str) -> list[Figure]:
    """All figures of a group, in the order of a row."""
    parts = group.parts
    pieces = [piece for part in parts for piece in part.pieces]
    published = [piece for piece in pieces if piece.is_published]
    return [
        Figure(
            f"{prefix}:creators", "Creators", Unit.COUNT, len(parts), len(parts), len(parts),
            "creators", "creators who are in the campaign and have not left it",
            source="the campaign's board",
        ),
        Figure(
            f"{prefix}:live", "Live", Unit.COUNT, sum(bool(part.published) for part in parts),
            len(parts), len(parts), "creators", "creators of whom something is published",
            source="publications",
        ),
        Figure(
            f"{prefix}:published", "Published", Unit.COUNT, len(published), len(pieces),
            len(pieces), "pieces", "pieces that are published, of all that are not called off",
            source="publications",
            inputs=[
                ("Pieces planned", f"{len(pieces):,}"),
                ("With a post that an import brought", _some(published, lambda one: one.has_post)),
                ("Seen by an import or a capture", _some(published, lambda one: one.is_seen)),
                ("Gone since", _some(published, lambda one: one.is_gone)),
            ],
        ),
        sum_of(f"{prefix}:reach", "Reach", published, lambda one: one.reach, "reach"),
        sum_of(f"{prefix}:impressions", "Impressions", published, lambda one: one.impressions,
             "impressions"),
        sum_of(f"{prefix}:views", "Views", published, lambda one: one.views, "views"),
        sum_of(f"{prefix}:engagements", "Engagements", published, lambda one: one.engagements,
             "likes + comments + saves + shares that are known"),
        rate_of(f"{prefix}:engagement_rate", published),
        _cost(f"{prefix}:cost", parts, currency),
        cost_per(f"{prefix}:cpm", "Cost per 1,000 impressions", parts,
                 lambda one: one.impressions, things="impressions", each=1_000, currency=currency),
        cost_per(f"{prefix}:cost_per_reach", "Cost per 1,000 reached", parts,
                 lambda one: one.reach, things="reach", each=1_000, currency=currency),
        cost_per(f"{prefix}:cpe", "Cost per engagement", parts,
                 lambda one: one.engagements, things="engagements", each=1, currency=currency),
    ]  # fmt: skip


def rate_of(key: str, published: Sequence[Piece]) -> Figure:
    """The mean engagement rate over posts."""
    rates = [rate for piece in published if (rate := piece.rate) is not None]
    return Figure(
        key,
        "Engagement rate",
        Unit.PERCENT,
        100 * fmean(rates) if rates else None,
        len(rates),
        len(published),
        "publications",
        "(likes + comments + saves + shares that are known) / followers when it was published, "
        "mean over posts; version 1",
        absent="" if rates else _nothing(published, "engagements and followers"),
        inputs=[("Posts with a rate", f"{len(rates):,} of {len(published):,}")],
    )


def cost_per(
    key: str,
    label: str,
    parts: Sequence[Part],
    count: Count,
    *,
    things: str,
    each: int,
    currency: str,
) -> Figure:
    """What so many of something cost, over creators of whom both are known entirely."""
    live = [part for part in parts if part.published]
    cost, total, known = Decimal(0), 0, 0
    for part in live:
        counts = [count(piece) for piece in part.published]
        if part.cost is None or not part.partner.is_bound or None in counts:
            continue
        known += 1
        cost += part.cost
        total += sum(one for one in counts if one is not None)
    value = cost * each / total if total else None
    absent = ""
    if not live:
        absent = "Nothing is published yet."
    elif not known:
        absent = f"Of no creator are both the cost and all {things} known."
    elif not total:
        absent = f"The {things} that are known add up to 0."
    return Figure(
        key,
        label,
        Unit.MONEY,
        value,
        known,
        len(live),
        "creators who are live",
        f"{f'{each:,} x ' if each > 1 else ''}agreed cost / {things}, over creators whose cost and "
        f"all of whose {things} are known; version 1",
        source="agreed costs and posts of imports",
        currency=currency,
        absent=absent,
        inputs=[
            ("Cost of these creators", f"{cost:,.2f} {currency}"),
            (f"Their {things}", f"{total:,}"),
            ("Creators left out", f"{len(live) - known:,}"),
        ],
    )


def _all_of(partner: Partner) -> Part:
    return Part(partner, partner.pieces, partner.cost)


def _by(
    partners: Iterable[Partner], named: Callable[[Partner], tuple[str, str]], none: str
) -> list[Group]:
    """By a key with its name; who has none comes last."""
    parts: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for partner in partners:
        parts[named(partner)].append(_all_of(partner))
    return [
        Group(key, name or none, those)
        for (key, name), those in sorted(parts.items(), key=lambda one: (not one[0][0], one[0]))
    ]


def sum_of(key: str, label: str, published: Sequence[Piece], count: Count, what: str) -> Figure:
    """How many of something there were together, where publications tell it."""
    known = [value for piece in published if (value := count(piece)) is not None]
    return Figure(
        key,
        label,
        Unit.COUNT,
        sum(known) if known else None,
        len(known),
        len(published),
        "publications",
        f"sum of {what} over publications; people whom several reach count several times"
        if key.endswith(":reach")
        else f"sum of {what} over publications",
        absent="" if known else _nothing(published, what),
        is_sum=True,
    )


def _cost(key: str, parts: Sequence[Part], currency: str) -> Figure:
    bound = [part for part in parts if part.partner.is_bound]
    known = [part.cost for part in bound if part.cost is not None]
    return Figure(
        key,
        "Cost",
        Unit.MONEY,
        sum(known, Decimal(0)) if known else None,
        len(known),
        len(bound),
        "creators under contract",
        "sum of what was agreed with creators under contract",
        source="agreed costs",
        currency=currency,
        absent="" if known else "No creator is under contract.",
        is_sum=True,
    )


def _nothing(published: Sequence[Piece], what: str) -> str:
    if not published:
        return "Nothing is published yet."
    return f"No import has brought {what} of these publications."


def _some(pieces: Sequence[Piece], test: Callable[[Piece], bool]) -> str:
    return f"{sum(test(piece) for piece in pieces):,} of {len(pieces):,}"
