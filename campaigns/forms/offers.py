"""The terms of an offer with its deliverables and rights, and what is said of sending and answers.

Three forms of one page are handled as one: see TermsPage.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from campaigns.choices import Channel, Compensation, ContentKind, Per, Usage
from campaigns.models import Engagement, Offer
from campaigns.models.terms import OF_KIND, TERMS, name_of
from campaigns.services.money import CURRENCIES
from campaigns.services.offers.record import Said
from campaigns.services.offers.wanted import (
    COUNT_MAX,
    DELIVERABLES_MAX,
    MONTHS_MAX,
    REASON_MAX,
    TEXT_MAX,
    TITLE_MAX,
    Deliverable,
    OfferRefused,
    Right,
    Wanted,
)
from crm.choices import PostKind
from crm.models import Brand, Mailbox, Platform, Relationship, User
from crm.selectors import people_of
from crm.services.mail.composing import SUBJECT_MAX
from crm.services.mail.composing import TEXT_MAX as MAIL_MAX
from crm.styled import PlainForm, put_error

_CHOOSE = [("", "Choose")]


def date_field(label: str, help_text: str = "") -> forms.DateField:
    """A day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(required=False, label=label, widget=widget, help_text=help_text)


def money_field(label: str, help_text: str = "") -> forms.DecimalField:
    """An amount, two decimal places."""
    widget = forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"})
    return forms.DecimalField(required=False, label=label, widget=widget, help_text=help_text)


def currency_field() -> forms.ChoiceField:
    """A currency by its three letters."""
    choices = [("", "The brand's"), *((code, code) for code in CURRENCIES)]
    return forms.ChoiceField(choices=choices, required=False, label="Currency")


def months_field(label: str, help_text: str = "") -> forms.IntegerField:
    """A number of months."""
    return forms.IntegerField(
        min_value=1, max_value=MONTHS_MAX, required=False, label=label, help_text=help_text
    )


class PlaceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A creator's place in a campaign, called as the campaign."""

    def label_from_instance(self, obj: Any) -> str:
        """The campaign's name."""
        return str(obj.campaign)


class TermsForm(PlainForm):
    """What stands in the version itself. Which terms a kind has is shown by static/js/offers.js."""

    title = forms.CharField(max_length=TITLE_MAX, label="What for")
    campaign = PlaceField(
        Engagement.objects.none(),
        required=False,
        label="Campaign",
        empty_label="None",
        help_text="It moves the creator along in the campaign, and fills in the agreed cost where "
        "both are in one currency.",
    )
    compensation = forms.ChoiceField(
        choices=Compensation.choices, label="Compensation", initial=Compensation.FEE
    )
    amount = money_field("Amount")
    per = forms.ChoiceField(choices=Per.choices, required=False, label="Paid")
    currency = currency_field()
    product = forms.CharField(max_length=TEXT_MAX, required=False, label="Product")
    product_value = money_field(
        "Value of the product", "What it is worth: a gift is a material connection."
    )
    percent = forms.DecimalField(required=False, label="Percent")
    months = months_field("Months")
    event = forms.CharField(max_length=TEXT_MAX, required=False, label="Event")
    event_on = date_field("Day of the event")
    covers_travel = forms.TypedChoiceField(
        choices=[("", "Choose"), ("yes", "Yes"), ("no", "No")],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        label="Travel and stay are paid",
    )
    exclusive_for = forms.CharField(
        max_length=TEXT_MAX, required=False, label="No other", help_text="For example running shoes"
    )
    exclusive_months = months_field("For so many months")
    valid_until = date_field("Valid until", "The last day on which it can be accepted.")
    reason = forms.CharField(
        max_length=REASON_MAX,
        required=False,
        label="Why this version",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For your team; the creator does not see it.",
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Led by", empty_label="Nobody yet"
    )

    # In which the terms of kinds stand.
    of_kind = TERMS

    @property
    def money_rows(self) -> list[forms.BoundField]:
        """Everything that depends on the kind, with what the amounts need beside them."""
        names = ("amount", "per", "product", "product_value", "currency", *TERMS[3:])
        return [self[name] for name in names]


class DeliverableForm(PlainForm):
    """One line; without a platform there is none."""

    count = forms.IntegerField(min_value=1, max_value=COUNT_MAX, required=False, label="Number")
    form = forms.ChoiceField(choices=_CHOOSE + PostKind.choices, required=False, label="Form")
    platform = forms.ModelChoiceField(
        Platform.objects.none(), required=False, label="Platform", empty_label="None"
    )
    kind = forms.ChoiceField(choices=ContentKind.choices, required=False, label="About")
    due_on = date_field("Due")
    note = forms.CharField(max_length=TEXT_MAX, required=False, label="Note")

    def __init__(self, *args: Any, platforms: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"].queryset = platforms  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A line that says something says on which platform and in which form."""
        data = super().clean() or {}
        is_line = bool(data.get("platform"))
        if not is_line and (data.get("form") or data.get("due_on") or data.get("note")):
            self.add_error("platform", "Choose on which platform it appears.")
        if is_line and not data.get("form"):
            self.add_error("form", "Choose the form.")
        return data


class RightsForm(PlainForm):
    """The three uses, each with its own window."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for usage in Usage:
            wanted = forms.BooleanField(required=False, label=usage.label)
            wanted.widget.attrs["class"] = "form-check-input"
            self.fields[f"{usage}"] = wanted
            self.fields[f"{usage}_months"] = months_field("Months", "Empty: without end.")
            for name, words in (("territory", "everywhere"), ("channels", "all channels")):
                self.fields[f"{usage}_{name}"] = forms.CharField(
                    max_length=TEXT_MAX,
                    required=False,
                    label=name.capitalize(),
                    help_text=f"Empty: {words}.",
                )
        self.dress()

    def clean(self) -> dict[str, Any]:
        """A window without its use is a slip."""
        data = super().clean() or {}
        for usage in Usage:
            names = ("months", "territory", "channels")
            if not data.get(usage) and any(data.get(f"{usage}_{name}") for name in names):
                self.add_error(usage, "Tick it, or empty what belongs to it.")
        return data

    @property
    def rows(self) -> list[tuple[forms.BoundField, list[forms.BoundField]]]:
        """Each use with what belongs to it."""
        names = ("months", "territory", "channels")
        return [(self[usage], [self[f"{usage}_{name}"] for name in names]) for usage in Usage]


class TermsPage:
    """The three forms of a version, filled in from terms or from what was sent."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        brand: Brand,
        relationship: Relationship,
        wanted: Wanted | None = None,
        offer: Offer | None = None,
        initial: Mapping[str, Any] | None = None,
        without: tuple[str, ...] = (),
    ) -> None:
        """`without` names fields of the terms that this page does not ask for."""
        self.brand = brand
        given = dict(initial or {})
        if offer is not None:
            given |= {"title": offer.title, "owner": offer.owner_id}
        if wanted is not None:
            given |= wanted.plain
            given["covers_travel"] = {True: "yes", False: "no", None: ""}[wanted.covers_travel]
        given.setdefault("currency", brand.currency)
        self.terms = TermsForm(data, initial=given)
        self.terms.fields["owner"].queryset = people_of(brand)  # type: ignore[attr-defined]
        self.terms.fields["campaign"].queryset = (  # type: ignore[attr-defined]
            Engagement.objects.filter(relationship=relationship)
            .open()
            .select_related("campaign")
            .order_by("-campaign__starts_on", "pk")
        )
        place = self._place(given)
        if place is not None and wanted is None:
            # What is agreed in another currency does not fill in the campaign's costs.
            self.terms.initial["currency"] = place.campaign.currency
        for name in without:
            del self.terms.fields[name]
        lines = [vars(line) for line in wanted.deliverables] if wanted else []
        formset: type[BaseFormSet[DeliverableForm]] = formset_factory(
            DeliverableForm,
            extra=1 if lines else 2,
            max_num=DELIVERABLES_MAX,
            absolute_max=DELIVERABLES_MAX + 5,
        )
        platforms = Platform.objects.all()
        self.deliverables = formset(
            data, initial=lines, prefix="deliverables", form_kwargs={"platforms": platforms}
        )
        self.rights = RightsForm(data, initial=_initial_rights(wanted), prefix="rights")

    def _place(self, given: Mapping[str, Any]) -> Engagement | None:
        """The creator's place in a campaign from which the page was opened."""
        asked = str(given.get("campaign") or "")
        if not asked.isdecimal() or len(asked) > 18:
            return None
        places: Any = self.terms.fields["campaign"]
        found: Engagement | None = places.queryset.filter(pk=int(asked)).first()
        return found

    @property
    def is_valid(self) -> bool:
        """Whether all three are; each is asked, so that everything wrong is shown."""
        return all([self.terms.is_valid(), self.deliverables.is_valid(), self.rights.is_valid()])

    @property
    def lines(self) -> list[tuple[int, Mapping[str, Any]]]:
        """What the lines say, each with its place in the page."""
        rows = [(number, form.cleaned_data) for number, form in enumerate(self.deliverables)]
        return [(number, row) for number, row in rows if row.get("platform")]

    @property
    def wanted(self) -> Wanted:
        """What the services take; call it when all is valid."""
        data = self.terms.cleaned_data
        return Wanted(
            compensation=data["compensation"],
            **{name: data[name] for name in TERMS},
            per=data["per"],
            currency=data["currency"],
            exclusive_for=data["exclusive_for"],
            exclusive_months=data["exclusive_months"],
            valid_until=data["valid_until"],
            deliverables=tuple(
                Deliverable(
                    row["kind"] or ContentKind.SPONSORED_POST.value,
                    row["platform"].key,
                    row["form"],
                    row["count"] or 1,
                    row["due_on"],
                    row["note"],
                )
                for _number, row in self.lines
            ),
            rights=_rights(self.rights.cleaned_data),
        )

    def put(self, refusal: OfferRefused) -> None:
        """Put what the service refused where it belongs."""
        part, _, rest = refusal.field.partition("/")
        if part == "deliverables" and rest:
            number, _, name = rest.partition("/")
            place, _row = self.lines[int(number)]
            put_error(self.deliverables.forms[place], name, str(refusal))
        else:
            put_error(self.terms, part, str(refusal))


class SaidForm(PlainForm):
    """How and when something was said or sent outside of the product."""

    channel = forms.ChoiceField(choices=Channel.choices, label="How")
    on = date_field("On", "Today, unless it was earlier.")
    note = forms.CharField(
        max_length=REASON_MAX,
        required=False,
        label="Note",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @property
    def said(self) -> Said:
        """What the services take."""
        data = self.cleaned_data
        return Said(data.get("on"), data.get("channel", ""), data.get("note", ""))


class LetterForm(PlainForm):
    """The mail that brings an offer."""

    mailbox = forms.ModelChoiceField(Mailbox.objects.none(), label="From", empty_label=None)
    subject = forms.CharField(max_length=SUBJECT_MAX, label="Subject")
    text = forms.CharField(
        max_length=MAIL_MAX, label="Mail", widget=forms.Textarea(attrs={"rows": 14})
    )

    def __init__(self, *args: Any, mailboxes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mailbox"].queryset = mailboxes  # type: ignore[attr-defined]


class VersionForm(forms.Form):
    """The version that the page was made from."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class OwnerForm(PlainForm):
    """Who leads a negotiation."""

    owner = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Led by", empty_label="Nobody yet"
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_of(brand)  # type: ignore[attr-defined]


def names_of_kinds() -> dict[str, dict[str, str]]:
    """For the page's script: which terms each kind has, and what they are called there."""
    return {
        kind.value: {
            term: name_of(term, kind) + ("" if term in terms.required else " (optional)")
            for term in TERMS
            if term in terms.allowed
        }
        for kind, terms in OF_KIND.items()
    }


def _initial_rights(wanted: Wanted | None) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for right in wanted.rights if wanted else ():
        given |= {
            right.usage: True,
            f"{right.usage}_months": right.months,
            f"{right.usage}_territory": right.territory,
            f"{right.usage}_channels": right.channels,
        }
    return given


def _rights(data: Mapping[str, Any]) -> tuple[Right, ...]:
    return tuple(
        Right(
            usage.value,
            data[f"{usage}_months"],
            data[f"{usage}_territory"],
            data[f"{usage}_channels"],
        )
        for usage in Usage
        if data[f"{usage}"]
    )
