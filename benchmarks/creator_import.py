"""Import of creator rows: plain SQL over clean rows, the product, bulk_create, and an ORM loop.

All leave the same creators, accounts, numbers, addresses, niches, relationships, stages and
metrics. Only the product reads numbers as people write them, names line and column of each bad row,
shows a dry run first and keeps what it takes to undo.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Sum

from benchmarks import floor_import
from benchmarks.creator_files import BAD_EVERY, CreatorFiles, write_creator_files
from benchmarks.measure import Contender, Table, measure
from crm.choices import Stage
from crm.models import (
    Brand,
    ContactPoint,
    Creator,
    CreatorMetrics,
    CreatorNiche,
    ImportBatch,
    ImportReject,
    MetricSnapshot,
    Niche,
    Profile,
    Relationship,
    StageChange,
)
from crm.services import brands
from crm.services.imports import batches, running

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
INSTAGRAM = 1
LOOP_ROWS = 5_000
BULK_ROWS = 20_000
# What counts as the same result, in tables.
RESULT = (
    Creator,
    Profile,
    MetricSnapshot,
    ContactPoint,
    CreatorNiche,
    Relationship,
    StageChange,
    CreatorMetrics,
)


def run(*, rows: int, repetitions: int) -> tuple[Sequence[Table], Mapping[str, object]]:
    """Measure; returns the tables and the sizes."""
    brand = brands.create_brand(slug="bench", name="Bench", at=AS_OF)
    with tempfile.TemporaryDirectory() as folder:
        files = write_creator_files(Path(folder), rows=rows)
        looped, bulked = min(LOOP_ROWS, rows), min(BULK_ROWS, rows)
        product = Product(brand, files.raw)
        contenders = [
            Contender(
                "floor: COPY of clean rows, INSERT .. SELECT",
                lambda: floor_import.load(files.clean, brand=brand, at=AS_OF),
                prepare=empty_tables,
                check=lambda: assert_loaded(files.good),
            ),
            Contender(
                "product: dry run",
                product.check,
                prepare=product.start_afresh,
                check=lambda: assert_loaded(0),
            ),
            Contender("product: apply", product.apply, check=lambda: product.assert_applied(files)),
            Contender(
                "product: the same file again, nothing changes",
                product.apply,
                prepare=product.start,
                check=lambda: product.assert_unchanged(files),
            ),
            Contender(
                "bulk_create in batches of 5,000",
                lambda: load_in_bulk(files, brand=brand, rows=bulked),
                prepare=empty_tables,
                share=bulked / rows,
                check=lambda: assert_loaded(good(bulked)),
            ),
            Contender(
                "ORM loop, get_or_create for each row",
                lambda: load_in_loop(files, brand=brand, rows=looped),
                prepare=empty_tables,
                share=looped / rows,
                repetitions=1,
                check=lambda: assert_loaded(good(looped)),
            ),
        ]
        table = measure("import", contenders, repetitions=repetitions)
    return [table], {"rows": f"{rows:,}", "of which bad": f"{rows - files.good:,}"}


class Product:
    """The import as the task behind the pages runs it, on a file that lies on this disk."""

    def __init__(self, brand: Brand, path: Path) -> None:
        self.brand, self.path, self.batch_id = brand, path, 0

    def start(self) -> None:
        """A new import with the mapping that the product proposes for the headings."""
        wishes = batches.Wishes(platform="instagram", captured_on=AS_OF.date())
        batch = batches.start(
            brand=self.brand,
            actor=None,
            path=self.path,
            file_name=self.path.name,
            wishes=wishes,
            at=AS_OF,
        )
        self.batch_id = batch.pk

    def start_afresh(self) -> None:
        """As `start`, with nothing imported before."""
        empty_tables()
        self.start()

    def check(self) -> None:
        """The dry run."""
        running.check_import(batch_id=self.batch_id, at=AS_OF, path=self.path)

    def apply(self) -> None:
        """The import itself."""
        running.apply_import(batch_id=self.batch_id, actor=None, at=AS_OF, path=self.path)

    def assert_applied(self, files: CreatorFiles) -> None:
        """Each good row is there with the numbers of the clean file, and each bad one is named."""
        assert_loaded(files.good)
        counts = ImportBatch.objects.get(pk=self.batch_id).counts
        assert counts["creators_new"] == files.good, counts
        rejects = ImportReject.objects.filter(batch=self.batch_id)
        assert rejects.count() == files.rows - files.good
        assert Profile.objects.aggregate(sum=Sum("followers"))["sum"] == files.followers

    def assert_unchanged(self, files: CreatorFiles) -> None:
        """Nothing was written a second time."""
        assert_loaded(files.good)
        counts = ImportBatch.objects.get(pk=self.batch_id).counts
        assert counts["unchanged"] == files.good, counts


def good(rows: int) -> int:
    """How many of the first `rows` rows can be taken."""
    return rows - rows // BAD_EVERY


def empty_tables() -> None:
    """Nothing imported yet, and no dirty pages left over from the contender before."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE crm_creator, crm_niche, crm_importbatch RESTART IDENTITY CASCADE")
        cursor.execute("DELETE FROM crm_stagecount")
        cursor.execute("CHECKPOINT")


def assert_loaded(rows: int) -> None:
    """Every table of the result has one row for each good row."""
    counts = {model.__name__: model.objects.count() for model in RESULT}
    assert set(counts.values()) == {rows}, f"not {rows} rows each: {counts}"


def as_read(files: CreatorFiles, rows: int) -> Iterator[dict[str, str]]:
    """The first rows of the raw file."""
    with files.raw.open(encoding="utf-8", newline="") as file:
        yield from islice(csv.DictReader(file), rows)


def followers_of(text: str) -> int | None:
    """The least that a baseline must read: "12,345", "12.3K", "12345"; None for anything else."""
    plain = text.replace(",", "")
    try:
        return round(float(plain[:-1]) * 1_000) if plain.endswith("K") else int(plain)
    except ValueError:
        return None


@transaction.atomic
def load_in_loop(files: CreatorFiles, *, brand: Brand, rows: int) -> None:
    """What one writes first: look up or make each record of a row, row by row."""
    for row in as_read(files, rows):
        followers = followers_of(row["Followers"])
        if followers is None:
            continue
        handle = row["Instagram handle"].removeprefix("@").lower()
        rate = float(row["Engagement rate"].rstrip("%")) / 100
        profile = Profile.objects.filter(platform_id="instagram", handle=handle).first()
        if profile is None:
            creator = Creator.objects.create(name=row["Name"], country=row["Country"])
            profile = Profile(platform_id="instagram", handle=handle, creator=creator)
        profile.followers, profile.engagement_rate, profile.metrics_at = followers, rate, AS_OF
        profile.save()
        creator = profile.creator
        MetricSnapshot.objects.get_or_create(
            profile=profile,
            captured_at=AS_OF,
            source="vendor",
            defaults={"followers": followers, "engagement_rate": rate},
        )
        ContactPoint.objects.get_or_create(
            brand=brand, kind="email", value=row["E-mail"].lower(), defaults={"creator": creator}
        )
        niche, _ = Niche.objects.get_or_create(
            key=row["Niche"].lower(), defaults={"label": row["Niche"]}
        )
        CreatorNiche.objects.get_or_create(creator=creator, niche=niche)
        relationship, is_new = Relationship.objects.get_or_create(
            brand=brand, creator=creator, defaults={"since": AS_OF, "stage_since": AS_OF}
        )
        if is_new:
            StageChange.objects.create(
                relationship=relationship, stage=Stage.PROSPECT, entered_at=AS_OF
            )
        CreatorMetrics.objects.update_or_create(
            creator=creator, defaults=metrics_of(handle, followers, rate)
        )


@transaction.atomic
def load_in_bulk(files: CreatorFiles, *, brand: Brand, rows: int) -> None:
    """What one writes next: the same with bulk_create, 5,000 rows at a time."""
    niches: dict[str, Niche] = {}
    lines = as_read(files, rows)
    while batch := list(islice(lines, 5_000)):
        _one_batch(batch, brand, niches)


def _one_batch(lines: Sequence[Mapping[str, str]], brand: Brand, niches: dict[str, Niche]) -> None:
    read = [(line, followers_of(line["Followers"])) for line in lines]
    found = [
        (
            line,
            followers,
            line["Instagram handle"].removeprefix("@").lower(),
            float(line["Engagement rate"].rstrip("%")) / 100,
        )
        for line, followers in read
        if followers is not None
    ]
    for line, *_ in found:
        if line["Niche"] not in niches:
            niches[line["Niche"]], _ = Niche.objects.get_or_create(
                key=line["Niche"].lower(), defaults={"label": line["Niche"]}
            )
    creators = Creator.objects.bulk_create(
        [Creator(name=line["Name"], country=line["Country"]) for line, *_ in found]
    )
    rows = list(zip(creators, found, strict=True))
    profiles = Profile.objects.bulk_create(
        [
            Profile(
                creator=creator,
                platform_id="instagram",
                handle=handle,
                followers=followers,
                engagement_rate=rate,
                metrics_at=AS_OF,
            )
            for creator, (_, followers, handle, rate) in rows
        ],
        update_conflicts=True,
        unique_fields=["platform", "handle"],
        update_fields=["followers", "engagement_rate", "metrics_at"],
    )
    MetricSnapshot.objects.bulk_create(
        [
            MetricSnapshot(
                profile=profile, captured_at=AS_OF, followers=followers, engagement_rate=rate
            )
            for profile, (_, followers, _, rate) in zip(profiles, found, strict=True)
        ],
        ignore_conflicts=True,
    )
    ContactPoint.objects.bulk_create(
        [
            ContactPoint(brand=brand, creator=creator, kind="email", value=line["E-mail"].lower())
            for creator, (line, *_) in rows
        ],
        ignore_conflicts=True,
    )
    CreatorNiche.objects.bulk_create(
        [
            CreatorNiche(creator=creator, niche=niches[line["Niche"]])
            for creator, (line, *_) in rows
        ],
        ignore_conflicts=True,
    )
    relationships = Relationship.objects.bulk_create(
        [
            Relationship(brand=brand, creator=creator, since=AS_OF, stage_since=AS_OF)
            for creator in creators
        ]
    )
    StageChange.objects.bulk_create(
        [
            StageChange(relationship=relationship, stage=Stage.PROSPECT, entered_at=AS_OF)
            for relationship in relationships
        ]
    )
    CreatorMetrics.objects.bulk_create(
        [
            CreatorMetrics(creator=creator, **metrics_of(handle, followers, rate))
            for creator, (_, followers, handle, rate) in rows
        ]
    )


def metrics_of(handle: str, followers: int, rate: float) -> dict[str, object]:
    """The row behind lists and cards for a creator with one account and no posts."""
    return {
        "as_of": AS_OF,
        "followers": followers,
        "followers_at": AS_OF,
        "followers_total": followers,
        "primary_platform_id": "instagram",
        "primary_handle": handle,
        "platforms_count": 1,
        "platforms": [INSTAGRAM],
        "engagement_rate": rate,
        "engagement_source": "vendor",
        "platform_rates": {"instagram": rate},
    }
