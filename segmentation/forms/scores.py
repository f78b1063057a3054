"""Score models as forms: what a score is for, and its components one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from crm.fact_keys import key_of
from crm.styled import PlainForm, lines, put_error
from segmentation.rules.facts import NUMERIC_TYPES, Catalogue, Fact, FactType
from segmentation.scoring.definition import (
    LARGEST_WEIGHT,
    LEAVE_OUT,
    LONGEST_LABEL,
    MOST_COMPONENTS,
    MOST_PEERS,
    NO_SCORE,
    Fault,
)
from segmentation.services.scores.writing import PURPOSE_MAX, REASON_MAX

# What a line of points is divided by.
SEPARATOR = "="
OTHER = "other"
ASSUME = "points"
_BLANK = 2
_SCORABLE = NUMERIC_TYPES | {FactType.CHOICE, FactType.SET, FactType.BOOLEAN}


class ScoreForm(PlainForm):
    """What a score is called and for, and why this version."""

    name = forms.CharField(max_length=80, label="Name")
    key = forms.CharField(
        max_length=30,
        required=False,
        label="Key",
        help_text="Rules call it score_ and this. Empty: made from the name.",
    )
    purpose = forms.CharField(
        max_length=PURPOSE_MAX, label="What a high score means", widget=lines(2)
    )
    least_known = forms.IntegerField(
        min_value=0,
        max_value=100,
        initial=60,
        label="Least that must be known, % of the weight",
        help_text="With less there is no score.",
    )
    reason = forms.CharField(max_length=REASON_MAX, label="Why this version")
    based_on = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


class PointsField(forms.CharField):
    """Lines of text, "value = points"; cleaned, pairs of text."""

    widget = lines(4)

    def to_python(self, value: Any) -> Any:
        """The pairs. ValidationError names the line that is none."""
        found: list[tuple[str, str]] = []
        for place, line in enumerate((super().to_python(value) or "").splitlines(), 1):
            if not line.strip():
                continue
            name, sign, points = line.rpartition(SEPARATOR)
            if not sign or not name.strip() or not points.strip():
                raise ValidationError(f"Line {place} is not “value = points”.")
            if name.strip().lower() in {given.lower() for given, _ in found}:
                raise ValidationError(f"Line {place} names “{name.strip()[:60]}” once more.")
            found.append((name.strip(), points.strip()))
        return found

    def prepare_value(self, value: Any) -> Any:
        """The lines, as they are typed."""
        if isinstance(value, list):
            return "\n".join(f"{name} {SEPARATOR} {points}" for name, points in value)
        return value


class ComponentForm(PlainForm):
    """One component. One without a fact is left out."""

    label = forms.CharField(max_length=LONGEST_LABEL, required=False, label="Component")
    fact = forms.ChoiceField(required=False, label="Fact")
    weight = forms.FloatField(required=False, min_value=0, max_value=LARGEST_WEIGHT, label="Weight")
    kind = forms.ChoiceField(
        choices=[
            ("percentile", "Rank among peers"),
            ("anchors", "Points by number, straight lines between"),
            ("values", "Points by value"),
        ],
        label="Points",
    )
    better = forms.ChoiceField(
        choices=[("higher", "Higher is better"), ("lower", "Lower is better")],
        label="Of a rank",
    )
    peers = forms.MultipleChoiceField(
        required=False,
        label="Peers are equal in",
        help_text=f"None: all creators. {MOST_PEERS} at most.",
        widget=forms.SelectMultiple(attrs={"size": 4}),
    )
    points = PointsField(
        required=False,
        label="Points by number or value",
        help_text="A line each: 3 % = 50, or educator = 100. “other = 20” is for all other values.",
    )
    missing = forms.ChoiceField(
        choices=[
            (LEAVE_OUT, "Leave it out"),
            (NO_SCORE, "Give no score"),
            (ASSUME, "Count so many points"),
        ],
        label="Where it is not known",
    )
    assumed = forms.FloatField(required=False, min_value=0, max_value=100, label="Points then")

    def __init__(self, *args: Any, facts: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._facts = facts
        self.fields["fact"].choices = [  # type: ignore[attr-defined]
            ("", "Choose a fact"),
            *((key, fact.label) for key, fact in facts.items() if fact.type in _SCORABLE),
        ]
        self.fields["peers"].choices = [  # type: ignore[attr-defined]
            (key, fact.label)
            for key, fact in facts.items()
            if fact.type in {FactType.CHOICE, FactType.BOOLEAN}
        ]

    def clean(self) -> dict[str, Any]:
        """Points that are assumed have to be said."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        is_silent = cleaned.get("assumed") is None and "assumed" not in self.errors
        if cleaned.get("fact") and cleaned.get("missing") == ASSUME and is_silent:
            self.add_error("assumed", "Say how many points.")
        return cleaned

    @property
    def is_left_out(self) -> bool:
        """An empty one, or one whose fact somebody took away."""
        return not self.cleaned_data.get("fact")

    def stored(self) -> dict[str, Any]:
        """As a definition holds it; what is wrong with it, the definition says."""
        data = self.cleaned_data
        fact = self._facts[data["fact"]]
        label = data["label"] or fact.label
        missing = data["assumed"] if data["missing"] == ASSUME else data["missing"]
        return {
            "key": key_of(label)[:40] or fact.key[:40],
            "label": label,
            "fact": fact.key,
            "weight": data["weight"] or 0,
            "scale": self._scale(data, fact),
            "missing": missing,
        }

    def _scale(self, data: dict[str, Any], fact: Fact) -> dict[str, Any]:
        if data["kind"] == "percentile":
            return {"kind": "percentile", "peers": data["peers"], "better": data["better"]}
        pairs = [(name, _number(points, is_percent=False)) for name, points in data["points"]]
        if data["kind"] == "anchors":
            is_percent = fact.type is FactType.PERCENT
            anchors = [[_number(name, is_percent=is_percent), points] for name, points in pairs]
            return {"kind": "anchors", "points": anchors}
        scale: dict[str, Any] = {"kind": "values"}
        by_label = {fact.label_of(key).lower(): key for key in fact.allowed or ()}
        scale["points"] = {
            by_label.get(name.lower(), name): points
            for name, points in pairs
            if name.lower() != OTHER
        }
        scale["other"] = next((points for name, points in pairs if name.lower() == OTHER), 0)
        return scale


_Components = forms.formset_factory(
    ComponentForm, extra=_BLANK, max_num=MOST_COMPONENTS, absolute_max=MOST_COMPONENTS + _BLANK
)


class ComponentForms(_Components):  # type: ignore[misc,valid-type] # made by a function
    """All components, and empty ones for more."""

    @classmethod
    def of(cls, stored: Sequence[dict[str, Any]], facts: Catalogue) -> ComponentForms:
        """As they are in a version."""
        initial = [_initial(one, facts) for one in stored]
        return cls(prefix="parts", initial=initial, form_kwargs={"facts": facts})

    @property
    def kept(self) -> list[ComponentForm]:
        """Those that are to be kept, once all are valid."""
        return [form for form in self.forms if not form.is_left_out]

    def put(self, faults: Sequence[Fault], form: ScoreForm) -> None:
        """Put what is wrong with a definition beside what somebody typed."""
        kept = self.kept
        for fault in faults:
            _, where, *rest = [*fault.pointer.split("/"), "", ""]
            if where == "components" and rest[0].isdigit() and int(rest[0]) < len(kept):
                put_error(kept[int(rest[0])], _FIELDS.get("/".join(rest[1:3]), ""), fault.message)
            else:
                put_error(form, where, fault.message)


_FIELDS = {
    "key/": "label",
    "label/": "label",
    "fact/": "fact",
    "weight/": "weight",
    "missing/": "assumed",
    "scale/kind": "kind",
    "scale/peers": "peers",
    "scale/points": "points",
    "scale/other": "points",
}


def _number(text: str, *, is_percent: bool) -> float | str:
    """A number as people type it, else the text: the definition says that it is none."""
    cleaned = text.replace(" ", "").replace("\N{NARROW NO-BREAK SPACE}", "").replace(",", "")
    has_sign = cleaned.endswith("%")
    try:
        found = float(cleaned.removesuffix("%"))
    except ValueError:
        return text
    return float(f"{found / 100:.12g}") if has_sign and is_percent else found


def _initial(one: dict[str, Any], facts: Catalogue) -> dict[str, Any]:
    scale, missing = one.get("scale", {}), one.get("missing", LEAVE_OUT)
    fact = facts.get(one.get("fact", ""))
    is_percent = fact is not None and fact.type is FactType.PERCENT
    points = scale.get("points", [])
    if isinstance(points, dict):
        pairs = [(name, f"{value:g}") for name, value in points.items()]
        if scale.get("other"):
            pairs.append((OTHER, f"{scale['other']:g}"))
    else:
        pairs = [
            (f"{value * 100:.10g} %" if is_percent else f"{value:.10g}", f"{brought:g}")
            for value, brought in points
        ]
    return {
        "label": one.get("label", ""),
        "fact": one.get("fact", ""),
        "weight": one.get("weight"),
        "kind": scale.get("kind"),
        "better": scale.get("better", "higher"),
        "peers": scale.get("peers", []),
        "points": pairs,
        "missing": missing if isinstance(missing, str) else ASSUME,
        "assumed": None if isinstance(missing, str) else missing,
    }
