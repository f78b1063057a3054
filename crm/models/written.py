"""What mail templates and sequences share: a name, for whom they are meant, versions that stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from crm.choices import Stage
from crm.models.brands import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

M = TypeVar("M", bound=models.Model)


class WrittenQuerySet(models.QuerySet[M]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def in_use(self) -> Self:
        """Those that are not archived, by name."""
        return self.filter(archived_at=None).order_by(Lower("name"), "pk")


class Written(models.Model):
    """Something that a brand wrote to be used again, and puts away when it is not."""

    name = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True, default="")
    # For creators of this stage; empty: of any.
    stage = models.CharField(max_length=20, choices=Stage.choices, blank=True, default="")
    # For this audience, a key of crm.outreach.audiences; empty: for anybody.
    audience = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def rules(prefix: str) -> list[models.BaseConstraint]:
        """The constraints of a table whose names begin with `prefix`."""
        return [
            models.UniqueConstraint(
                "brand",
                Lower("name"),
                condition=models.Q(archived_at=None),
                name=f"{prefix}_name_once",
            ),
            models.CheckConstraint(name=f"{prefix}_named", condition=~models.Q(name="")),
            models.CheckConstraint(
                name=f"{prefix}_stage_valid", condition=models.Q(stage__in=["", *Stage.values])
            ),
        ]


class Version(models.Model):
    """What it was from then on: what was done by it can always be read again."""

    number = models.PositiveIntegerField()
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
