"""Links, codes, what is made for all creators of a campaign, and the brand's settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms

from campaigns.choices import VisitorPeriod
from campaigns.forms.offers import date_field
from campaigns.models import Engagement, PromoCode, TrackingLink, TrackingSettings
from campaigns.models.tracking import UTM
from campaigns.services.tracking import codes, links
from campaigns.services.tracking.bulk import Wish
from campaigns.services.tracking.codes import TERMS_MAX
from campaigns.services.tracking.deciding import Decided
from campaigns.services.tracking.links import LABEL_MAX, VARIANT_MAX
from campaigns.services.tracking.naming import CODE_MAX, PATTERN_MAX
from campaigns.services.tracking.spikes import REASON_MAX
from campaigns.services.tracking.urls import TARGET_MAX
from crm.models import Relationship
from crm.styled import PlainForm, lines

_MANY = 2**31 - 1


class PlaceField(forms.ModelChoiceField):  # type: ignore[type-arg] # not generic at run time
    """In which campaign the creator has it."""

    def __init__(self) -> None:
        super().__init__(
            Engagement.objects.none(),
            required=False,
            label="In which campaign",
            empty_label="Beside all campaigns",
        )

    def label_from_instance(self, obj: Any) -> str:
        """The campaign's name."""
        return str(obj.campaign)

    def of(self, relationship: Relationship) -> None:
        """Only this creator's."""
        rows = Engagement.objects.filter(relationship=relationship)
        self.queryset = rows.select_related("campaign", "relationship").order_by("-pk")


class LinkForm(PlainForm):
    """Where a link leads, and what the shop learns with it."""

    target = forms.CharField(
        max_length=TARGET_MAX,
        label="Leads to",
        help_text="A page of your shop.",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    label = forms.CharField(
        max_length=LABEL_MAX, required=False, label="Name", help_text="For yourselves."
    )
    variant = forms.CharField(
        max_length=VARIANT_MAX,
        required=False,
        label="Variant",
        help_text="Which of several links of one creator it is: hook A, story, bio.",
    )
    utm_source = forms.CharField(max_length=100, required=False, label="utm_source")
    utm_medium = forms.CharField(max_length=100, required=False, label="utm_medium")
    utm_campaign = forms.CharField(max_length=100, required=False, label="utm_campaign")
    utm_content = forms.CharField(max_length=100, required=False, label="utm_content")
    utm_term = forms.CharField(max_length=100, required=False, label="utm_term")

    @classmethod
    def of(cls, link: TrackingLink) -> LinkForm:
        """The form as the link is now."""
        return cls(initial={name: getattr(link, name) for name in links.FIELDS})

    @property
    def said(self) -> links.Said:
        """What the services take."""
        return cast("links.Said", {name: self.cleaned_data[name] for name in links.FIELDS})


class NewLinkForm(LinkForm):
    """A new link: what is left empty is made up of account, campaign and variant."""

    engagement = PlaceField()
    field_order = ("target", "engagement", "variant", "label", *UTM)

    def __init__(self, *args: Any, relationship: Relationship, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("PlaceField", self.fields["engagement"]).of(relationship)

    @property
    def said(self) -> links.Said:
        """What the services take: an empty word is made up."""
        given = {name: self.cleaned_data[name] for name in links.FIELDS}
        return cast("links.Said", {name: word for name, word in given.items() if word})


class CodeForm(PlainForm):
    """What a code gives, and how often it may be used."""

    terms = forms.CharField(
        max_length=TERMS_MAX,
        required=False,
        label="What it gives",
        help_text="As the shop has it: 15 % off the first order.",
    )
    valid_from = date_field("From", "")
    valid_until = date_field("Until", "The last day, included.")
    limit_per_day = forms.IntegerField(
        min_value=1,
        max_value=_MANY,
        required=False,
        label="Uses expected on a day, at most",
        help_text="More of them, and somebody is told. Empty: told when a day is unusual.",
    )
    limit_total = forms.IntegerField(
        min_value=1, max_value=_MANY, required=False, label="Uses expected in all, at most"
    )

    @classmethod
    def of(cls, code: PromoCode) -> CodeForm:
        """The form as the code is now."""
        return cls(initial={name: getattr(code, name) for name in codes.FIELDS})

    @property
    def said(self) -> codes.Said:
        """What the services take."""
        return cast("codes.Said", {name: self.cleaned_data[name] for name in codes.FIELDS})


class NewCodeForm(CodeForm):
    """A new code of a creator."""

    code = forms.CharField(
        max_length=CODE_MAX,
        label="Code",
        help_text="As it is in the shop. Small and capital letters are the same.",
    )
    engagement = PlaceField()
    field_order = ("code", "engagement", "terms")

    def __init__(self, *args: Any, relationship: Relationship, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("PlaceField", self.fields["engagement"]).of(relationship)


class WishForm(PlainForm):
    """A link and a code for every creator of a campaign who has none."""

    id_prefix = "wish"
    with_links = forms.BooleanField(required=False, initial=True, label="Links")
    with_codes = forms.BooleanField(required=False, initial=True, label="Codes")
    target = forms.CharField(
        max_length=TARGET_MAX,
        required=False,
        label="Links lead to",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    pattern = forms.CharField(
        max_length=PATTERN_MAX,
        required=False,
        label="Codes are called",
        help_text="{HANDLE}, {NAME}, {CAMPAIGN} and {PERCENT} are filled in.",
    )
    percent = forms.IntegerField(
        min_value=0, max_value=100, required=False, label="Per cent", help_text="For {PERCENT}."
    )
    terms = forms.CharField(max_length=TERMS_MAX, required=False, label="What codes give")
    valid_from = date_field("Codes hold from", "")
    valid_until = date_field("Codes hold until", "The last day, included.")

    @property
    def wish(self) -> Wish:
        """What the services take."""
        return Wish(**self.cleaned_data)


class ReasonForm(PlainForm):
    """Why nothing is wrong with an unusual day."""

    reason = forms.CharField(max_length=REASON_MAX, label="Why nothing is wrong")


class ReplaceForm(PlainForm):
    """What the new code is called."""

    name = forms.CharField(
        max_length=CODE_MAX,
        required=False,
        label="New code",
        help_text="Empty: the old one with a number behind it.",
    )


class TrackingForm(PlainForm):
    """What the brand decides about links, clicks and codes."""

    domain = forms.CharField(
        max_length=120,
        required=False,
        label="Short domain",
        help_text="go.example.com, where it leads to this installation. Empty: our own address.",
    )
    shop_hosts = forms.CharField(
        max_length=2_500,
        required=False,
        label="Your shops",
        widget=lines(2),
        help_text="Hosts, one on each line. A link that leads elsewhere gets a warning.",
    )
    click_param = forms.CharField(
        max_length=30,
        required=False,
        label="Parameter with the number of the click",
        help_text="The shop sends it back with the order. Empty: none is added.",
    )
    visitor_period = forms.ChoiceField(
        choices=VisitorPeriod.choices,
        label="A visitor is known as the same for",
        help_text="After it nobody can tell, not even we. The shorter, the less is known.",
    )
    repeat_seconds = forms.IntegerField(
        min_value=0,
        max_value=3_600,
        label="Seconds within which a visitor is not counted again",
    )
    keep_months = forms.IntegerField(
        min_value=1,
        max_value=60,
        label="Months for which single clicks are kept",
        help_text="Daily counts stay.",
    )
    code_pattern = forms.CharField(
        max_length=PATTERN_MAX,
        label="Codes are called",
        help_text="{HANDLE}, {NAME}, {CAMPAIGN} and {PERCENT} are filled in.",
    )
    spike_deviations = forms.DecimalField(
        min_value=1,
        max_value=100,
        max_digits=4,
        decimal_places=1,
        label="A day is unusual above the median plus so many deviations",
    )
    spike_minimum = forms.IntegerField(
        min_value=1, max_value=_MANY, label="And from so many uses or clicks on"
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @classmethod
    def of(cls, decided: TrackingSettings) -> TrackingForm:
        """The form as the settings are now."""
        initial: dict[str, Any] = {name: getattr(decided, name) for name in cls.base_fields}
        return cls(initial=initial | {"shop_hosts": "\n".join(decided.shop_hosts)})

    @property
    def said(self) -> Decided:
        """What the services take."""
        given: Mapping[str, Any] = self.cleaned_data
        hosts = [host for host in given["shop_hosts"].splitlines() if host.strip()]
        values = {name: value for name, value in given.items() if name != "version"}
        return cast("Decided", values | {"shop_hosts": hosts})
