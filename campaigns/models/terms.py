"""Which terms each kind of compensation has: read by the database's checks, services and forms."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from campaigns.choices import Compensation, Per

NO_MONEY = Q(amount=None) & Q(product_value=None)
# Terms that are a text; all others are null where there are none.
TEXTS = frozenset({"product", "event"})
TERMS = (
    "amount",
    "product",
    "product_value",
    "percent",
    "months",
    "event",
    "event_on",
    "covers_travel",
)


@dataclass(frozen=True)
class Terms:
    """What must be said for a kind of compensation, what may be said, and what words are used."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    # What a term is called for this kind, where its own name would mislead.
    names: tuple[tuple[str, str], ...] = ()

    @property
    def allowed(self) -> frozenset[str]:
        """All that may be said."""
        return frozenset((*self.required, *self.optional))


_PRODUCT = ("product", "product_value")
OF_KIND: dict[Compensation, Terms] = {
    Compensation.FEE: Terms(
        ("amount",), ("percent", *_PRODUCT), (("amount", "Fee"), ("percent", "Commission on top"))
    ),
    Compensation.GIFT: Terms(_PRODUCT),
    Compensation.AFFILIATE: Terms(
        ("percent",), ("months", *_PRODUCT), (("percent", "Commission"), ("months", "Runs for"))
    ),
    Compensation.AMBASSADOR: Terms(
        ("months",),
        ("amount", "percent", *_PRODUCT),
        (("amount", "Fee"), ("percent", "Commission"), ("months", "Runs for")),
    ),
    Compensation.EQUITY: Terms(
        ("percent", "months"),
        ("amount",),
        (("percent", "Share in the company"), ("months", "Vests over"), ("amount", "Fee")),
    ),
    Compensation.EVENT: Terms(
        ("event", "event_on", "covers_travel"),
        ("amount", *_PRODUCT),
        (("amount", "Fee"),),
    ),
    Compensation.CO_CREATION: Terms(
        ("product",),
        ("percent", "amount", "months"),
        (
            ("product", "Product made together"),
            ("percent", "Royalty"),
            ("amount", "Advance"),
            ("months", "Royalty runs for"),
        ),
    ),
}
NAMES = {
    "amount": "Amount",
    "product": "Product",
    "product_value": "Value of the product",
    "percent": "Percent",
    "months": "Months",
    "event": "Event",
    "event_on": "Day of the event",
    "covers_travel": "Travel and stay are paid",
}


def name_of(term: str, kind: Compensation) -> str:
    """What a term is called for a kind of compensation."""
    return dict(OF_KIND[kind].names).get(term, NAMES[term])


def term_constraints() -> list[models.CheckConstraint]:
    """For each kind: what it needs is there, what it does not have is not."""
    checks = [
        models.CheckConstraint(
            name="campaigns_version_kind_valid",
            condition=Q(compensation__in=Compensation.values),
        ),
        models.CheckConstraint(
            name="campaigns_version_per_valid",
            condition=Q(amount=None, per="") | Q(amount__isnull=False, per__in=Per.values),
        ),
    ]
    for kind, terms in OF_KIND.items():
        holds = Q()
        for term in TERMS:
            nothing = Q(**{term: "" if term in TEXTS else None})
            if term in terms.required:
                holds &= ~Q(**{term: ""}) if term in TEXTS else Q(**{f"{term}__isnull": False})
            elif term not in terms.optional:
                holds &= nothing
        checks.append(
            models.CheckConstraint(
                name=f"campaigns_version_{kind}",
                condition=~Q(compensation=kind) | holds,
            )
        )
    return checks
