"""The terms of a contract: one page of several forms that are handled as one (ContractPage)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from campaigns.choices import AiUse, ContentKind, FeeDue, KillStage, Ownership, StartTrigger, Usage
from campaigns.disclosure import packs
from campaigns.forms.contract_pay import (
    COMMISSION_FIELDS,
    CommissionFields,
    ResultForm,
    commission_initial,
    commission_said,
    result_said,
)
from campaigns.forms.offers import (
    DeliverableForm,
    RightsForm,
    date_field,
    money_field,
    months_field,
)
from campaigns.services.contracts import checking
from campaigns.services.contracts.terms import FeePart, KillFee, Right, Terms
from campaigns.services.contracts.variable import RESULTS_MAX
from campaigns.services.contracts.writing import TITLE_MAX
from campaigns.services.money import CURRENCIES
from campaigns.services.offers.wanted import DELIVERABLES_MAX, Deliverable
from campaigns.services.refusals import CampaignRefused
from crm.models import Platform
from crm.styled import PlainForm, put_error

# Lines that wait for more, each time the page is opened.
EMPTY_LINES = 2


def text_field(label: str, most: int, rows: int = 2, help_text: str = "") -> forms.CharField:
    """Several lines."""
    return forms.CharField(
        max_length=most,
        required=False,
        label=label,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
    )


def line_field(label: str, most: int, help_text: str = "") -> forms.CharField:
    """One line."""
    return forms.CharField(max_length=most, required=False, label=label, help_text=help_text)


def tick(label: str) -> forms.BooleanField:
    """Yes or no."""
    box = forms.CheckboxInput(attrs={"class": "form-check-input"})
    return forms.BooleanField(required=False, label=label, widget=box)


# The cards of the page, in its order: heading, fields.
CARDS = (
    (
        "parties",
        "Who agrees",
        (
            "title", "brand_name", "brand_address", "creator_name", "creator_address", "is_minor",
            "guardian", "is_virtual", "studio",
        ),
    ),
    ("work", "Drafts and time", ("revision_rounds", "review_days", "starts_on", "ends_on")),
    ("pay", "What the creator gets", ("total", "currency", "also", "has_equity")),
    ("commission", "A commission on sales", COMMISSION_FIELDS),
    (
        "kill",
        "If the brand calls the work off",
        tuple(f"kill_{stage.value}" for stage in KillStage),
    ),
    ("content", "Whose it is", ("ownership", "ai_use")),
    (
        "exclusive",
        "Exclusivity",
        (
            "exclusive_for", "exclusive_from", "exclusive_until", "exclusive_months", "competitors",
        ),
    ),
    ("rules", "Disclosure and claims", ("jurisdictions", "claims")),
    ("rest", "Law and the rest", ("law", "notice_days", "special", "reason")),
)  # fmt: skip


class TermsForm(CommissionFields):
    """What stands once in a contract."""

    title = forms.CharField(max_length=TITLE_MAX, label="Name of the contract")
    brand_name = line_field("Legal name of the brand", checking.NAME_MAX)
    brand_address = text_field("Address of the brand", 500)
    creator_name = line_field("Legal name of the creator", checking.NAME_MAX)
    creator_address = text_field("Address of the creator", 500, help_text="As the creator gave it.")
    is_minor = tick("The creator is a minor")
    guardian = line_field("Parent or guardian who consents", 120)
    is_virtual = tick("The creator is virtual or made by AI")
    studio = line_field("Who owns the virtual creator and signs", checking.NAME_MAX)

    revision_rounds = forms.IntegerField(
        min_value=0, max_value=checking.REVISIONS_MAX, label="Rounds of changes"
    )
    review_days = forms.IntegerField(
        min_value=1, max_value=checking.REVIEW_DAYS_MAX, label="Working days to answer a draft"
    )
    starts_on = date_field("From", "Empty: from acceptance on.")
    ends_on = date_field("To", "Empty: until everything is done.")

    total = money_field("Fee in all")
    currency = forms.ChoiceField(choices=[(code, code) for code in CURRENCIES], label="Currency")
    also = text_field(
        "What else the creator gets",
        checking.TEXT_MAX,
        help_text="Products, travel, a royalty: a line for each.",
    )
    has_equity = tick("Equity is part of the pay")

    ownership = forms.ChoiceField(choices=Ownership.choices, label="The content is")
    ai_use = forms.ChoiceField(choices=AiUse.choices, label="With AI the brand may do")

    exclusive_for = line_field("Not for others in the category", 200, "For example running shoes.")
    exclusive_from = date_field("From", "Empty: from acceptance on.")
    exclusive_until = date_field("To")
    exclusive_months = months_field("Or months after the last publication")
    competitors = text_field("In particular not for", checking.TEXT_MAX, help_text="One a line.")

    jurisdictions = forms.MultipleChoiceField(
        choices=(),
        required=False,
        label="Audiences in",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    claims = text_field(
        "What may be said about the product",
        2_000,
        3,
        "Claims the brand can prove; empty: the clause on claims is left out.",
    )

    law = line_field("Law of", 120)
    notice_days = forms.IntegerField(
        min_value=0, max_value=checking.NOTICE_MAX, label="Days of notice"
    )
    special = text_field(
        "Special terms", checking.SPECIAL_MAX, 4, "In this contract only. Legal may look at them."
    )
    reason = text_field(
        "Why this version", 1_000, help_text="For your team; the creator does not see it."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["jurisdictions"].choices = sorted(  # type: ignore[attr-defined]
            ((pack.key, pack.name) for pack in packs.standard().jurisdictions.values()),
            key=lambda pair: pair[1],
        )
        for stage in KillStage:
            self.fields[f"kill_{stage.value}"] = forms.DecimalField(
                required=False,
                min_value=0,
                max_value=100,
                label=f"Percent {stage.label}",
                widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
            )
        self.dress()

    def card(self, key: str) -> list[forms.BoundField]:
        """The fields of a card."""
        return [self[name] for name in next(names for card, _, names in CARDS if card == key)]


class PartForm(PlainForm):
    """A part of the fee; without a number there is none."""

    percent = forms.DecimalField(required=False, label="Percent")
    amount = money_field("Or amount")
    due = forms.ChoiceField(choices=FeeDue.choices, required=False, label="Due")
    on = date_field("Day")
    net_days = forms.IntegerField(
        min_value=0, max_value=checking.NET_DAYS_MAX, required=False, label="Paid within days"
    )

    def clean(self) -> dict[str, Any]:
        """A line that names a day names a part."""
        data = super().clean() or {}
        if data.get("on") and data.get("percent") is None and data.get("amount") is None:
            self.add_error("percent", "Write a percentage or an amount.")
        return data


class ContractRightsForm(RightsForm):
    """The three uses, with what each begins with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for usage in Usage:
            self.fields[f"{usage}_starts"] = forms.ChoiceField(
                choices=[
                    (StartTrigger.PUBLICATION.value, "the publication"),
                    (StartTrigger.SIGNING.value, "the acceptance"),
                ],
                required=False,
                label="Begins with",
            )
        self.dress()

    @property
    def rows(self) -> list[tuple[forms.BoundField, list[forms.BoundField]]]:
        """Each use with what belongs to it."""
        names = ("starts", "months", "territory", "channels")
        return [(self[usage], [self[f"{usage}_{name}"] for name in names]) for usage in Usage]


class ContractPage:
    """The forms of a contract, filled in from terms or from what was sent."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        terms: Terms,
        title: str,
        reason: str = "",
        net_days: int = 30,
    ) -> None:
        self.before = terms
        self.form = TermsForm(data, initial=_initial(terms) | {"title": title, "reason": reason})
        lines: type[BaseFormSet[DeliverableForm]] = formset_factory(
            DeliverableForm,
            extra=EMPTY_LINES,
            max_num=DELIVERABLES_MAX,
            absolute_max=DELIVERABLES_MAX + 5,
        )
        self.deliverables = lines(
            data,
            initial=[vars(line) for line in terms.deliverables],
            prefix="deliverables",
            form_kwargs={"platforms": Platform.objects.all()},
        )
        parts: type[BaseFormSet[PartForm]] = formset_factory(
            PartForm,
            extra=EMPTY_LINES,
            max_num=checking.PARTS_MAX,
            absolute_max=checking.PARTS_MAX + 5,
        )
        self.parts = parts(
            data,
            initial=[vars(part) for part in terms.parts],
            prefix="parts",
        )
        results: type[BaseFormSet[ResultForm]] = formset_factory(
            ResultForm,
            extra=1,
            max_num=RESULTS_MAX,
            absolute_max=RESULTS_MAX + 5,
        )
        self.results = results(
            data,
            initial=[vars(part) for part in terms.results],
            prefix="results",
        )
        self.net_days = net_days
        self.rights = ContractRightsForm(data, initial=_initial_rights(terms), prefix="rights")

    @property
    def is_valid(self) -> bool:
        """Whether all are; each is asked, so that everything wrong is shown."""
        return all(
            [
                self.form.is_valid(),
                self.deliverables.is_valid(),
                self.parts.is_valid(),
                self.results.is_valid(),
                self.rights.is_valid(),
            ]
        )

    @property
    def cards(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The cards of plain fields: key, heading, fields."""
        return [(key, heading, self.form.card(key)) for key, heading, _names in CARDS]

    @property
    def terms(self) -> Terms:
        """What the services take; call it when all is valid."""
        data = self.form.cleaned_data
        plain = {
            name: data[name]
            for name in data
            if name in Terms.__dataclass_fields__ and name not in {"total", "jurisdictions"}
        }
        return replace(
            self.before,
            **plain,
            total=data["total"] or Decimal(0),
            jurisdictions=tuple(data["jurisdictions"]),
            kill_fees=tuple(
                KillFee(stage.value, data[f"kill_{stage.value}"])
                for stage in KillStage
                if data[f"kill_{stage.value}"] is not None
            ),
            deliverables=tuple(
                Deliverable(
                    row["kind"] or ContentKind.SPONSORED_POST.value,
                    row["platform"].key,
                    row["form"],
                    row["count"] or 1,
                    row["due_on"],
                    row["note"],
                )
                for _number, row in self._lines
            ),
            parts=tuple(
                FeePart(
                    row["due"] or FeeDue.PUBLICATION.value,
                    row["percent"],
                    row["amount"],
                    row["on"],
                    self.net_days if row["net_days"] is None else row["net_days"],
                )
                for _number, row in self._parts
            ),
            rights=_rights(self.rights.cleaned_data),
            results=tuple(result_said(row, self.net_days) for _number, row in self._results),
            commission=commission_said(data, self.net_days),
        )

    def put(self, refusal: CampaignRefused) -> None:
        """Put what the service refused where it belongs."""
        part, _, rest = refusal.field.partition("/")
        number, _, name = rest.partition("/")
        words = str(refusal)
        if part == "deliverables" and rest:
            put_error(self.deliverables.forms[self._lines[int(number)][0]], name, words)
        elif part == "parts" and rest:
            put_error(self.parts.forms[self._parts[int(number)][0]], name, words)
        elif part == "results" and rest:
            put_error(self.results.forms[self._results[int(number)][0]], name, words)
        elif part == "commission":
            put_error(self.form, f"commission_{rest}", words)
        elif part == "rights" and rest:
            usage = [right.usage for right in _rights(self.rights.cleaned_data)][int(number)]
            put_error(self.rights, usage if name == "usage" else f"{usage}_{name}", words)
        elif part == "parts":
            put_error(self.form, "total", words)
        else:
            put_error(self.form, part, words)

    @property
    def _lines(self) -> list[tuple[int, Mapping[str, Any]]]:
        rows = [(number, form.cleaned_data) for number, form in enumerate(self.deliverables)]
        return [(number, row) for number, row in rows if row.get("platform")]

    @property
    def _parts(self) -> list[tuple[int, Mapping[str, Any]]]:
        rows = [(number, form.cleaned_data) for number, form in enumerate(self.parts)]
        return [
            (number, row)
            for number, row in rows
            if row.get("percent") is not None or row.get("amount") is not None
        ]

    @property
    def _results(self) -> list[tuple[int, Mapping[str, Any]]]:
        rows = [(number, form.cleaned_data) for number, form in enumerate(self.results)]
        return [(number, row) for number, row in rows if row.get("metric")]


def _initial(terms: Terms) -> dict[str, Any]:
    given = {
        name: getattr(terms, name)
        for name in TermsForm.base_fields
        if name in Terms.__dataclass_fields__
    }
    return (
        given
        | {f"kill_{fee.stage}": fee.percent for fee in terms.kill_fees}
        | commission_initial(terms.commission)
    )


def _initial_rights(terms: Terms) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for right in terms.rights:
        found[right.usage] = True
        for name in ("starts", "months", "territory", "channels"):
            found[f"{right.usage}_{name}"] = getattr(right, name)
    return found


def _rights(data: Mapping[str, Any]) -> tuple[Right, ...]:
    return tuple(
        Right(
            usage.value,
            starts=data[f"{usage}_starts"] or StartTrigger.PUBLICATION.value,
            months=data[f"{usage}_months"],
            territory=data[f"{usage}_territory"],
            channels=data[f"{usage}_channels"],
        )
        for usage in Usage
        if data.get(usage)
    )
