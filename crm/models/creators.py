"""Creators, their accounts on platforms, and what was given about them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Lower

from crm.choices import CreatorType, Source
from crm.models.brands import Brand
from crm.models.origins import Imported

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from crm.models.brands import User


# Lower case without accents, as a search compares names (crm_fold is made by a migration).
NAME_FOLDED = models.Func("name", function="crm_fold")


class Fold(models.Func):
    """A text as NAME_FOLDED has it: "José" and "JOSE" are "jose"."""

    function = "crm_fold"
    output_field = models.TextField()


class Platform(models.Model):
    """Where creators publish. A registry as data: an admin can add further platforms."""

    key = models.SlugField(primary_key=True, max_length=30)
    name = models.CharField(max_length=60)
    # {handle} is replaced; empty where an account has no address of a fixed form.
    url_template = models.CharField(max_length=200, blank=True)
    handle_pattern = models.CharField(max_length=200, default=r"^\S{1,200}$")
    hosts = models.CharField(max_length=300, blank=True, help_text="Host names, comma separated.")
    # What its audience is called: followers, subscribers, readers, listeners.
    audience_word = models.CharField(max_length=30, default="followers")
    mark = models.CharField(max_length=3, help_text="Up to three letters shown on cards.")
    # Sets of platforms are stored in facts as arrays of these.
    number = models.PositiveSmallIntegerField(unique=True)
    position = models.PositiveSmallIntegerField(default=100)
    is_custom = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.name


class Niche(models.Model):
    """A subject that creators work in: shared by the installation, grown by imports."""

    key = models.SlugField(max_length=60, unique=True)
    label = models.CharField(max_length=80)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ["label", "pk"]

    def __str__(self) -> str:
        return self.label


class CreatorQuerySet(models.QuerySet["Creator"]):
    def of_brand(self, brand: Brand) -> Self:
        """Creators with whom `brand` has a relationship of any stage."""
        return self.filter(relationships__brand=brand)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Creators related to a brand in which `user` has a role."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(relationships__brand__in=Brand.objects.visible_to(user)).distinct()


class Creator(Imported):
    """A person, or a virtual creator, employee, customer or expert. Shared by the installation."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    creator_type = models.CharField(
        max_length=20, choices=CreatorType.choices, default=CreatorType.EXTERNAL
    )
    # ISO 3166-1 alpha-2 and BCP 47; empty where not known.
    country = models.CharField(max_length=2, blank=True, default="")
    language = models.CharField(max_length=20, blank=True, default="")
    profession = models.CharField(max_length=200, blank=True, default="")
    # null: nobody said. The glossary scheme's "celebrity" is this flag, not a count.
    is_celebrity = models.BooleanField(null=True, blank=True)
    # IANA name; empty where not known. Mails go out by it.
    timezone = models.CharField(max_length=60, blank=True, default="", db_default="")
    niches = models.ManyToManyField(Niche, through="CreatorNiche", related_name="creators")
    # Set once somebody found that this is the same person as another (crm/services/merge).
    # The row stays: addresses lead on from it, and an undo gives it back what was its own.
    merged_into = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CreatorQuerySet.as_manager()

    class Meta(Imported.Meta):
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="crm_creator_type_valid",
                condition=models.Q(creator_type__in=CreatorType.values),
            ),
            models.CheckConstraint(name="crm_creator_named", condition=~models.Q(name="")),
        ]
        indexes = [
            *Imported.Meta.indexes,
            # The list's search box (trigrams) and its order by name.
            GinIndex(OpClass(NAME_FOLDED, name="gin_trgm_ops"), name="crm_creator_name_trgm"),
            models.Index(Lower("name"), "id", name="crm_creator_by_name"),
        ]

    def __str__(self) -> str:
        return self.name


class CreatorNiche(Imported):
    """That a creator works in a niche, and who says so."""

    creator = models.ForeignKey(
        Creator, on_delete=models.CASCADE, db_index=False, related_name="creator_niches"
    )
    niche = models.ForeignKey(Niche, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=20, choices=Source.choices, default=Source.VENDOR)

    class Meta(Imported.Meta):
        constraints = [
            models.UniqueConstraint(fields=["creator", "niche"], name="crm_creator_niche_once"),
        ]

    def __str__(self) -> str:
        return f"{self.creator_id}: {self.niche_id}"


class Profile(Imported):
    """One account on one platform. Its numbers are the newest known; history is MetricSnapshot."""

    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="profiles")
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    # Normalised (lower case, no @, no address): what accounts are matched on.
    handle = models.CharField(max_length=200)
    display_name = models.CharField(max_length=300, blank=True, default="")
    url = models.CharField(max_length=500, blank=True, default="")
    # The platform's own id, which survives a change of handle.
    external_id = models.CharField(max_length=100, blank=True, default="")
    bio = models.TextField(blank=True, default="")
    is_verified = models.BooleanField(null=True, blank=True)
    # The newest known numbers: null is unknown. Rates are fractions.
    followers = models.BigIntegerField(null=True, blank=True)
    following = models.BigIntegerField(null=True, blank=True)
    posts_count = models.BigIntegerField(null=True, blank=True)
    avg_views = models.FloatField(null=True, blank=True)
    avg_likes = models.FloatField(null=True, blank=True)
    avg_comments = models.FloatField(null=True, blank=True)
    avg_shares = models.FloatField(null=True, blank=True)
    engagement_rate = models.FloatField(
        null=True, blank=True, help_text="As the source states it: its formula is the source's."
    )
    metrics_at = models.DateTimeField(null=True, blank=True)
    metrics_source = models.CharField(max_length=20, choices=Source.choices, default=Source.VENDOR)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(Imported.Meta):
        ordering = ["platform", "handle", "pk"]
        constraints = [
            # The first key of every import: one account is one row.
            models.UniqueConstraint(fields=["platform", "handle"], name="crm_profile_once"),
            models.UniqueConstraint(
                fields=["platform", "external_id"],
                condition=~models.Q(external_id=""),
                name="crm_profile_external_once",
            ),
            models.CheckConstraint(
                name="crm_profile_handle_normal",
                condition=models.Q(handle=Lower("handle")) & ~models.Q(handle=""),
            ),
            models.CheckConstraint(
                name="crm_profile_counts_not_negative",
                condition=(models.Q(followers__isnull=True) | models.Q(followers__gte=0))
                & (models.Q(following__isnull=True) | models.Q(following__gte=0))
                & (models.Q(posts_count__isnull=True) | models.Q(posts_count__gte=0)),
            ),
        ]
        indexes = [
            *Imported.Meta.indexes,
            # The list's search box finds handles too.
            GinIndex(fields=["handle"], name="crm_profile_handle_trgm", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.platform_id}/{self.handle}"

    @property
    def link(self) -> str:
        """The stored address; only http(s) is ever put in a page."""
        return self.url if self.url.startswith(("https://", "http://")) else ""


class FormerHandle(models.Model):
    """What an account was called before, and until when: written by a trigger at each change.

    An import that is undone takes its change out again instead of adding one.
    """

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="former_handles")
    handle = models.CharField(max_length=200)
    until = models.DateTimeField()

    class Meta:
        ordering = ["profile", "-until", "-pk"]
        indexes = [
            # A file or a search that still has the former handle.
            models.Index(fields=["handle"], name="crm_former_handle"),
        ]

    def __str__(self) -> str:
        return self.handle


class ExternalId(Imported):
    """What another tool calls a creator: the third key of an import."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="external_ids")
    source = models.CharField(max_length=60)
    value = models.CharField(max_length=200)

    class Meta(Imported.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "source", "value"], name="crm_external_id_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.value}"
