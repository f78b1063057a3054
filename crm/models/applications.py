"""A brand's public page on which creators apply, and what they wrote there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Lower

from crm.choices import ApplicationStatus
from crm.models.brands import Brand, User
from crm.models.creators import Platform
from crm.models.relationships import Relationship

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

_DECIDED = (ApplicationStatus.ACCEPTED, ApplicationStatus.DECLINED, ApplicationStatus.SPAM)


class ApplicationPage(models.Model):
    """What a brand's page says and asks; without a row it is closed (`ApplicationPage.of`)."""

    brand = models.OneToOneField(
        Brand, on_delete=models.CASCADE, primary_key=True, related_name="application_page"
    )
    is_open = models.BooleanField(default=False)
    # Plain text, in the language that is named (BCP 47).
    title = models.CharField(max_length=120, blank=True, default="")
    text = models.TextField(max_length=4_000, blank=True, default="")
    language = models.CharField(max_length=20, default="en")
    # Where somebody writes to who cannot use the form.
    contact_email = models.EmailField(blank=True, default="")
    # What an applicant agrees to. The number is raised with each change of the words.
    consent_text = models.TextField(max_length=2_000, blank=True, default="")
    consent_version = models.PositiveIntegerField(default=1)
    min_age = models.PositiveSmallIntegerField(
        default=18, validators=[MinValueValidator(13), MaxValueValidator(99)]
    )
    # After so many days what was declined, or was spam, is erased.
    keep_days = models.PositiveSmallIntegerField(
        default=180, validators=[MinValueValidator(1), MaxValueValidator(3_650)]
    )
    # The mail to those who are declined: a person sends it from their own mail programme.
    decline_text = models.TextField(max_length=4_000, blank=True, default="")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            # Nobody is asked to agree to nothing.
            models.CheckConstraint(
                name="crm_apply_page_whole",
                condition=Q(is_open=False) | (~Q(title="") & ~Q(consent_text="")),
            ),
            models.CheckConstraint(name="crm_apply_page_age", condition=Q(min_age__range=(13, 99))),
            models.CheckConstraint(
                name="crm_apply_page_keeps", condition=Q(keep_days__range=(1, 3_650))
            ),
        ]

    def __str__(self) -> str:
        return f"Applications of {self.brand_id}"

    @classmethod
    def of(cls, brand: Brand) -> ApplicationPage:
        """The brand's page, or a closed one where it never made any."""
        return cls.objects.filter(brand=brand).first() or cls(brand=brand)


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Applications to the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def waiting(self) -> Self:
        """Those that somebody has to decide about."""
        return self.filter(status=ApplicationStatus.OPEN)

    def with_details(self) -> Self:
        """With what a row of the queue shows."""
        accounts = ApplicationAccount.objects.select_related("platform").order_by("pk")
        return self.select_related("decided_by", "relationship__creator").prefetch_related(
            Prefetch("accounts", queryset=accounts)
        )


class Application(models.Model):
    """What somebody wrote about themselves: personal data of one brand, erased after a while."""

    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_index=False, related_name="applications"
    )
    status = models.CharField(max_length=20, choices=ApplicationStatus.choices)
    name = models.CharField(max_length=200)
    # In lower case.
    email = models.CharField(max_length=254)
    # ISO 3166-1 alpha-2.
    country = models.CharField(max_length=2)
    topics = models.CharField(max_length=200, blank=True, default="")
    why = models.TextField(max_length=2_000)
    # What they agreed to, word for word, and from which age on they said to be.
    consent_text = models.TextField(max_length=2_000)
    consent_version = models.PositiveIntegerField()
    min_age = models.PositiveSmallIntegerField()
    submitted_at = models.DateTimeField()
    # When the link in our mail was used; null where none was sent, or not yet.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # For ourselves: the applicant is told by a person.
    reason = models.CharField(max_length=300, blank=True, default="")
    # Accepted: what they became. It goes with the creator.
    relationship = models.ForeignKey(
        Relationship,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="applications",
    )
    # Ids of what accepting it made, which an undo takes out again.
    made = models.JSONField(default=dict, blank=True)
    # Raised with each decision: one on an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["submitted_at", "pk"]
        constraints = [
            # Sending the form twice is applying once.
            models.UniqueConstraint(
                fields=["brand", "email"],
                condition=Q(status__in=[ApplicationStatus.UNCONFIRMED, ApplicationStatus.OPEN]),
                name="crm_application_open_once",
            ),
            models.CheckConstraint(
                name="crm_application_status", condition=Q(status__in=ApplicationStatus.values)
            ),
            models.CheckConstraint(
                name="crm_application_whole",
                condition=~Q(name="") & ~Q(why="") & ~Q(consent_text="") & ~Q(country=""),
            ),
            models.CheckConstraint(
                name="crm_application_email_normal",
                condition=Q(email=Lower("email")) & ~Q(email=""),
            ),
            models.CheckConstraint(
                name="crm_application_decided",
                condition=Q(status__in=_DECIDED, decided_at__isnull=False)
                | (~Q(status__in=_DECIDED) & Q(decided_at=None, reason="")),
            ),
            models.CheckConstraint(
                name="crm_application_accepted",
                condition=Q(status=ApplicationStatus.ACCEPTED, relationship__isnull=False)
                | (~Q(status=ApplicationStatus.ACCEPTED) & Q(relationship=None)),
            ),
            models.CheckConstraint(
                name="crm_application_declined_why",
                condition=~Q(status=ApplicationStatus.DECLINED) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="crm_application_decided_order",
                condition=Q(decided_at=None) | Q(decided_at__gte=F("submitted_at")),
            ),
        ]
        indexes = [
            # The tabs of the queue, and how many wait: the oldest first.
            models.Index(
                fields=["brand", "status", "submitted_at", "id"], name="crm_application_queue"
            ),
            # Whether the same person applied before.
            models.Index(fields=["brand", "email"], name="crm_application_email"),
        ]

    def __str__(self) -> str:
        return self.name


class ApplicationAccount(models.Model):
    """An account that an applicant says is theirs; whether it is, nobody has checked."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, db_index=False, related_name="accounts"
    )
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    # Normalised, as in Profile.
    handle = models.CharField(max_length=200)
    url = models.CharField(max_length=500, blank=True, default="")
    # As they say.
    followers = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["application", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "platform", "handle"], name="crm_application_account_once"
            ),
            models.CheckConstraint(
                name="crm_application_account_handle",
                condition=Q(handle=Lower("handle")) & ~Q(handle=""),
            ),
            models.CheckConstraint(
                name="crm_application_account_followers",
                condition=Q(followers=None) | Q(followers__gte=0),
            ),
        ]
        indexes = [
            # Who else applied with this account?
            models.Index(fields=["platform", "handle"], name="crm_application_account"),
        ]

    def __str__(self) -> str:
        return f"{self.platform_id}/{self.handle}"
