"""A way of looking at creators: what it is, and how often it is evaluated."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import validate_slug

from crm.styled import PlainForm, lines
from segmentation.choices import Cadence
from segmentation.models import Dimension
from segmentation.services import dimensions
from segmentation.services.edits import stamp

SEVERAL, ONE, FIRST = "several", "one", "first"
MODES = [
    (SEVERAL, "A creator can be in several of its segments"),
    (ONE, "A creator is in one of them: the first in order that matches"),
    (FIRST, "A creator can be in several, and the first in order is the effective one"),
]


class DimensionForm(PlainForm):
    """What the dimension is, and how often it is evaluated anew."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16, required=False)
    name = forms.CharField(max_length=120, label="Name")
    description = forms.CharField(
        label="Description", required=False, widget=lines(2), max_length=2_000
    )
    mode = forms.ChoiceField(
        label="Membership",
        choices=MODES,
        help_text="Takes effect with the next run.",
    )
    cadence = forms.ChoiceField(
        label="Evaluated",
        choices=Cadence.choices,
        help_text="Besides, a creator is evaluated soon after one of their facts has changed.",
    )
    cron = forms.CharField(
        label="Cron expression",
        required=False,
        max_length=100,
        help_text="Only for “by a cron expression”: minute, hour, day, month, weekday. 0 3 * * 1",
    )
    drift_alert_percent = forms.IntegerField(
        label="Alert when a run moves more than, %",
        min_value=0,
        max_value=100,
        help_text="Of the creators known before. 0: never.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, data: Any = None, *, dimension: Dimension | None = None) -> None:
        found = dimension or Dimension()
        mode = ONE if found.is_exclusive else FIRST if found.has_precedence else SEVERAL
        initial = {
            name: getattr(found, name)
            for name in ("name", "description", "cadence", "cron", "drift_alert_percent")
        }
        seen = stamp(found, dimensions.FIELDS) if dimension else ""
        super().__init__(data, initial={**initial, "mode": mode, "seen": seen})
        if dimension is None:
            self.fields["key"] = forms.CharField(
                max_length=60,
                validators=[validate_slug],
                label="Key",
                help_text="Short name in addresses and files: letters, digits, - and _.",
            )
            self.order_fields(["seen", "name", "key"])
        self.dress()

    def changes(self) -> dict[str, Any]:
        """The values as the service takes them."""
        values = {
            name: self.cleaned_data[name] for name in dimensions.FIELDS if name in self.cleaned_data
        }
        mode = self.cleaned_data["mode"]
        if values["cadence"] != Cadence.CRON:
            # What was typed for another cadence means nothing any more.
            values["cron"] = ""
        return values | {"is_exclusive": mode == ONE, "has_precedence": mode == FIRST}
