"""What is published: where it is to be seen, who saw it there, and how it did at first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import (
    DeliverableState,
    PostMeasure,
    ReadingBasis,
    ReadingVerdict,
    SightingKind,
)
from campaigns.models.deliverables import Deliverable
from campaigns.models.engagements import Engagement
from campaigns.models.guests import GuestLink
from crm.models import Brand, ImportBatch, Post, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class PublicationQuerySet(models.QuerySet["Publication"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Publications of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class Publication(models.Model):
    """That a deliverable is published. The deliverable holds address and moment."""

    deliverable = models.OneToOneField(
        Deliverable, on_delete=models.CASCADE, related_name="publication"
    )
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # What identifies the post in all spellings of its address ("instagram:DAbc12"); null: it has
    # no address, as a story that only a capture shows.
    address_key = models.CharField(max_length=540, null=True, blank=True)
    # Who said so: somebody of the brand, or the creator behind their link.
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    link = models.ForeignKey(
        GuestLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now)
    # Empty: it was approved, and no embargo held. Otherwise why it is written down all the same.
    exception_because = models.CharField(max_length=500, blank=True, default="")
    # Where the deliverable stood: there it goes back to where this was a mistake.
    state_before = models.CharField(max_length=12, choices=DeliverableState.choices)
    # From the sightings: first seen, and gone since; null: not.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            # One post is one deliverable; also the index by which imports find what is expected.
            models.UniqueConstraint(
                fields=["brand", "address_key"], name="campaigns_publication_address_once"
            ),
            models.CheckConstraint(
                name="campaigns_publication_address",
                condition=Q(address_key=None) | ~Q(address_key=""),
            ),
            models.CheckConstraint(
                name="campaigns_publication_state",
                condition=Q(state_before__in=DeliverableState.values),
            ),
        ]

    def __str__(self) -> str:
        return f"publication of {self.deliverable_id}"


class Sighting(models.Model):
    """That a publication was there at a moment, or was not, and how that is known."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="sightings")
    kind = models.CharField(max_length=8, choices=SightingKind.choices)
    is_there = models.BooleanField()
    seen_at = models.DateTimeField()
    # An import's: the post that it brought, and the import. Emptied where it is undone.
    post = models.ForeignKey(
        Post, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # A capture's: the picture, kept below its digest, and who brought it.
    digest = models.CharField(max_length=64, blank=True, default="")
    content_type = models.CharField(max_length=40, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    link = models.ForeignKey(
        GuestLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True, default="")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["publication", "-seen_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_sighting_kind", condition=Q(kind__in=SightingKind.values)
            ),
            # A capture has its picture, a mere look has words and proves nothing that is there.
            models.CheckConstraint(
                name="campaigns_sighting_shows",
                condition=Q(kind=SightingKind.IMPORT, digest="")
                | Q(kind=SightingKind.CAPTURE) & ~Q(digest="")
                | Q(kind=SightingKind.LOOK, is_there=False, digest="") & ~Q(note=""),
            ),
            models.CheckConstraint(
                name="campaigns_sighting_past", condition=Q(seen_at__lte=F("recorded_at"))
            ),
            # A second look at the same import finds nothing new.
            models.UniqueConstraint(
                fields=["publication", "batch"], name="campaigns_sighting_import_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {'there' if self.is_there else 'gone'} on {self.seen_at:%Y-%m-%d}"


class FirstReadingQuerySet(models.QuerySet["FirstReading"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Readings of publications of the brands in which `user` has a role."""
        return self.filter(publication__brand__in=Brand.objects.visible_to(user))

    def below(self) -> Self:
        """Those that are below the usual, whether somebody said why or not."""
        return self.filter(verdict=ReadingVerdict.BELOW)

    def open(self) -> Self:
        """Those below the usual of which nobody has said why."""
        return self.below().filter(dismissed_at=None)


class FirstReading(models.Model):
    """How a publication did at an age, against others of that age or its creator's; taken once."""

    publication = models.OneToOneField(
        Publication, on_delete=models.CASCADE, related_name="reading"
    )
    read_at = models.DateTimeField()
    verdict = models.CharField(max_length=8, choices=ReadingVerdict.choices)
    # What was compared with what, and when the numbers were taken.
    measure = models.CharField(
        max_length=10, choices=PostMeasure.choices, default=PostMeasure.ENGAGEMENT
    )
    basis = models.CharField(
        max_length=8, choices=ReadingBasis.choices, default=ReadingBasis.OWN_NOW
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    # Engagements (or views) per follower; the usual band, and from how many posts.
    rate = models.FloatField(null=True, blank=True)
    usual = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    posts = models.PositiveIntegerField(default=0)
    # In words: what was compared, or why nothing could be.
    why = models.CharField(max_length=500)
    # Somebody knows why it is below the usual, and says so: then it waits for nobody any more.
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    dismissed_because = models.CharField(max_length=300, blank=True, default="")

    objects = FirstReadingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="campaigns_reading_basis",
                condition=Q(measure__in=PostMeasure.values, basis__in=ReadingBasis.values),
            ),
            # Only what is below the usual asks for a word.
            models.CheckConstraint(
                name="campaigns_reading_dismissed",
                condition=Q(dismissed_at=None, dismissed_because="")
                | Q(dismissed_at__isnull=False, verdict=ReadingVerdict.BELOW),
            ),
            models.CheckConstraint(
                name="campaigns_reading_valid",
                condition=Q(verdict__in=ReadingVerdict.values) & ~Q(why=""),
            ),
            models.CheckConstraint(
                name="campaigns_reading_known",
                condition=Q(verdict=ReadingVerdict.UNKNOWN)
                | Q(rate__isnull=False, low__isnull=False, high__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication_id}: {self.verdict}"


class PostSetAside(models.Model):
    """That a post which looked like one of a campaign is none of it: it is not suggested again."""

    engagement = models.ForeignKey(
        Engagement, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "post"], name="campaigns_post_set_aside_once"
            ),
        ]

    def __str__(self) -> str:
        return f"post {self.post_id} is none of {self.engagement_id}"
