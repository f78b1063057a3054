"""Clusters: creators who are tied by audience, hashtags and mentions, as a worker last found them.

Derived, but for the names that people give: a cluster that is found again keeps its number and its
name, and stays of creators tell who was in it when (docs/audience-graph.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from crm.models import Brand, Creator, User
from segmentation.choices import ErrandStatus
from segmentation.models.errands import Errand

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ClusterMap(Errand):
    """The map of a brand's creators; as an errand it is one making of it, by a worker."""

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, related_name="+")
    # The newest making (ClusterBuild.number); null: none yet.
    build = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["brand"]
        constraints = [
            models.CheckConstraint(
                name="segmentation_map_status", condition=Q(status__in=ErrandStatus.values)
            ),
        ]

    def __str__(self) -> str:
        return f"map of {self.brand_id}"


class ClusterBuild(models.Model):
    """One making of the map: what went in, how it was done, how sure it is. Never changed."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    number = models.PositiveIntegerField()
    built_at = models.DateTimeField()
    # Creators who are looked at, those with a tie, and those in a cluster.
    creators = models.PositiveIntegerField()
    tied = models.PositiveIntegerField()
    clustered = models.PositiveIntegerField()
    clusters = models.PositiveIntegerField()
    # How many creators are in another cluster than in the making before; null: there was none.
    moved = models.PositiveIntegerField(null=True)
    # How much denser ties are within clusters than by chance; null: there are no ties.
    modularity = models.FloatField(null=True)
    # How alike single runs were among themselves (mean adjusted Rand index); null: no ties.
    agreement = models.FloatField(null=True)
    # {kind: {pairs, tied, people, ...}} of what ties were made of.
    inputs = models.JSONField()
    # Weights, thresholds, runs, and versions of libraries.
    method = models.JSONField()

    class Meta:
        ordering = ["brand", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "number"], name="segmentation_build_once"),
            models.CheckConstraint(
                name="segmentation_build_parts",
                condition=Q(clustered__lte=F("tied"), tied__lte=F("creators")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand_id} map {self.number}"


class ClusterQuerySet(models.QuerySet["Cluster"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Clusters of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def current(self) -> Self:
        """Those that the newest making found."""
        return self.filter(gone_at=None)


class Cluster(models.Model):
    """Creators who hang together; found again in later makings it stays the same cluster."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # Rules name it by its key, c and this number.
    number = models.PositiveIntegerField()
    # What a person calls it; empty: it is called by its words.
    name = models.CharField(max_length=80, blank=True, default="")
    named_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Words that set it apart from the others, the strongest first.
    terms = ArrayField(models.CharField(max_length=60), default=list)
    size = models.PositiveIntegerField()
    # In what share of the runs its creators were together: 0 to 1.
    stability = models.FloatField()
    # Middle and radius on the map, whose width and height are 1,000.
    x = models.FloatField()
    y = models.FloatField()
    radius = models.FloatField()
    found_at = models.DateTimeField()
    # When a making did not find it again; null: it is there.
    gone_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ClusterQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "number"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "number"], name="segmentation_cluster_once"),
            models.CheckConstraint(
                name="segmentation_cluster_valid",
                condition=Q(stability__range=(0, 1), size__gte=1, radius__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def key(self) -> str:
        """By which rules and addresses name it."""
        return f"c{self.number}"

    @property
    def title(self) -> str:
        """What it is called: by a person, else by its words."""
        return self.name or " · ".join(self.terms[:3]) or f"Cluster {self.number}"


class ClusterStayQuerySet(models.QuerySet["ClusterStay"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Stays in clusters of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class ClusterStay(models.Model):
    """That a creator is in a cluster, and how surely, until a making says otherwise."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+")
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="stays")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    # In what share of the runs the creator was in this cluster: 0 to 1.
    stability = models.FloatField()

    objects = ClusterStayQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "creator", "-entered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "creator"],
                condition=Q(left_at=None),
                name="segmentation_one_cluster",
            ),
            # Also finds, for rules, where somebody was at a moment.
            models.UniqueConstraint(
                fields=["brand", "creator", "entered_at"], name="segmentation_cluster_stay_once"
            ),
            models.CheckConstraint(
                name="segmentation_cluster_stay_valid",
                condition=Q(stability__range=(0, 1))
                & (Q(left_at=None) | Q(left_at__gt=F("entered_at"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.creator_id} in {self.cluster_id}"


class CreatorPlace(models.Model):
    """Where a creator with ties is on the newest map, whose width and height are 1,000."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+")
    x = models.FloatField()
    y = models.FloatField()
    # With how many others there is a tie.
    ties = models.PositiveIntegerField()

    class Meta:
        ordering = ["brand", "-ties", "creator"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "creator"], name="segmentation_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.creator_id} at {self.x:.0f}, {self.y:.0f}"


class CreatorTie(models.Model):
    """Why two creators hang together in the newest making; each pair once."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    one = models.ForeignKey(Creator, on_delete=models.CASCADE, db_index=False, related_name="+")
    other = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+")
    # How many people, hashtags and mentioned accounts they share, where that is more than chance
    # would have it; null: it is not.
    people = models.PositiveIntegerField(null=True)
    hashtags = models.PositiveIntegerField(null=True)
    mentions = models.PositiveIntegerField(null=True)
    weight = models.FloatField()

    class Meta:
        ordering = ["brand", "-weight", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other", "brand"], name="segmentation_tie_once"),
            models.CheckConstraint(
                name="segmentation_tie_valid",
                condition=~Q(one=F("other"))
                & Q(weight__gt=0)
                & (Q(people__gte=1) | Q(hashtags__gte=1) | Q(mentions__gte=1)),
            ),
        ]
        indexes = [
            # The strongest ties of a brand, which the map draws.
            models.Index(fields=["brand", "-weight"], name="segmentation_ties"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} and {self.other_id}: {self.weight:.2f}"
