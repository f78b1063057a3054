"""Brands, users and what each user does for each brand."""

from __future__ import annotations

import hashlib
import zoneinfo
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower

from crm.choices import Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class UserManager(BaseUserManager["User"]):
    """Users are known by e-mail address; there is no user name."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        """A user with a normalised `email`; without a password, log-in is refused."""
        if not email:
            msg = "An e-mail address is needed."
            raise ValueError(msg)
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> User:
        """A user who may do everything in the Django admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractUser):
    """A person who logs in with e-mail and password."""

    username = None  # type: ignore[assignment]
    email = models.EmailField("e-mail", unique=True)
    # What colleagues write after an @ to name them; empty: the first part of the address.
    handle = models.CharField(max_length=30, blank=True, default="", db_default="")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()  # type: ignore[misc,assignment]

    class Meta:
        constraints = [
            # Two spellings of one address would be two accounts of one person.
            models.UniqueConstraint(Lower("email"), name="crm_user_email_ci"),
            models.UniqueConstraint(
                fields=["handle"], condition=~models.Q(handle=""), name="crm_user_handle_once"
            ),
            # A word that ends in a letter or a digit: the full stop of a sentence is none of it.
            models.CheckConstraint(
                name="crm_user_handle_form",
                condition=models.Q(handle="")
                | models.Q(handle__regex=r"^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$"),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The full name, or the part of the address before the @."""
        return self.get_full_name() or self.email.partition("@")[0]


class BrandQuerySet(models.QuerySet["Brand"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The brands in which `user` has a role."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(pk__in=UserRole.objects.filter(user=user).values("brand"))


class Brand(models.Model):
    """A brand (or an agency's client) that works with creators: what almost all rows belong to."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    timezone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="USD")
    fiscal_year_start_month = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    # Runs that move a larger share of the brand's creators wait for a person.
    approval_threshold_percent = models.PositiveSmallIntegerField(
        default=20, validators=[MaxValueValidator(100)]
    )
    tier_scheme = models.ForeignKey(
        "crm.TierScheme", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BrandQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="crm_brand_fiscal_month",
                condition=models.Q(fiscal_year_start_month__range=(1, 12)),
            ),
            models.CheckConstraint(
                name="crm_brand_threshold",
                condition=models.Q(approval_threshold_percent__range=(0, 100)),
            ),
            # The first part of the path of every page: these words are pages of their own.
            models.CheckConstraint(
                name="crm_brand_slug_not_reserved",
                condition=~models.Q(
                    slug__in=[
                        "accounts",
                        "admin",
                        "api",
                        "apply",
                        "guest",
                        "static",
                        "healthz",
                        "readyz",
                        "t",
                        "unsubscribe",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a time zone that does not exist."""
        if self.timezone not in zoneinfo.available_timezones():
            msg = f"{self.timezone} is not a known time zone, e.g. Europe/Copenhagen."
            raise ValidationError({"timezone": msg})


class UserRole(models.Model):
    """What a user does for a brand: one role each."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="user_roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["brand", "user", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "brand"], name="crm_one_role_per_brand"),
            models.CheckConstraint(
                name="crm_userrole_role_valid", condition=models.Q(role__in=Role.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.get_role_display()} of {self.brand}"


class ApiToken(models.Model):
    """A key to the REST API: it fixes the brand and the scopes. Only its hash is stored."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="tokens")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    # Networks in CIDR notation that it may be used from; none: from everywhere.
    networks = ArrayField(models.CharField(max_length=43), default=list, db_default=[], blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def has_expired(self, at: datetime) -> bool:
        """Whether its time is over at `at`."""
        return self.expires_at is not None and self.expires_at <= at

    def may_come_from(self, address: str) -> bool:
        """Whether it may be used from this IP address."""
        if not self.networks:
            return True
        try:
            host = ip_address(address)
        except ValueError:  # a socket without an address
            return False
        if isinstance(host, IPv6Address) and host.ipv4_mapped:
            host = host.ipv4_mapped
        return any(host in ip_network(network) for network in self.networks)

    @staticmethod
    def digest_of(secret: str) -> str:
        """What is stored of a token: SHA-256, since the token itself has 256 random bits."""
        return hashlib.sha256(secret.encode()).hexdigest()
