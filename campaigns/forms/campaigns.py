"""A campaign, its budget, its steps, and what is said when it moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms

from campaigns.choices import BudgetKind, CampaignTrigger
from campaigns.disclosure import packs
from campaigns.disclosure.goods import goods_name, goods_of
from campaigns.forms.offers import date_field, money_field
from campaigns.models import BudgetLine, Campaign
from campaigns.services.campaigns import FIELDS, LESSONS_MAX, TEXT_MAX, Values
from campaigns.services.money import CURRENCIES
from campaigns.services.objectives import OBJECTIVES, Unit
from campaigns.services.plans import TITLE_MAX, Line, name_of
from campaigns.services.use_cases import Template
from crm.models import Brand, Platform, User
from crm.selectors import TierTable, people_of
from crm.styled import PlainForm

_UNITS = {
    Unit.COUNT: "number",
    Unit.PERCENT: "%",
    Unit.MONEY: "money",
    Unit.RATIO: "times",
    Unit.DAYS: "days",
}


def required_day(label: str, help_text: str = "") -> forms.DateField:
    """A day that has to be said."""
    field = date_field(label, help_text)
    field.required = True
    return field


def lines(rows: int = 3) -> forms.Textarea:
    """An input for a paragraph."""
    return forms.Textarea(attrs={"rows": rows})


def jurisdictions() -> list[tuple[str, str]]:
    """Those that have disclosure rules."""
    return sorted((pack.key, pack.name) for pack in packs.standard().jurisdictions.values())


def goods() -> list[tuple[str, str]]:
    """Those that have rules of their own."""
    return [(key, goods_name(key)) for key in goods_of(packs.standard())]


class CampaignForm(PlainForm):
    """What a campaign says. Sections of the page take its fields by name."""

    name = forms.CharField(max_length=120, label="Name")
    trigger = forms.ChoiceField(label="What sets it off")
    occasion = forms.CharField(
        max_length=TEXT_MAX, required=False, label="In words", widget=lines(2)
    )
    objective = forms.ChoiceField(label="Measured by")
    target = forms.DecimalField(
        max_digits=16,
        decimal_places=4,
        label="Target",
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
        help_text="As people say it: 3.5 for 3.5 %. For costs and days it is the upper limit.",
    )
    target_on = required_day("Reached by")
    audience = forms.CharField(
        max_length=TEXT_MAX,
        required=False,
        label="Whom it is to reach",
        widget=lines(2),
        help_text="People, not creators: women of 25 to 40 in Denmark who begin with skincare.",
    )
    platforms = forms.MultipleChoiceField(
        required=False, label="Platforms", widget=forms.CheckboxSelectMultiple
    )
    jurisdictions = forms.MultipleChoiceField(
        required=False,
        label="Jurisdictions",
        widget=forms.CheckboxSelectMultiple,
        help_text="Whose disclosure rules apply: those of the audience and of the creators.",
    )
    category = forms.CharField(
        max_length=120,
        required=False,
        label="Category",
        help_text="What it sells, as in exclusivity terms: skincare. Two campaigns of one category "
        "at a time are pointed out.",
    )
    goods = forms.MultipleChoiceField(
        required=False,
        label="Sensitive goods or subjects",
        widget=forms.CheckboxSelectMultiple,
        help_text="Goods that have rules of their own: legal is asked about them for each piece.",
    )
    starts_on = required_day("First day", "Steps are planned back from it.")
    ends_on = required_day("Last day")
    embargo_until = forms.DateTimeField(
        required=False,
        label="Embargo until",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="Nothing can be live before. In the brand's time zone.",
    )
    budget = money_field("Budget", "For everything that creators cost.")
    currency = forms.ChoiceField(choices=[(code, code) for code in CURRENCIES], label="Currency")
    wanted_creators = forms.IntegerField(
        required=False, min_value=1, max_value=100_000, label="Creators wanted"
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Owner", empty_label="Nobody yet"
    )
    reached = forms.DecimalField(
        max_digits=16,
        decimal_places=4,
        required=False,
        label="Reached",
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
        help_text="What came of the objective, as far as you know. Empty: not known.",
    )
    lessons = forms.CharField(
        max_length=LESSONS_MAX,
        required=False,
        label="Lessons",
        widget=lines(4),
        help_text="What the next campaign should know.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(
        self,
        data: Any = None,
        *,
        brand: Brand,
        template: Template,
        campaign: Campaign | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        if campaign is not None:
            said = {name: getattr(campaign, name) for name in FIELDS}
            said["owner"] = campaign.owner_id
            said["target"] = campaign.target.normalize()
            said["reached"] = campaign.reached and campaign.reached.normalize()
            initial = said | {"version": campaign.version}
        super().__init__(data, initial=initial)
        fields = cast("Mapping[str, Any]", self.fields)
        fields["trigger"].choices = CampaignTrigger.choices
        fields["objective"].choices = [
            (metric.key, f"{metric.label} ({_UNITS[metric.unit]}): {metric.question}")
            for metric in OBJECTIVES.values()
        ]
        names = Platform.objects.order_by("position", "key").values_list("key", "name")
        fields["platforms"].choices = list(names)
        fields["jurisdictions"].choices = jurisdictions()
        fields["goods"].choices = goods()
        fields["owner"].queryset = people_of(brand)
        if template.needs_embargo:
            fields["embargo_until"].help_text += " A launch cannot be activated without."
        if campaign is None:
            del self.fields["reached"], self.fields["lessons"]
            fields["ends_on"].required = False
            fields[
                "ends_on"
            ].help_text = f"Empty: {template.lasts} days after the first, as is usual."
            fields["target_on"].required = False
            fields["target_on"].help_text = "Empty: the last day."

    @property
    def values(self) -> Values:
        """What the service takes; a day that a new campaign does not say, the template does."""
        said = {name: self.cleaned_data[name] for name in FIELDS if name in self.cleaned_data}
        for name in ("ends_on", "target_on"):
            if said.get(name) is None:
                said.pop(name, None)
        return cast("Values", said)


class WordsForm(PlainForm):
    """The lessons, or the reason, with which a campaign moves."""

    words = forms.CharField(max_length=LESSONS_MAX, required=False, widget=lines(3))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class CloneForm(PlainForm):
    """The same again, from another day on."""

    name = forms.CharField(max_length=120, label="Name")
    starts_on = required_day("First day", "All other days move along.")


class DayForm(PlainForm):
    """The day of a step."""

    due_on = required_day("Due")


class DeadlineForm(DayForm):
    """Another step."""

    title = forms.CharField(max_length=TITLE_MAX, label="Step")
    field_order = ("title", "due_on")


class BudgetForm(PlainForm):
    """One cut of the budget: an amount and a number of creators for each tier or segment.

    Tiers are those of the brand's scheme. Segments belong to an app above this one: theirs are the
    lines that activations made, and those that somebody names here by key.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    NEW = 3

    def __init__(
        self,
        data: Any = None,
        *,
        brand: Brand,
        kind: BudgetKind,
        rows: Sequence[BudgetLine],
        version: int,
    ) -> None:
        super().__init__(data, initial={"version": version}, prefix=kind.value)
        self.kind = kind
        held = {row.key: row for row in rows}
        if kind is BudgetKind.TIER:
            self.names = {tier.key: tier.name for tier in TierTable.of(brand).tiers}
        else:
            self.names = {row.key: row.name for row in rows}
        self.keys = list(self.names)
        for key, name in self.names.items():
            self._add(key, name, held.get(key))
        if kind is BudgetKind.SEGMENT:
            for number in range(self.NEW):
                slot = f"new{number}"
                self.fields[f"{slot}_key"] = forms.SlugField(
                    max_length=60, required=False, label="Segment"
                )
                self._add(slot, "another segment", None)
                self.keys.append(slot)
        self.dress()

    def _add(self, key: str, name: str, row: BudgetLine | None) -> None:
        amount = money_field(f"Amount for {name}")
        amount.initial = row.amount if row else None
        creators = forms.IntegerField(
            min_value=1, max_value=100_000, required=False, label=f"Creators of {name}"
        )
        creators.initial = row.creators if row else None
        self.fields[f"{key}_amount"], self.fields[f"{key}_creators"] = amount, creators

    @property
    def rows(self) -> list[tuple[str, Any, Any, Any]]:
        """Name, input of the key (for new segments), amount, creators."""
        return [
            (
                self.names.get(key, ""),
                None if key in self.names else self[f"{key}_key"],
                self[f"{key}_amount"],
                self[f"{key}_creators"],
            )
            for key in self.keys
        ]

    @property
    def lines(self) -> list[Line]:
        """Those with an amount."""
        data = self.cleaned_data
        made = []
        for key in self.keys:
            amount = data.get(f"{key}_amount")
            if not amount:
                continue
            named = key if key in self.names else data.get(f"{key}_key") or ""
            name = name_of(named, self.names)
            made.append(Line(named, name, amount, data.get(f"{key}_creators")))
        return made

    def clean(self) -> dict[str, Any]:
        """A new line names its segment, and one that says creators says an amount."""
        data = super().clean() or {}
        for key in self.keys:
            amount = data.get(f"{key}_amount")
            if data.get(f"{key}_creators") and not amount:
                self.add_error(f"{key}_amount", "Say the amount, too.")
            if key not in self.names and amount and not data.get(f"{key}_key"):
                self.add_error(f"{key}_key", "Name the segment by its key.")
        return data
