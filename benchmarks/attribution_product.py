"""`python -m benchmarks.attribution_product FOLDER`: known answers through the whole product.

FOLDER is that of `benchmarks.attribution_reference`. Each of its channels becomes a creator with a
link, each path people who follow these links, and each conversion an order of a throw-away brand.
A worker's errand computes the report; last, first and linear touch and Markov's closed form must be
the published ones, and Shapley's what is divided by hand. It takes place in a server of its own,
which is thrown away.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import django
from django.core.management import call_command
from django.db import connections

from benchmarks.attribution_reference import EXACT, HEURISTICS, rows
from benchmarks.server import postgres

START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
_CHUNK = 5_000
# The published values have up to seven places, and money has two.
SCALE = 1_000_000


def main() -> None:
    """Load, compute, compare."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    with postgres() as url, TemporaryDirectory() as media:
        os.environ["RAPPORT_BENCH_MEDIA"] = media
        os.environ["DATABASE_URL"] = url
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        django.setup()
        call_command("migrate", verbosity=0)
        try:
            off = compare(folder, report_of(folder))
        finally:
            connections.close_all()
    for label, difference in off.items():
        print(f"{label}: off by at most {difference:.1e}")
    if max(off.values()) > EXACT:
        sys.exit(f"An exact answer differs by more than {EXACT}.")


def report_of(folder: Path) -> dict[str, dict[str, tuple[float, float]]]:
    """Conversions and value by model and channel, by a report of the product."""
    from campaigns.models import Click, Conversion, TrackingLink  # noqa: PLC0415
    from crm.models import Brand, Creator, Relationship, TierScheme  # noqa: PLC0415
    from segmentation.services.attribution import requests  # noqa: PLC0415

    scheme = TierScheme.objects.order_by("pk").first()
    brand = Brand.objects.create(
        slug="published-paths", name="Published paths", timezone="UTC", tier_scheme=scheme
    )
    paths = list(rows(folder, "PathData.csv"))
    channels = sorted({one for row in paths for one in row["path"].split(" > ")})
    links: dict[str, Any] = {}
    names: dict[int, str] = {}
    for place, channel in enumerate(channels):
        creator = Creator.objects.create(name=channel)
        names[creator.pk] = channel
        links[channel] = TrackingLink.objects.create(
            brand=brand,
            code=f"path{chr(ord('a') + place % 8)}{2 + place // 8}",
            relationship=Relationship.objects.create(brand=brand, creator=creator),
            target="https://shop.example/",
        )
    clicks: list[Any] = []
    orders: list[Any] = []
    for visitor, (way, value, is_won) in enumerate(people(paths)):
        for step, channel in enumerate(way):
            at = START + timedelta(hours=step)
            clicks.append(
                Click(
                    id=UUID(int=len(clicks) + 1),
                    brand=brand,
                    link=links[channel],
                    at=at,
                    day=at.date(),
                    visitor=visitor,
                )
            )
        if is_won:
            orders.append(
                Conversion(
                    brand=brand,
                    key=str(visitor),
                    at=START + timedelta(hours=len(way)),
                    value=value,
                    currency="EUR",
                    visitor=visitor,
                    source="api",
                )
            )
    Click.objects.bulk_create(clicks, batch_size=_CHUNK)
    Conversion.objects.bulk_create(orders, batch_size=_CHUNK)
    print(f"{len(clicks):,} clicks, {len(orders):,} orders, {len(channels)} creators")
    report = requests.request_report(
        brand=brand,
        campaign=None,
        first_on=START.date(),
        last_on=NOW.date() - timedelta(days=1),
        currency="EUR",
        actor=None,
        at=NOW,
    )
    done = requests.compute(report_id=report.pk, at=NOW)
    if done is None or done.computed_at is None:
        sys.exit(f"The report failed: {done and done.error}")
    return {
        model["model"]: {
            names[one["key"]]: (one["conversions"], one["value"]) for one in model["credits"]
        }
        for model in done.found["models"]
    }


def people(paths: list[dict[str, str]]) -> Iterator[tuple[list[str], Decimal | None, bool]]:
    """Everybody who went a path: the way, what they paid, and whether they converted.

    The value of a path is told for all who converted: the first of them pays what the others leave.
    """
    for row in paths:
        way, number = row["path"].split(" > "), int(float(row["total_conversions"]))
        total = Decimal(row["total_conversion_value"]) * SCALE
        if number:
            each = (total / number).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
            yield way, total - each * (number - 1), True
            for _ in range(number - 1):
                yield way, each, True
        for _ in range(int(float(row["total_null"]))):
            yield way, None, False


def compare(folder: Path, found: dict[str, dict[str, tuple[float, float]]]) -> dict[str, float]:
    """How far each answer is from the published one."""
    off = {}
    for name in HEURISTICS:
        model = "linear" if name == "linear_touch" else name
        differences = []
        for row in rows(folder, "expected_heuristic_*.csv"):
            conversions, value = found[model][row["channel_name"]]
            differences += [
                abs(conversions - float(row[f"{name}_conversions"])),
                abs(value / SCALE - float(row[f"{name}_value"])),
            ]
        off[name] = max(differences)
    off["markov, closed form"] = max(
        abs(found["markov"][row["channel"]][0] - float(row["total_conversion"]))
        for row in rows(folder, "expected_markov_order1_exact_*.csv")
    )
    off["shapley, by hand"] = max(
        max(
            abs(found["shapley"][channel][0] - won),
            abs(found["shapley"][channel][1] / SCALE - paid),
        )
        for channel, (won, paid) in divided(folder).items()
    )
    return off


def divided(folder: Path) -> dict[str, tuple[float, float]]:
    """Conversions and value of each channel where each path pays the different ones on it evenly.

    Nobody published Shapley's values of these paths; that they are this is proven in
    docs/attribution.md, and by their definition in tests/campaigns/attribution.
    """
    sums: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in rows(folder, "PathData.csv"):
        met = set(row["path"].split(" > "))
        for channel in met:
            sums[channel][0] += float(row["total_conversions"]) / len(met)
            sums[channel][1] += float(row["total_conversion_value"]) / len(met)
    return {channel: (won, paid) for channel, (won, paid) in sums.items()}


if __name__ == "__main__":
    main()
