"""Virtual creators: who owns the character, whose face or voice it has, and who allowed what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import BasedOn, DignityView, LikenessPart, PaperState
from crm.models import Brand, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class VirtualCreatorQuerySet(models.QuerySet["VirtualCreator"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Records of the brands in which `user` has a role."""
        return self.filter(relationship__brand__in=Brand.objects.visible_to(user))

    def with_people(self) -> Self:
        """With the people it is like that nobody put away, as `in_use`."""
        people = Likeness.objects.filter(archived_at=None).order_by("pk")
        return self.prefetch_related(
            models.Prefetch("likenesses", queryset=people, to_attr="in_use")
        )


class VirtualCreator(models.Model):
    """What a brand knows about a character that is no person. Empty or null: nobody knows."""

    relationship = models.OneToOneField(Relationship, on_delete=models.CASCADE, related_name="+")
    # The studio or person who owns and runs it, and whom the brand writes to.
    owner = models.CharField(max_length=200, blank=True, default="")
    contact_name = models.CharField(max_length=120, blank=True, default="")
    contact_email = models.EmailField(max_length=254, blank=True, default="")
    # Pictures and words come from AI; false: drawn, animated or played by people.
    is_ai_made = models.BooleanField(null=True, blank=True)
    # Whether it is modelled on anybody who lives or lived; who, stands in `Likeness`.
    based_on = models.CharField(
        max_length=8, choices=BasedOn.choices, blank=True, default="", db_default=""
    )
    # Who holds the rights in the character, and until which day they let the brand use it.
    ip_owner = models.CharField(max_length=200, blank=True, default="")
    ip_terms = models.CharField(max_length=500, blank=True, default="")
    ip_until = models.DateField(null=True, blank=True)
    # Whether it respects the people it is like: no caricature of a group, nobody's rights used up.
    dignity = models.CharField(
        max_length=8, choices=DignityView.choices, blank=True, default="", db_default=""
    )
    dignity_note = models.CharField(max_length=500, blank=True, default="")
    dignity_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    dignity_on = models.DateField(null=True, blank=True)
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = VirtualCreatorQuerySet.as_manager()

    # Set by `with_people`.
    in_use: list[Likeness]

    class Meta:
        ordering = ["relationship"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_virtual_valid",
                condition=Q(based_on__in=["", *BasedOn.values])
                & Q(dignity__in=["", *DignityView.values]),
            ),
            models.CheckConstraint(
                name="campaigns_virtual_dignity",
                condition=Q(dignity="", dignity_on=None, dignity_note="")
                | (~Q(dignity="") & Q(dignity_on__isnull=False) & ~Q(dignity_note="")),
            ),
        ]

    def __str__(self) -> str:
        return f"virtual creator of {self.owner or 'nobody known'}"


class Likeness(models.Model):
    """A person whose face, voice or body the character has, and whether they allowed it."""

    virtual = models.ForeignKey(VirtualCreator, on_delete=models.CASCADE, related_name="likenesses")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    person = models.CharField(max_length=200)
    parts = ArrayField(models.CharField(max_length=8, choices=LikenessPart.choices))
    # Whether there is a consent; empty: nobody asked.
    consent = models.CharField(
        max_length=4, choices=PaperState.choices, blank=True, default="", db_default=""
    )
    # What for, and on which days of the brand; null: not known, or without end.
    scope = models.CharField(max_length=500, blank=True, default="")
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    # The paper itself, kept by its hash.
    file_name = models.CharField(max_length=255, blank=True, default="")
    file_type = models.CharField(max_length=120, blank=True, default="")
    file_size = models.PositiveIntegerField(null=True, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True, default="")
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["virtual", "pk"]
        verbose_name_plural = "likenesses"
        constraints = [
            models.CheckConstraint(
                name="campaigns_likeness_valid",
                condition=~Q(person="")
                & Q(consent__in=["", *PaperState.values])
                & Q(parts__len__gte=1, parts__contained_by=LikenessPart.values),
            ),
            models.CheckConstraint(
                name="campaigns_likeness_days",
                condition=Q(valid_from=None)
                | Q(valid_until=None)
                | Q(valid_until__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="campaigns_likeness_consent",
                condition=Q(consent=PaperState.HELD)
                | Q(valid_from=None, valid_until=None, scope="", file_sha256=""),
            ),
            models.CheckConstraint(
                name="campaigns_likeness_file",
                condition=Q(file_name="", file_sha256="", file_size=None)
                | (~Q(file_name="") & Q(file_sha256__regex="^[0-9a-f]{64}$", file_size__gt=0)),
            ),
        ]
        indexes = [
            # Whether anything of the brand still needs a stored file.
            models.Index(
                fields=["brand", "file_sha256"],
                condition=~Q(file_sha256=""),
                name="campaigns_likeness_by_hash",
            ),
            # What ends soon.
            models.Index(
                fields=["valid_until"],
                condition=Q(archived_at=None, consent="held"),
                name="campaigns_likeness_ending",
            ),
        ]

    def __str__(self) -> str:
        return self.person
