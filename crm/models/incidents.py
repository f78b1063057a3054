"""What went wrong with a creator, in a campaign or for the brand, and what was done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from crm.choices import IncidentAct, IncidentKind, IncidentState, RunbookPhase, Severity
from crm.models.brands import Brand, User
from crm.models.relationships import Relationship

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# Somebody still has to do something.
OPEN_INCIDENTS = (IncidentState.OPEN, IncidentState.CONTAINED)


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Incidents of the brands in which `user` has a role; what happened is for fewer people."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open(self) -> Self:
        """Those that nobody has resolved or dismissed."""
        return self.filter(state__in=OPEN_INCIDENTS)

    def counted(self) -> Self:
        """Those that say something about whom they concern: not what was unfounded."""
        return self.exclude(state=IncidentState.DISMISSED)


class Incident(models.Model):
    """One thing that happened. Lists show kind and category; the words are for few people."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # Null: it is about a campaign, or about the brand as a whole.
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, null=True, blank=True, related_name="incidents"
    )
    kind = models.CharField(max_length=12, choices=IncidentKind.choices)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    # A category and a tier of the taxonomy of suitability, and its version; empty: none applies.
    category = models.CharField(max_length=40, blank=True, default="")
    tier = models.CharField(max_length=8, blank=True, default="")
    taxonomy = models.CharField(max_length=20, blank=True, default="")
    # The brand's days; null: nobody knows when.
    happened_on = models.DateField(null=True, blank=True)
    noticed_on = models.DateField()
    url = models.URLField(max_length=500, blank=True, default="")
    # May name what a person believes, is ill with or did: legal, admins, its owner and who wrote it
    # read it, nobody else. Emptied where the person's data is erased.
    what = models.TextField(max_length=4_000)
    erased_at = models.DateTimeField(null=True, blank=True)

    owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Somebody checked that it is true: only then is it a hard gate.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Before the state: defaults are taken in this order, and no state is older than its incident.
    created_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(
        max_length=10, choices=IncidentState.choices, default=IncidentState.OPEN
    )
    state_since = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # What of the product it came from ("disclosure_review:15"): reported once.
    origin = models.CharField(max_length=60, blank=True, default="")
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-noticed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="crm_incident_choices",
                condition=Q(
                    kind__in=IncidentKind.values,
                    severity__in=Severity.values,
                    state__in=IncidentState.values,
                ),
            ),
            models.CheckConstraint(
                name="crm_incident_category",
                condition=Q(category="", tier="", taxonomy="")
                | (~Q(category="") & ~Q(tier="") & ~Q(taxonomy="")),
            ),
            models.CheckConstraint(
                name="crm_incident_days",
                condition=Q(happened_on=None) | Q(happened_on__lte=F("noticed_on")),
            ),
            models.CheckConstraint(
                name="crm_incident_said", condition=~Q(what="") | Q(erased_at__isnull=False)
            ),
            models.CheckConstraint(
                name="crm_incident_state_order", condition=Q(state_since__gte=F("created_at"))
            ),
            models.UniqueConstraint(
                fields=["brand", "origin"], condition=~Q(origin=""), name="crm_incident_origin_once"
            ),
        ]
        indexes = [
            # The list, newest first; rates of a period.
            models.Index(fields=["brand", "-noticed_on", "-id"], name="crm_incident_list"),
            # My day: the open ones of one person.
            models.Index(
                fields=["owner", "state_since"],
                condition=Q(state__in=[state.value for state in OPEN_INCIDENTS]),
                name="crm_incident_owned",
            ),
        ]

    def __str__(self) -> str:
        return f"Incident {self.pk}: {self.get_kind_display()}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state in OPEN_INCIDENTS


class IncidentEvent(models.Model):
    """One thing that was done about an incident: an entry is added, never changed."""

    incident = models.ForeignKey(
        Incident, on_delete=models.CASCADE, db_index=False, related_name="events"
    )
    act = models.CharField(max_length=10, choices=IncidentAct.choices)
    from_state = models.CharField(
        max_length=10, choices=IncidentState.choices, blank=True, default=""
    )
    state = models.CharField(max_length=10, choices=IncidentState.choices)
    # Null: the product, or an account that went.
    actor = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    # As `what` of the incident: for few people.
    note = models.CharField(max_length=1_000, blank=True, default="")

    class Meta:
        ordering = ["incident", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="crm_incident_event_valid",
                condition=Q(
                    act__in=IncidentAct.values,
                    state__in=IncidentState.values,
                    from_state__in=["", *IncidentState.values],
                ),
            ),
        ]
        indexes = [
            # What was done, in its order.
            models.Index(fields=["incident", "at", "id"], name="crm_incident_history"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.act}"


class IncidentStep(models.Model):
    """One step of the runbook for one incident, in the words of the day it was reported."""

    incident = models.ForeignKey(
        Incident, on_delete=models.CASCADE, db_index=False, related_name="steps"
    )
    position = models.PositiveSmallIntegerField()
    phase = models.CharField(max_length=10, choices=RunbookPhase.choices)
    text = models.CharField(max_length=300)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # It does not apply here, and why.
    skipped_because = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["incident", "position"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "position"], name="crm_incident_step_once"),
            models.CheckConstraint(
                name="crm_incident_step_valid",
                condition=Q(phase__in=RunbookPhase.values) & ~Q(text=""),
            ),
            models.CheckConstraint(
                name="crm_incident_step_skipped",
                condition=Q(skipped_because="") | Q(done_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class IncidentFile(models.Model):
    """Something that shows what happened, kept below its digest. Read by whom the words are for."""

    incident = models.ForeignKey(
        Incident, on_delete=models.CASCADE, db_index=False, related_name="files"
    )
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["incident", "at", "pk"]
        constraints = [
            # The same file twice says nothing new.
            models.UniqueConstraint(fields=["incident", "digest"], name="crm_incident_file_once"),
            models.CheckConstraint(
                name="crm_incident_file_valid",
                condition=Q(digest__regex="^[0-9a-f]{64}$") & ~Q(name=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Runbook(models.Model):
    """What a brand does in the first hour, on the first day and afterwards. No row: the usual."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    kind = models.CharField(max_length=12, choices=IncidentKind.choices)
    first_hour = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    first_day = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    afterwards = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    # What is said while nothing more can be said; {creator}, {brand} and {day} are filled in.
    statement = models.TextField(max_length=2_000, blank=True, default="")
    updated_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    updated_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["brand", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "kind"], name="crm_runbook_once"),
            models.CheckConstraint(
                name="crm_runbook_valid", condition=Q(kind__in=IncidentKind.values)
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
