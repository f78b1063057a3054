"""What is said with an act on a contract: a note, a signature, the rules and clauses of a brand."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from campaigns.choices import ClauseWhen
from campaigns.forms.offers import date_field, money_field
from campaigns.models import ContractRules
from campaigns.services.contracts.clauses import HEADING_MAX, TEXT_MAX, Wording
from campaigns.services.contracts.deciding import PERSON_MAX, Signature
from campaigns.services.contracts.record import NOTE_MAX
from campaigns.services.contracts.rules import Wanted
from campaigns.services.exclusivities import CATEGORY_MAX, SOURCE_MAX, TO_MAX
from crm.models import Brand, User
from crm.selectors import people_of
from crm.styled import PlainForm


class NoteForm(PlainForm):
    """Why, or what for; the service says where it is needed."""

    note = forms.CharField(
        max_length=NOTE_MAX,
        required=False,
        label="Note",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SeenForm(forms.Form):
    """The version that the page was made from."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class SignedForm(PlainForm):
    """Somebody of the brand writes down that the creator signed elsewhere."""

    name = forms.CharField(max_length=PERSON_MAX, label="Signed by")
    guardian = forms.CharField(max_length=PERSON_MAX, required=False, label="Parent or guardian")
    on = date_field("Signed on", "Today, unless it was earlier.")
    file = forms.FileField(
        required=False, label="Signed paper", help_text="A PDF or a picture, 25 MB at most."
    )
    note = forms.CharField(
        max_length=500,
        required=False,
        label="Where it can be seen",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Without a paper this is needed: a mail of a day, who signed where.",
    )


class AcceptForm(PlainForm):
    """The creator accepts behind their link."""

    name = forms.CharField(
        max_length=PERSON_MAX,
        label="Your full name",
        help_text="It stands on the contract as your signature.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    guardian = forms.CharField(
        max_length=PERSON_MAX, label="Full name of your parent or guardian", required=False
    )
    has_read = forms.BooleanField(
        label="I have read the contract and accept it.",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        error_messages={"required": "Tick this to accept."},
    )
    # The document that was shown.
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)

    @property
    def signature(self) -> Signature:
        """What the service takes."""
        return Signature(self.cleaned_data["name"], self.cleaned_data["guardian"])


class ContractOwnerForm(PlainForm):
    """Who sees to a contract."""

    owner = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Led by", empty_label="Nobody yet"
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_of(brand)  # type: ignore[attr-defined]


class ClauseForm(PlainForm):
    """The words of a clause."""

    heading = forms.CharField(max_length=HEADING_MAX, label="Heading")
    text = forms.CharField(
        max_length=TEXT_MAX, label="Text", widget=forms.Textarea(attrs={"rows": 10})
    )
    when = forms.ChoiceField(choices=ClauseWhen.choices, label="Stands")
    is_used = forms.BooleanField(
        required=False,
        label="New contracts have it",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    number = forms.IntegerField(min_value=0, max_value=32_000, widget=forms.HiddenInput)

    @classmethod
    def showing(cls, wording: Wording | None) -> ClauseForm:
        """Filled in from a clause, or empty for a new one."""
        if wording is None:
            return cls(initial={"when": ClauseWhen.ALWAYS, "is_used": True, "number": 0})
        return cls(initial=vars(wording))


_LEGAL = {
    "legal_always": "every contract",
    "legal_for_equity": "contracts with equity",
    "legal_for_minors": "contracts with minors",
    "legal_for_whitelisting": "contracts with advertising through the creator's account",
    "legal_for_special": "contracts with special terms",
}


class RulesForm(PlainForm):
    """What a brand agrees to as a rule."""

    legal_name = forms.CharField(max_length=200, required=False, label="Legal name of the brand")
    address = forms.CharField(
        max_length=500,
        required=False,
        label="Address",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    law = forms.CharField(
        max_length=120, required=False, label="Law", help_text="The country whose law applies."
    )
    net_days = forms.IntegerField(min_value=0, max_value=180, label="Fees are paid within days")
    revision_rounds = forms.IntegerField(min_value=0, max_value=19, label="Rounds of changes")
    review_days = forms.IntegerField(
        min_value=1, max_value=60, label="Working days to answer a draft"
    )
    legal_above = money_field(
        "Legal clears fees above", "In the brand's currency; empty: whatever the fee."
    )
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in _LEGAL.items():
            box = forms.CheckboxInput(attrs={"class": "form-check-input"})
            self.fields[name] = forms.BooleanField(required=False, label=label, widget=box)

    @classmethod
    def showing(cls, rules: ContractRules) -> RulesForm:
        """Filled in from the rules as they are."""
        names = [*Wanted.__annotations__, "version"]
        return cls(initial={name: getattr(rules, name) for name in names})

    @property
    def plain(self) -> list[forms.BoundField]:
        """What is typed."""
        return [self[name] for name in self.fields if name not in _LEGAL and name != "version"]

    @property
    def ticks(self) -> list[forms.BoundField]:
        """What legal looks at."""
        return [self[name] for name in _LEGAL]

    @property
    def wanted(self) -> Wanted:
        """What the service takes."""
        data = self.cleaned_data
        return cast("Wanted", {name: data[name] for name in Wanted.__annotations__})


class ElsewhereForm(PlainForm):
    """What a creator promised to somebody else."""

    category = forms.CharField(
        max_length=CATEGORY_MAX, label="Exclusive for", help_text="For example sun care."
    )
    to = forms.CharField(
        max_length=TO_MAX, required=False, label="To whom", help_text="Empty: not known."
    )
    until = date_field("Until", "The last day; empty: not known.")
    source = forms.CharField(
        max_length=SOURCE_MAX,
        label="How you know",
        help_text="A post, a mail of a day, who said so.",
    )
