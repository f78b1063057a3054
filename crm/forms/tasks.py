"""Tasks, and when cards stall."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from crm.choices import RepeatUnit, Stage
from crm.forms.base import PlainForm
from crm.models import Brand, Task, User
from crm.selectors import people_of
from crm.services.recurrence import EVERY_MAX
from crm.services.stalls import CARDS_MAX, DAYS_MAX, DEFAULTS, Limits
from crm.services.tasks import DETAILS_MAX, TITLE_MAX, Repeat, TaskChanges

_DATE = {"type": "date"}


class TaskForm(PlainForm):
    """One thing to do: what, who, by when, again when."""

    title = forms.CharField(
        max_length=TITLE_MAX,
        label="Task",
        widget=forms.TextInput(attrs={"data-mentions": "", "autocomplete": "off"}),
    )
    assignee = forms.ModelChoiceField(
        User.objects.none(), required=False, label="For", empty_label="Nobody yet"
    )
    due_on = forms.DateField(
        required=False, label="By", widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d")
    )
    due_time = forms.TimeField(
        required=False,
        label="At",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="Only where the hour matters.",
    )
    repeat_unit = forms.ChoiceField(
        choices=[("", "Once"), *((unit.value, f"Every {unit.label}") for unit in RepeatUnit)],
        required=False,
        label="Repeats",
    )
    repeat_every = forms.IntegerField(
        min_value=1,
        max_value=EVERY_MAX,
        required=False,
        label="How often",
        help_text="2: every second day, week …",
    )
    details = forms.CharField(
        max_length=DETAILS_MAX,
        required=False,
        label="Details",
        widget=forms.Textarea(attrs={"rows": 2, "data-mentions": ""}),
        help_text="@ names a colleague and tells them.",
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        """`brand` says who can have the task, and whose days they are."""
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(brand.timezone)
        self.fields["assignee"].queryset = people_of(brand)  # type: ignore[attr-defined]

    @classmethod
    def of(cls, task: Task) -> TaskForm:
        """The form as the task is now."""
        zone = ZoneInfo(task.brand.timezone)
        moment = task.due_at.astimezone(zone) if task.due_at else None
        return cls(
            brand=task.brand,
            initial={
                "title": task.title,
                "details": task.details,
                "assignee": task.assignee_id,
                "due_on": moment.date() if moment else task.due_on,
                "due_time": moment.time() if moment else None,
                "repeat_unit": task.repeat_unit,
                "repeat_every": task.repeat_every if task.repeat_unit else None,
            },
        )

    def clean(self) -> dict[str, Any]:
        """An hour without a day is a slip, and so is a rhythm without a beginning."""
        data = super().clean() or {}
        if "due_on" in data and data["due_on"] is None:
            if data.get("due_time"):
                self.add_error("due_on", "Say on which day.")
            elif data.get("repeat_unit"):
                self.add_error("due_on", "Say when it is first due.")
        return data

    @property
    def wanted(self) -> TaskChanges:
        """What the services take."""
        data = self.cleaned_data
        day, clock, unit = data["due_on"], data["due_time"], data["repeat_unit"]
        moment = datetime.combine(day, clock, self.zone) if day and clock else None
        return {
            "title": data["title"],
            "details": data["details"],
            "assignee": data["assignee"],
            "due_on": None if moment else day,
            "due_at": moment,
            "repeat": Repeat(RepeatUnit(unit), data["repeat_every"] or 1) if unit else None,
        }


class VersionForm(forms.Form):
    """The version that the page was made from."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class PlanForm(forms.Form):
    """What a click on a row of the day brings along."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    text = forms.CharField(max_length=200, required=False)
    on = forms.DateField(required=False)


class SnoozeForm(forms.Form):
    """Until when a row stays away."""

    until = forms.DateField(error_messages={"required": "Say until which day."})


class StageLimitsForm(PlainForm):
    """Days and cards by stage."""

    def __init__(self, *args: Any, limits: dict[Stage, Limits], **kwargs: Any) -> None:
        """`limits` is what holds now."""
        super().__init__(*args, **kwargs)
        for stage in DEFAULTS:
            self.fields[stage.value] = forms.IntegerField(
                min_value=1,
                max_value=DAYS_MAX,
                required=False,
                label=f"{stage.label}: days",
                initial=limits[stage].days,
            )
            self.fields[f"{stage.value}_cards"] = forms.IntegerField(
                min_value=1,
                max_value=CARDS_MAX,
                required=False,
                label=f"{stage.label}: cards",
                initial=limits[stage].cards,
            )
        self.dress()

    @property
    def wanted(self) -> dict[Stage, Limits]:
        """What the service takes."""
        given = self.cleaned_data
        return {
            stage: Limits(given[stage.value], given[f"{stage.value}_cards"]) for stage in DEFAULTS
        }
