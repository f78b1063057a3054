"""How a brand stands with a creator, and how that came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Prefetch
from django.utils import timezone

from crm.choices import Stage
from crm.models.brands import Brand, User
from crm.models.creators import Creator, Profile
from crm.models.origins import Imported

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# A note as the search compares it. A plain function: migrations cannot name classes of ours.
TEXT_FOLDED = models.Func("text", function="crm_fold", output_field=models.TextField())


class RelationshipQuerySet(models.QuerySet["Relationship"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Relationships of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def with_creator(self) -> Self:
        """With what a row of the list and a card of the board show of the creator."""
        accounts = Profile.objects.select_related("platform").order_by(
            F("followers").desc(nulls_last=True), "pk"
        )
        return self.select_related("creator__metrics", "owner").prefetch_related(
            Prefetch("creator__profiles", queryset=accounts)
        )


class Relationship(Imported):
    """Between one brand and one creator: stage, owner and what comes next."""

    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_index=False, related_name="relationships"
    )
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="relationships")
    stage = models.CharField(max_length=20, choices=Stage.choices, default=Stage.PROSPECT)
    stage_since = models.DateTimeField(default=timezone.now)
    # From when on the brand knows the creator: a run as of an earlier moment leaves them out.
    since = models.DateTimeField(default=timezone.now)
    owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    next_step = models.CharField(max_length=200, blank=True, default="")
    next_step_on = models.DateField(null=True, blank=True)
    # Papers are kept, the person is not (crm/services/privacy).
    erased_at = models.DateTimeField(null=True, blank=True)
    # Kept, and used for nothing: nobody writes, no rule reads.
    restricted_at = models.DateTimeField(null=True, blank=True)
    # No rule of a segment reads them: they objected, or one of the two above.
    unprofiled_at = models.DateTimeField(null=True, blank=True)
    # Raised with each change: a move from an old card is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RelationshipQuerySet.as_manager()

    class Meta(Imported.Meta):
        ordering = ["-stage_since", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "creator"], name="crm_relationship_once"),
            models.CheckConstraint(
                name="crm_relationship_stage_valid", condition=models.Q(stage__in=Stage.values)
            ),
            models.CheckConstraint(
                name="crm_relationship_left_alone",
                condition=models.Q(erased_at=None, restricted_at=None)
                | models.Q(unprofiled_at__isnull=False),
            ),
        ]
        indexes = [
            *Imported.Meta.indexes,
            # Who is to be told what is kept of them, the oldest first.
            models.Index(fields=["brand", "since", "id"], name="crm_rel_since"),
            # A column of the board, newest arrivals first.
            models.Index(fields=["brand", "stage", "-stage_since", "-id"], name="crm_rel_board"),
            # The list's order by "added".
            models.Index(fields=["brand", "-created_at", "-id"], name="crm_rel_added"),
            # My day: the next steps of one person by when they are due.
            models.Index(
                fields=["brand", "owner", "next_step_on"],
                condition=models.Q(next_step_on__isnull=False),
                name="crm_rel_next_steps",
            ),
            # My day: whose cards stand longest in a stage. Who belongs to nobody stalls for nobody.
            models.Index(
                fields=["brand", "stage", "stage_since", "id"],
                condition=models.Q(owner__isnull=False),
                name="crm_rel_owned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand_id}/{self.creator_id}: {self.stage}"


class StageChange(models.Model):
    """A stay in a stage: closed-open, the open one has no end. The first has no `from_stage`."""

    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, related_name="stage_changes"
    )
    from_stage = models.CharField(max_length=20, choices=Stage.choices, blank=True, default="")
    stage = models.CharField(max_length=20, choices=Stage.choices)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    actor = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["relationship", "-entered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship"],
                condition=models.Q(left_at=None),
                name="crm_one_open_stage",
            ),
            models.CheckConstraint(
                name="crm_stage_change_valid", condition=models.Q(stage__in=Stage.values)
            ),
            models.CheckConstraint(
                name="crm_stage_change_order",
                condition=models.Q(left_at=None) | models.Q(left_at__gte=models.F("entered_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_stage or 'new'} to {self.stage}"


class StageCount(models.Model):
    """How many creators stand in each stage: kept by a trigger, for the board."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(max_length=20, choices=Stage.choices)
    creators = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "stage"], name="crm_stage_count_once"),
        ]

    def __str__(self) -> str:
        return f"{self.brand_id} {self.stage}: {self.creators}"


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Notes of the brands in which `user` has a role; deleted ones are nobody's any more."""
        return self.standing().filter(relationship__brand__in=Brand.objects.visible_to(user))

    def readable(self, *, by: User | None, reads_restricted: bool) -> Self:
        """Without restricted ones, unless they may be read by their role or are one's own."""
        if reads_restricted:
            return self
        own = models.Q(author=by, author__isnull=False)
        return self.filter(models.Q(is_restricted=False) | own)

    def standing(self) -> Self:
        """Those that their authors did not delete."""
        return self.filter(deleted_at=None)


class Note(models.Model):
    """What somebody wrote down about a creator for a brand."""

    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField(max_length=10_000)
    # Read by its author and by those who may read what is restricted (Can.READ_RESTRICTED).
    is_restricted = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=timezone.now)
    # By the author; what it said before is in its versions.
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="crm_note_not_empty", condition=~models.Q(text="")),
        ]
        indexes = [
            models.Index(fields=["relationship", "-created_at"], name="crm_note_by_time"),
            # The search for words: whole words and beginnings, without accents, of any language.
            GinIndex(SearchVector(TEXT_FOLDED, config="simple"), name="crm_note_words"),
        ]

    def __str__(self) -> str:
        return self.text[:60]
