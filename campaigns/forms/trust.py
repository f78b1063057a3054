"""How a brand weighs trust, and what the lists are asked for."""

from __future__ import annotations

from django import forms

from campaigns.services.trust.weighing import REASON_MAX
from campaigns.trust.weights import standard
from crm.styled import PlainForm


def _points(label: str, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(min_value=0, max_value=100, label=label, help_text=help_text)


def _part(key: str) -> forms.IntegerField:
    return _points(standard().components[key].label)


class WeightsForm(PlainForm):
    """Weights of the parts, and from which authenticity on nobody has to look."""

    id_prefix = "weights"

    consistency = _part("consistency")
    disclosure = _part("disclosure")
    sentiment = _part("sentiment")
    incidents = _part("incidents")
    reliability = _part("reliability")
    authenticity_below = _points(
        "Look below this authenticity", "Creators below it are marked, so that somebody looks."
    )
    reason = forms.CharField(max_length=REASON_MAX, label="Why")


class BelowForm(PlainForm):
    """Whom a list is asked for."""

    id_prefix = "asked"

    below = forms.IntegerField(min_value=0, max_value=100, required=False, label="Below, of 100")
