"""What a plan of a budget is asked for, in a browser."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import OuterRef, Subquery

from campaigns.models import Campaign
from crm.models import Platform, Profile, Relationship
from crm.styled import PlainForm, lines
from segmentation.choices import Forecasted, SegmentStatus, Wish
from segmentation.models import BudgetPlan, Segment
from segmentation.services.budgets.asking import NAME_MAX, as_planned
from segmentation.services.budgets.asks import (
    MEASURES,
    MOST_CREATORS,
    MOST_PIECES,
    Asks,
    Limit,
    read_limits,
    read_prices,
)
from segmentation.services.edits import EditRefused


class BudgetPlanForm(PlainForm):
    """A budget, what it is to bring, and what must be kept."""

    id_prefix = "plan"

    name = forms.CharField(max_length=NAME_MAX, label="Name", help_text="To tell plans apart.")
    budget = forms.DecimalField(min_value=1, max_digits=13, decimal_places=2, label="Budget")
    measure = forms.ChoiceField(
        choices=[(one.value, one.label) for one in MEASURES], label="What is to be brought"
    )
    only_campaign = forms.BooleanField(
        required=False, label="Only creators who are in the campaign already"
    )
    segments = forms.MultipleChoiceField(
        required=False, label="In any of these segments", help_text="None chosen: everybody."
    )
    platforms = forms.MultipleChoiceField(
        required=False,
        label="On these platforms",
        help_text="None chosen: those of the campaign; where it names none, any.",
    )
    most_pieces = forms.IntegerField(
        min_value=1, max_value=MOST_PIECES, initial=2, label="Pieces of one creator, at most"
    )
    worth = forms.IntegerField(
        min_value=5,
        max_value=100,
        initial=70,
        label="A further piece brings, in % of the one before",
        help_text="Further pieces reach many of the same people.",
    )
    least_creators = forms.IntegerField(
        min_value=1, max_value=MOST_CREATORS, required=False, label="Creators, at least"
    )
    most_creators = forms.IntegerField(
        min_value=1, max_value=MOST_CREATORS, required=False, label="Creators, at most"
    )
    most_share = forms.IntegerField(
        min_value=1,
        max_value=100,
        required=False,
        label="Of the budget, for one creator at most, in %",
    )
    must = forms.CharField(
        required=False, widget=lines(2), label="Must be in", help_text="Handles, one a line."
    )
    never = forms.CharField(
        required=False, widget=lines(2), label="Must not be in", help_text="Handles, one a line."
    )
    limits = forms.CharField(
        required=False,
        widget=lines(3),
        label="Further limits",
        help_text="One a line: “tier micro spend at most 30%”, “segment educators creators at "
        "least 5”, “platform youtube spend at least 1000”.",
    )
    assumed = forms.CharField(
        required=False,
        widget=lines(3),
        label="Price of a piece where none is known",
        help_text="A tier a line: “micro = 250”. Without it such creators are left out.",
    )

    def __init__(self, data: Any, *, campaign: Campaign, like: BudgetPlan | None = None) -> None:
        """`like`: a plan whose question it begins with."""
        super().__init__(data, initial=_first(campaign) if like is None else _asked(like))
        self.campaign = campaign
        segments = Segment.objects.filter(brand=campaign.brand).exclude(
            status=SegmentStatus.ARCHIVED
        )
        _choices(self, "segments", segments.order_by("name", "pk").values_list("key", "name"))
        _choices(self, "platforms", Platform.objects.values_list("key", "name"))
        self.fields["budget"].label = f"Budget, {campaign.currency}"
        self.dress()

    def clean_limits(self) -> list[Limit]:
        """The limits that its lines say."""
        found: list[Limit] = _read(read_limits, self.cleaned_data["limits"])
        return found

    def clean_assumed(self) -> dict[str, str]:
        """Tier to price."""
        found: dict[str, str] = _read(read_prices, self.cleaned_data["assumed"])
        return found

    def clean_must(self) -> list[int]:
        """Relationships of the handles."""
        return self._people("must")

    def clean_never(self) -> list[int]:
        """Relationships of the handles."""
        return self._people("never")

    @property
    def asks(self) -> Asks:
        """What is asked; of a form that is valid."""
        said = self.cleaned_data
        share = said["most_share"]
        return Asks(
            budget=str(said["budget"]),
            measure=Forecasted(said["measure"]).value,
            only_campaign=said["only_campaign"],
            segments=said["segments"],
            platforms=said["platforms"],
            most_pieces=said["most_pieces"],
            worth=said["worth"] / 100,
            least_creators=said["least_creators"],
            most_creators=said["most_creators"],
            most_share=None if share is None else share / 100,
            limits=said["limits"],
            assumed=said["assumed"],
        )

    def _people(self, name: str) -> list[int]:
        handles = {
            line.strip().lstrip("@").lower()
            for line in self.cleaned_data[name].splitlines()
            if line.strip()
        }
        if not handles:
            return []
        # A handle is somebody's on one platform, and may be somebody else's on another.
        called: dict[str, set[int]] = {handle: set() for handle in handles}
        known = Profile.objects.filter(
            creator__relationships__brand=self.campaign.brand, handle__in=handles
        )
        for handle, creator in known.values_list("handle", "creator"):
            called[handle].add(creator)
        for handle, creators in sorted(called.items()):
            if not creators:
                raise forms.ValidationError(f"Nobody whom you know is called @{handle}.")
            if len(creators) > 1:
                raise forms.ValidationError(
                    f"@{handle} is {len(creators)} people on different platforms: "
                    "name them by another account."
                )
        rows = Relationship.objects.filter(
            brand=self.campaign.brand, creator__in=set().union(*called.values())
        )
        return list(rows.order_by("pk").values_list("pk", flat=True))


def _first(campaign: Campaign) -> dict[str, Any]:
    first = as_planned(campaign)
    return {"budget": first.budget, "measure": first.measure}


def _asked(plan: BudgetPlan) -> dict[str, Any]:
    """What a plan was asked, as it is typed; its name is its own."""
    asks = Asks.of(plan.asks)
    wishes: dict[str, list[str]] = {Wish.MUST: [], Wish.NEVER: []}
    handles = Profile.objects.filter(creator=OuterRef("relationship__creator")).order_by("pk")
    rows = plan.picks.exclude(wish="").annotate(handle=Subquery(handles.values("handle")[:1]))
    for wish, handle in rows.order_by("pk").values_list("wish", "handle"):
        wishes[wish].append(handle or "")
    return {
        **plan.asks,
        "worth": round(asks.worth * 100),
        "most_share": None if asks.most_share is None else round(asks.most_share * 100),
        "limits": "\n".join(one.words for one in asks.limits),
        "assumed": "\n".join(
            f"{tier} = {price}"
            for tier, price in sorted(asks.assumed.items(), key=lambda one: Decimal(one[1]))
        ),
        "must": "\n".join(filter(None, wishes[Wish.MUST])),
        "never": "\n".join(filter(None, wishes[Wish.NEVER])),
    }


def _choices(form: forms.Form, name: str, choices: Any) -> None:
    field = form.fields[name]
    if isinstance(field, forms.MultipleChoiceField):
        field.choices = list(choices)


def _read(reader: Any, text: str) -> Any:
    try:
        return reader(text)
    except EditRefused as refusal:
        raise forms.ValidationError(str(refusal)) from refusal
