"""Tags: a brand's own words for creators, with a colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Lower

from crm.choices import TagColour
from crm.models.brands import Brand, User
from crm.models.creators import Creator
from crm.models.origins import Imported

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class TagQuerySet(models.QuerySet["Tag"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class Tag(models.Model):
    """A word of a brand. Rules read it by its key, which stays when the word is changed."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=60)
    colour = models.CharField(
        max_length=10,
        choices=TagColour.choices,
        default=TagColour.GREY,
        db_default=TagColour.GREY,
    )
    creators = models.ManyToManyField(Creator, through="CreatorTag", related_name="+")

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "key"], name="crm_tag_once"),
            # "Vegan" and "vegan" are one tag.
            models.UniqueConstraint("brand", Lower("name"), name="crm_tag_name_once"),
            models.CheckConstraint(name="crm_tag_named", condition=~models.Q(name="")),
            models.CheckConstraint(
                name="crm_tag_colour_valid", condition=models.Q(colour__in=TagColour.values)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CreatorTag(Imported):
    """That a brand gave a creator a tag, and who did."""

    tag = models.ForeignKey(
        Tag, on_delete=models.CASCADE, db_index=False, related_name="creator_tags"
    )
    # Indexed: the tags of a page of creators.
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="creator_tags")
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta(Imported.Meta):
        constraints = [
            # Also the index behind the list's filter by tag.
            models.UniqueConstraint(fields=["tag", "creator"], name="crm_creator_tag_once"),
        ]

    def __str__(self) -> str:
        return f"{self.creator_id}: {self.tag_id}"
