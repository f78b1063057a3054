"""Words that people search with, for which campaign they are, and which posts have them.

`KeywordUse` and `PostReference` are derived: a worker reads them off posts (docs/keywords.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from campaigns.choices import ReferenceKind, SearchIntent, WordLanguage
from campaigns.models.briefs import Brief
from campaigns.models.campaigns import Campaign
from crm.models import Brand, Post, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class KeywordListQuerySet(models.QuerySet["KeywordList"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Lists of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class KeywordList(models.Model):
    """Search words that came together, in one language."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    name = models.CharField(max_length=120)
    language = models.CharField(
        max_length=12, choices=WordLanguage.choices, default=WordLanguage.ENGLISH
    )
    # What it was read from; empty: by hand, or over REST.
    file_name = models.CharField(max_length=255, blank=True, default="")
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    # Up to when posts were read for it; null: not yet, or its words changed since.
    counted_at = models.DateTimeField(null=True, blank=True)

    objects = KeywordListQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "name", "pk"]
        constraints = [
            # Also the index of a brand's lists.
            models.UniqueConstraint(F("brand"), Lower("name"), name="campaigns_keyword_list_once"),
            models.CheckConstraint(
                name="campaigns_keyword_list_valid",
                condition=Q(language__in=WordLanguage.values) & ~Q(name=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KeywordQuerySet(models.QuerySet["Keyword"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Words on lists of the brands in which `user` has a role."""
        return self.filter(keyword_list__brand__in=Brand.objects.visible_to(user))


class Keyword(models.Model):
    """What people type into a search, once on a list."""

    keyword_list = models.ForeignKey(
        KeywordList, on_delete=models.CASCADE, db_index=False, related_name="keywords"
    )
    query = models.CharField(max_length=200)
    # As it is compared: small letters without accents, one space between words.
    folded = models.CharField(max_length=200)
    # Searches a month as the source states them; null: not known.
    volume = models.PositiveIntegerField(null=True, blank=True)
    # Empty: not known.
    intent = models.CharField(
        max_length=13, choices=SearchIntent.choices, blank=True, default="", db_default=""
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = KeywordQuerySet.as_manager()

    class Meta:
        ordering = ["keyword_list", "query", "pk"]
        constraints = [
            # Also the index by which a list is read.
            models.UniqueConstraint(
                fields=["keyword_list", "folded"], name="campaigns_keyword_once"
            ),
            models.CheckConstraint(
                name="campaigns_keyword_valid",
                condition=Q(intent__in=["", *SearchIntent.values]) & ~Q(query="") & ~Q(folded=""),
            ),
        ]

    def __str__(self) -> str:
        return self.query


class KeywordAssignmentQuerySet(models.QuerySet["KeywordAssignment"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Assignments to campaigns of the brands in which `user` has a role."""
        return self.filter(campaign__brand__in=Brand.objects.visible_to(user))


class KeywordAssignment(models.Model):
    """A campaign is to be found by a search; with a brief, only that brief's creators write it."""

    keyword = models.ForeignKey(
        Keyword, on_delete=models.CASCADE, db_index=False, related_name="assignments"
    )
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    brief = models.ForeignKey(
        Brief, on_delete=models.CASCADE, null=True, blank=True, related_name="keywords"
    )
    assigned_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    assigned_at = models.DateTimeField(default=timezone.now)

    objects = KeywordAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["keyword", "campaign", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["keyword", "campaign", "brief"],
                nulls_distinct=False,
                name="campaigns_keyword_assigned_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.keyword_id} for {self.campaign_id}"


class KeywordUse(models.Model):
    """A post has the words of a search: as they are searched, or all of them in another form."""

    keyword = models.ForeignKey(
        Keyword, on_delete=models.CASCADE, db_index=False, related_name="uses"
    )
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    is_exact = models.BooleanField()

    class Meta:
        ordering = ["keyword", "post"]
        constraints = [
            models.UniqueConstraint(fields=["keyword", "post"], name="campaigns_keyword_use_once"),
        ]

    def __str__(self) -> str:
        return f"{self.keyword_id} in {self.post_id}"


class SearchSettings(models.Model):
    """By what a post points to the brand: hosts of its sites, names of its own accounts."""

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, related_name="+")
    # In small letters, without www and without @.
    hosts = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    accounts = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "search settings"
        constraints = [
            models.CheckConstraint(
                name="campaigns_search_bounds",
                condition=Q(hosts__len__lte=50, accounts__len__lte=50),
            ),
        ]

    def __str__(self) -> str:
        return f"search of {self.brand_id}"


class PostReferenceQuerySet(models.QuerySet["PostReference"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """References to the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class PostReference(models.Model):
    """A link to a site of the brand, or its name with @, in what a creator wrote."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=7, choices=ReferenceKind.choices)
    # The address without its question, or the account.
    target = models.CharField(max_length=300)
    first_seen_at = models.DateTimeField()
    # Since when the post, as it was taken in again, has it no more; null: it stands there.
    gone_at = models.DateTimeField(null=True, blank=True)

    objects = PostReferenceQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-pk"]
        constraints = [
            # Also the index by which a brand's are read.
            models.UniqueConstraint(
                fields=["brand", "post", "kind", "target"], name="campaigns_reference_once"
            ),
            models.CheckConstraint(
                name="campaigns_reference_valid",
                condition=Q(kind__in=ReferenceKind.values)
                & ~Q(target="")
                & (Q(gone_at=None) | Q(gone_at__gte=F("first_seen_at"))),
            ),
        ]

    def __str__(self) -> str:
        return self.target
