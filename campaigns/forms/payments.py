"""What is said when a cost is entered, an amount is paid, a bill comes in, or a rate is named."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from campaigns.choices import CostKind, PayMetric, PayTrigger
from campaigns.forms.offers import currency_field, date_field, money_field
from campaigns.models import Campaign, Engagement, Payable
from campaigns.models.engagements import LEFT
from campaigns.services.money import CURRENCIES
from campaigns.services.payments.invoices import Bill
from campaigns.services.payments.paying import Said
from campaigns.services.payments.planning import NET_DAYS_MAX, Cost
from campaigns.services.payments.record import NOTE_MAX
from campaigns.services.payments.results import DAYS_MAX, Rule
from crm.models import Brand, Relationship
from crm.styled import PlainForm


class CreatorField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A creator's place in a campaign, or how the brand stands with them, by name."""

    def label_from_instance(self, obj: Any) -> str:
        """The creator's name."""
        relationship = obj if isinstance(obj, Relationship) else obj.relationship
        return str(relationship.creator.name)


class PayablesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Amounts that a bill may be for."""

    def label_from_instance(self, obj: Any) -> str:
        """What it is, for whom, and how much."""
        who = obj.engagement.relationship.creator.name if obj.engagement else obj.payee
        sum_of = f"{obj.amount:,.2f} {obj.currency}" if obj.amount is not None else obj.currency
        return f"{who or 'nobody named'}: {obj.title}, {sum_of} ({obj.campaign.name})"


class CostForm(PlainForm):
    """A cost without a contract: what, for whom, how much and when."""

    kind = forms.ChoiceField(choices=CostKind.choices, label="What is it?")
    title = forms.CharField(max_length=200, label="For")
    engagement = CreatorField(
        Engagement.objects.none(), required=False, label="Creator", empty_label="Not a creator's"
    )
    payee = forms.CharField(
        max_length=200,
        required=False,
        label="Or somebody else",
        help_text="An agency, a studio. No bank data: that stays with finance.",
    )
    amount = money_field("Amount", "Empty where a result has to be counted first.")
    currency = currency_field()
    trigger = forms.ChoiceField(
        choices=PayTrigger.choices, label="Ready to pay", initial=PayTrigger.HAND
    )
    on = date_field("Day", "Of “on a day”.")
    net_days = forms.IntegerField(
        min_value=0, max_value=NET_DAYS_MAX, initial=30, label="Paid within, days"
    )
    metric = forms.ChoiceField(
        choices=[("", "Nothing"), *PayMetric.choices],
        required=False,
        label="Counted",
        help_text="Of pay by result, with the three fields below.",
    )
    each = forms.DecimalField(required=False, label="Each is worth")
    most = money_field("At most")
    least = money_field("At least")
    days = forms.IntegerField(
        min_value=0,
        max_value=DAYS_MAX,
        required=False,
        label="Counted so many days after publication",
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        rows = Engagement.objects.filter(campaign=campaign).exclude(stage__in=LEFT)
        self.fields["engagement"].queryset = rows.select_related(  # type: ignore[attr-defined]
            "relationship__creator"
        ).order_by("relationship__creator__name", "pk")

    @property
    def cost(self) -> Cost:
        """What the service takes."""
        said = self.cleaned_data
        rule = None
        if said["metric"] or said["trigger"] == PayTrigger.RESULT:
            days = said["days"]
            rule = Rule(
                metric=PayMetric(said["metric"] or PayMetric.VIEWS),
                each=said["each"] or Decimal(0),
                most=said["most"] or Decimal(0),
                least=said["least"] or Decimal(0),
                days=30 if days is None else days,
            )
        return Cost(
            kind=CostKind(said["kind"]),
            title=said["title"],
            currency=said["currency"] or self.campaign.currency,
            amount=said["amount"],
            trigger=PayTrigger(said["trigger"]),
            on=said["on"],
            net_days=said["net_days"],
            rule=rule,
            payee=said["payee"],
        )


class ActForm(PlainForm):
    """What can be said with an act on an amount; a page shows what belongs to it."""

    on = date_field("On", "Today, unless it was earlier.")
    amount = money_field("Amount", "Empty: what is owed.")
    currency = currency_field()
    reference = forms.CharField(
        max_length=120,
        required=False,
        label="Reference",
        help_text="As finance calls the payment. No account numbers.",
    )
    note = forms.CharField(max_length=NOTE_MAX, required=False, label="Why")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = [  # type: ignore[attr-defined]
            ("", "As owed"),
            *((code, code) for code in CURRENCIES),
        ]

    @property
    def said(self) -> Said:
        """What the service takes."""
        names = ("on", "amount", "currency", "reference", "note")
        given = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        return Said(**given)


class InvoiceForm(PlainForm):
    """A bill, and what it is for."""

    relationship = CreatorField(
        Relationship.objects.none(),
        required=False,
        label="From the creator",
        empty_label="Not from a creator",
    )
    payee = forms.CharField(max_length=200, required=False, label="Or from somebody else")
    number = forms.CharField(max_length=60, label="Number")
    issued_on = date_field("Day on it")
    amount = money_field("Amount")
    currency = currency_field()
    file = forms.FileField(required=False, label="File", help_text="A PDF or a picture.")
    note = forms.CharField(max_length=500, required=False, label="Note")
    payables = PayablesField(
        Payable.objects.none(),
        required=False,
        label="For",
        help_text="Nothing yet? It is listed among the bills that nobody knows what for.",
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.brand = brand
        for name in ("issued_on", "amount"):
            self.fields[name].required = True
        rows = Payable.objects.counted().filter(brand=brand, invoice=None)
        self.fields["payables"].queryset = (  # type: ignore[attr-defined]
            rows.for_list_page().order_by("-pk")
        )
        owed_to = Relationship.objects.filter(
            brand=brand,
            pk__in=Payable.objects.filter(brand=brand).values("engagement__relationship"),
        )
        self.fields["relationship"].queryset = (  # type: ignore[attr-defined]
            owed_to.select_related("creator").order_by("creator__name", "pk")
        )

    @property
    def bill(self) -> Bill:
        """What the service takes."""
        said = self.cleaned_data
        file = said["file"]
        return Bill(
            number=said["number"],
            issued_on=said["issued_on"],
            amount=said["amount"],
            currency=said["currency"] or self.brand.currency,
            relationship=said["relationship"],
            payee=said["payee"],
            note=said["note"],
            file_name=file.name if file else "",
            content=file.read() if file else None,
        )

    @property
    def is_for(self) -> list[int]:
        """What it is for, by number."""
        return [row.pk for row in self.cleaned_data["payables"]]


class AttachForm(PlainForm):
    """What a bill is for, said later."""

    payables = PayablesField(Payable.objects.none(), label="For")

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Payable.objects.counted().filter(brand=brand, invoice=None)
        self.fields["payables"].queryset = (  # type: ignore[attr-defined]
            rows.for_list_page().order_by("-pk")
        )


class ReasonForm(PlainForm):
    """Why."""

    reason = forms.CharField(max_length=NOTE_MAX, label="Why")


class RateForm(PlainForm):
    """One rate by hand."""

    base = forms.ChoiceField(choices=[(code, code) for code in CURRENCIES], label="1")
    currency = forms.ChoiceField(choices=[(code, code) for code in CURRENCIES], label="is in")
    day = date_field("On the day")
    rate = forms.DecimalField(label="so much", max_digits=18, decimal_places=8)
    source = forms.CharField(max_length=120, label="Who says so")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].required = True


class RatesFileForm(PlainForm):
    """Rates of a file."""

    file = forms.FileField(label="CSV file", help_text="Date,USD,DKK …: a day in each row.")
    base = forms.ChoiceField(
        choices=[(code, code) for code in CURRENCIES], initial="EUR", label="One unit of"
    )
    source = forms.CharField(
        max_length=120, initial="European Central Bank", label="Who publishes it"
    )


class RulesForm(PlainForm):
    """How the brand pays."""

    release_limit = money_field(
        "Two people from", "In the brand's currency. Empty: nothing has to be released."
    )
    rate_days = forms.IntegerField(
        min_value=0, max_value=31, label="A rate may be so many days old"
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
