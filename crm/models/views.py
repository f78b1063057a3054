"""Saved views of lists: filters, columns and order under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Lower

from crm.choices import ListKind
from crm.models.brands import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The user's own views and the shared ones, of the brands in which they have a role."""
        if not user.is_authenticated:
            return self.none()
        theirs = models.Q(private_to=None) | models.Q(private_to=user)
        return self.filter(theirs, brand__in=Brand.objects.visible_to(user))


class SavedView(models.Model):
    """A list as somebody wants to see it again: the query of its address, columns included."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    list = models.CharField(max_length=20, choices=ListKind.choices, default=ListKind.CREATORS)
    name = models.CharField(max_length=80)
    query = models.TextField(max_length=4_000, blank=True, default="")
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+"
    )
    # null: shared with everybody in the brand. A private one goes with its user.
    private_to = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name"), "pk"]
        constraints = [
            models.UniqueConstraint(
                "brand",
                "list",
                Lower("name"),
                condition=models.Q(private_to=None),
                name="crm_view_name_once",
            ),
            models.UniqueConstraint(
                "brand",
                "list",
                "private_to",
                Lower("name"),
                condition=models.Q(private_to__isnull=False),
                name="crm_own_view_name_once",
            ),
            models.CheckConstraint(
                name="crm_view_list_valid", condition=models.Q(list__in=ListKind.values)
            ),
            models.CheckConstraint(name="crm_view_named", condition=~models.Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        """Whether everybody in the brand sees it."""
        return self.private_to_id is None


class ViewPin(models.Model):
    """That a user has a view as a tab above the list; at most one is what the list opens with."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False, related_name="+")
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="pins")
    # Of the view: the constraint on defaults needs them here.
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    list = models.CharField(max_length=20, choices=ListKind.choices)
    is_default = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "view"], name="crm_view_pin_once"),
            models.UniqueConstraint(
                fields=["user", "brand", "list"],
                condition=models.Q(is_default=True),
                name="crm_one_default_view",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} pins {self.view_id}"
