"""What the product tells a person, and how each person wants to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from crm.choices import MailPreference, NotificationKind
from crm.models.brands import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """One's own, of the brands in which `user` still has a role."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(user=user, brand__in=Brand.objects.visible_to(user))

    def unread(self) -> Self:
        """Those that nobody looked at."""
        return self.filter(read_at=None)


class Notification(models.Model):
    """One line for one person about something that happened in a brand."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, db_index=False, related_name="notifications"
    )
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=NotificationKind.choices)
    text = models.CharField(max_length=300)
    # A path of this product.
    url = models.CharField(max_length=500, blank=True, default="")
    # What it is about, where it must be told only once: "mention:note:12".
    key = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    # Until then it waits for the mail that the person's preference asks for.
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="crm_notification_kind_valid",
                condition=models.Q(kind__in=NotificationKind.values),
            ),
            models.CheckConstraint(name="crm_notification_not_empty", condition=~models.Q(text="")),
            models.UniqueConstraint(
                fields=["user", "brand", "key"],
                condition=~models.Q(key=""),
                name="crm_notification_once",
            ),
        ]
        indexes = [
            # The list of one person, newest first.
            models.Index(fields=["user", "brand", "-created_at", "-id"], name="crm_notif_list"),
            # The count beside the bell on every page.
            models.Index(
                fields=["user", "brand"], condition=models.Q(read_at=None), name="crm_notif_unread"
            ),
            # What waits to be mailed: a handful among all that ever was.
            models.Index(
                fields=["created_at"],
                condition=models.Q(read_at=None, mailed_at=None),
                name="crm_notif_to_mail",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Preferences(models.Model):
    """When and how one person wants to hear from the product. No row: the defaults below."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="preferences")
    # Empty: each brand's own.
    timezone = models.CharField(max_length=64, blank=True, default="")
    # The hour at which the day's reminders and the daily mail come.
    hour = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(23)])
    mail = models.CharField(
        max_length=10, choices=MailPreference.choices, default=MailPreference.DAILY
    )
    # The last daily mail: at most one a day, also after a pause of the worker.
    digest_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="crm_preferences_mail_valid",
                condition=models.Q(mail__in=MailPreference.values),
            ),
            models.CheckConstraint(
                name="crm_preferences_hour_valid", condition=models.Q(hour__range=(0, 23))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.mail} at {self.hour}"
