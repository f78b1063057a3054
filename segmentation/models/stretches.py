"""What scorecards are added up from, kept by creator: only who was touched is added up anew.

All three tables are derived and UNLOGGED: a crash of the database empties them, together, and the
next scorecards fill them again (segmentation/metrics/stretches).
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.choices import Source, Stage
from crm.models import Brand, Creator, Platform
from segmentation.choices import StretchKind


class QuarterSheet(models.Model):
    """A quarter of a brand whose stretches are kept, up to which moment, and of which segments."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Stretches hold what was before: the end, or when it was looked at while the quarter ran.
    until = models.DateTimeField()
    # Whatever was written by this transaction or a later one may be missing in the stretches.
    xact = models.BigIntegerField()
    # Fingerprint of the statements that fill them, and of the database whose transactions count.
    definition = models.CharField(max_length=100)
    # Place n of `Stretch.segments` (word n // 62, flag 1 << n % 62) is this segment; 0 is the base.
    segments = ArrayField(models.BigIntegerField())
    # Of each segment what its rows come to (segmentation/metrics/stretches/counted.py); null: rows
    # went without being taken off, so that all are to be counted anew.
    counted = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "starts_at", "ends_at"], name="segmentation_quarter_sheet_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand_id} {self.starts_at:%Y-%m-%d}"


class Stretch(models.Model):
    """A creator's stays that began and ended together within a quarter, and what they did then.

    One row for most creators, number 0: all their segments, the whole quarter; of who was there for
    a part of it only, no segment. Who left a segment and came
    back has one unit for it with a row for each time; the first of them has the sums. A unit whose
    posts were told by several sources has a row more for each of them, which adds up to it.

    Numbers of posts are floating-point numbers, exact up to 2 ** 53: sums of bigint are numeric,
    which takes several times as long.
    """

    pk = models.CompositePrimaryKey("sheet_id", "creator_id", "number")
    sheet = models.ForeignKey(
        QuarterSheet,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    creator = models.ForeignKey(
        Creator,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    number = models.IntegerField()
    kind = models.CharField(max_length=4, choices=StretchKind.choices)
    # Rows of one unit have the same.
    unit = models.BigIntegerField()
    segments = ArrayField(models.BigIntegerField())
    # Cut to the quarter; without `until` it reaches the end of what was looked at.
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    # Of the unit: days of its rows that ended, and when the one began that has not.
    days = models.FloatField(null=True)
    open_since = models.DateTimeField(null=True)
    # Whether a post of theirs was ever given.
    tracked = models.BooleanField(null=True)
    # Who told the numbers of the posts; empty: several, or there are none.
    source = models.CharField(max_length=20, choices=Source.choices, blank=True, default="")
    posts = models.FloatField(null=True)
    with_engagement = models.FloatField(null=True)
    with_kept = models.FloatField(null=True)
    with_reach = models.FloatField(null=True)
    reach = models.FloatField(null=True)
    with_impressions = models.FloatField(null=True)
    impressions = models.FloatField(null=True)
    with_views = models.FloatField(null=True)
    views = models.FloatField(null=True)
    # Of each rate, in the order of the catalogue: the rates of posts added up, and of how many.
    r0_y = models.FloatField(null=True)
    r0_w = models.FloatField(null=True)
    r1_y = models.FloatField(null=True)
    r1_w = models.FloatField(null=True)
    r2_y = models.FloatField(null=True)
    r2_w = models.FloatField(null=True)
    r3_y = models.FloatField(null=True)
    r3_w = models.FloatField(null=True)
    r4_y = models.FloatField(null=True)
    r4_w = models.FloatField(null=True)
    r5_y = models.FloatField(null=True)
    r5_w = models.FloatField(null=True)
    r6_y = models.FloatField(null=True)
    r6_w = models.FloatField(null=True)
    # At the end of what was looked at, of those who were there then.
    stage = models.CharField(max_length=20, choices=Stage.choices, null=True)
    platform = models.ForeignKey(
        Platform,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
    )
    followers = models.BigIntegerField(null=True)
    followers_source = models.CharField(max_length=20, choices=Source.choices, null=True)

    class Meta:
        verbose_name_plural = "stretches"

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.creator_id}, {self.number}"


class Touched(models.Model):
    """A creator of whom something was written that stretches are made of; triggers leave these.

    A sheet whose `xact` is not later has to look at them again.
    """

    creator = models.ForeignKey(
        Creator,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    xact = models.BigIntegerField()
    # Whether it may be their stays, their stage or since when the brand knows them.
    standing = models.BooleanField(default=True, db_default=True)
    # Whether it may be their accounts or followers; otherwise only posts.
    accounts = models.BooleanField(default=True, db_default=True)

    class Meta:
        verbose_name_plural = "touched"

    def __str__(self) -> str:
        return f"{self.creator_id}: {self.xact}"
