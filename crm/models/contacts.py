"""How a creator is reached, and through whom: personal data of one brand, never shared."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower

from crm.choices import AgentRole, ContactKind, ContactPurpose, LawfulBasis
from crm.models.brands import Brand, User
from crm.models.creators import Creator
from crm.models.origins import Imported

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Given(models.Model):
    """Where personal data comes from, and why it may be kept. Empty is: nobody said."""

    basis = models.CharField(
        max_length=20, choices=LawfulBasis.choices, blank=True, default="", db_default=""
    )
    # Where it was found ("link in bio"), and who gave it ("she herself, at the fair").
    found_in = models.CharField(max_length=120, blank=True, default="", db_default="")
    given_by = models.CharField(max_length=120, blank=True, default="", db_default="")
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def usable(self) -> Self:
        """Without those that somebody said are not to be used."""
        return self.filter(barred_at=None)


class ContactPoint(Given, Imported):
    """A way to reach a creator, as one brand was given it."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=10, choices=ContactKind.choices)
    # E-mail in lower case.
    value = models.CharField(max_length=254)
    purpose = models.CharField(
        max_length=20,
        choices=ContactPurpose.choices,
        default=ContactPurpose.GENERAL,
        db_default=ContactPurpose.GENERAL,
    )
    valid_from = models.DateField(null=True, blank=True)
    # Since when it is not to be used, and why: it stays known, so that nobody adds it again.
    barred_at = models.DateTimeField(null=True, blank=True)
    barred_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    barred_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ContactPointQuerySet.as_manager()

    class Meta(Imported.Meta):
        constraints = [
            # The second key of an import: within a brand an address is one creator.
            models.UniqueConstraint(fields=["brand", "kind", "value"], name="crm_contact_once"),
            models.CheckConstraint(
                name="crm_contact_kind_valid", condition=models.Q(kind__in=ContactKind.values)
            ),
            models.CheckConstraint(
                name="crm_contact_value_normal",
                condition=models.Q(value=Lower("value")) & ~models.Q(value=""),
            ),
            models.CheckConstraint(
                name="crm_contact_purpose_valid",
                condition=models.Q(purpose__in=ContactPurpose.values),
            ),
            models.CheckConstraint(
                name="crm_contact_basis_valid",
                condition=models.Q(basis__in=["", *LawfulBasis.values]),
            ),
            models.CheckConstraint(
                name="crm_contact_barred_reasoned",
                condition=models.Q(barred_at=None, barred_reason="")
                | (models.Q(barred_at__isnull=False) & ~models.Q(barred_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.value


class PostalAddress(Given):
    """Where a brand sends parcels to a creator: one at a time, the newest wins."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+")
    recipient = models.CharField(max_length=200)
    street = models.CharField(max_length=300)
    postal_code = models.CharField(max_length=20, blank=True, default="")
    city = models.CharField(max_length=120)
    region = models.CharField(max_length=120, blank=True, default="")
    # ISO 3166-1 alpha-2.
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=60, blank=True, default="")
    # When somebody last said that it is right.
    confirmed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "postal addresses"
        constraints = [
            models.UniqueConstraint(fields=["brand", "creator"], name="crm_address_once"),
            models.CheckConstraint(
                name="crm_address_whole",
                condition=~models.Q(recipient="") & ~models.Q(street="") & ~models.Q(city=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient}, {self.city}"


class AgentQuerySet(models.QuerySet["Agent"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class Agent(Given):
    """A manager, an agency or another person who speaks for creators; a brand's own record."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    name = models.CharField(max_length=200)
    company = models.CharField(max_length=200, blank=True, default="")
    role = models.CharField(max_length=20, choices=AgentRole.choices, default=AgentRole.MANAGER)
    # In lower case, sorted, each once.
    emails = ArrayField(models.CharField(max_length=254), default=list, blank=True)
    phone = models.CharField(max_length=60, blank=True, default="")
    creators = models.ManyToManyField(Creator, through="Representation", related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AgentQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            # One person of one company is one record.
            models.UniqueConstraint(
                "brand", Lower("name"), Lower("company"), name="crm_agent_once"
            ),
            models.CheckConstraint(name="crm_agent_named", condition=~models.Q(name="")),
            models.CheckConstraint(
                name="crm_agent_role_valid", condition=models.Q(role__in=AgentRole.values)
            ),
        ]
        indexes = [
            # Whose mail is this? Asked for each mail that comes in.
            GinIndex(fields=["emails"], name="crm_agent_emails"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.company})" if self.company else self.name


class Representation(models.Model):
    """That an agent speaks for a creator, and whether mails go to them in copy."""

    agent = models.ForeignKey(
        Agent, on_delete=models.CASCADE, db_index=False, related_name="representations"
    )
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+")
    in_copy = models.BooleanField(default=False)
    since = models.DateField(null=True, blank=True)
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["agent", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["agent", "creator"], name="crm_representation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} for {self.creator_id}"
