"""All that a contract agrees, as one value; and how it is kept as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from campaigns.choices import AiUse, FeeDue, KillStage, Ownership, StartTrigger, Usage
from campaigns.models import ContractVersion
from campaigns.services.contracts.variable import (
    CommissionPart,
    ResultPart,
    commission_of,
    result_of,
)
from campaigns.services.offers.wanted import Deliverable

CENT = Decimal("0.01")
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class FeePart:
    """A part of the fee, as a percentage of the total or as an amount, and when it is due."""

    due: str = FeeDue.PUBLICATION.value
    percent: Decimal | None = None
    amount: Decimal | None = None
    # With `due` a day.
    on: date | None = None
    net_days: int = 30


@dataclass(frozen=True)
class Right:
    """A use of the content. No months: without end; no territory, no channels: all of them."""

    usage: str
    starts: str = StartTrigger.PUBLICATION.value
    months: int | None = None
    territory: str = ""
    channels: str = ""


@dataclass(frozen=True)
class KillFee:
    """What the creator gets if the brand calls the work off at a stage."""

    stage: str
    percent: Decimal


@dataclass(frozen=True)
class Terms:
    """Everything that one version agrees."""

    brand_name: str = ""
    brand_address: str = ""
    creator_name: str = ""
    creator_address: str = ""
    is_minor: bool = False
    guardian: str = ""
    is_virtual: bool = False
    studio: str = ""

    deliverables: tuple[Deliverable, ...] = ()
    revision_rounds: int = 2
    review_days: int = 5

    currency: str = ""
    total: Decimal = Decimal(0)
    parts: tuple[FeePart, ...] = ()
    # What depends on what comes of it.
    results: tuple[ResultPart, ...] = ()
    commission: CommissionPart | None = None
    # What else the creator gets: products, travel.
    also: str = ""
    has_equity: bool = False
    kill_fees: tuple[KillFee, ...] = ()

    rights: tuple[Right, ...] = ()
    ownership: str = Ownership.CREATOR.value
    ai_use: str = AiUse.NONE.value

    exclusive_for: str = ""
    exclusive_from: date | None = None
    exclusive_until: date | None = None
    # Instead of a day: so long after the last publication.
    exclusive_months: int | None = None
    competitors: str = ""

    jurisdictions: tuple[str, ...] = ()
    claims: str = ""
    embargo_until: datetime | None = None

    starts_on: date | None = None
    ends_on: date | None = None
    notice_days: int = 14
    law: str = ""
    special: str = ""

    @classmethod
    def of(cls, version: ContractVersion) -> Terms:
        """What a version says."""
        return cls.from_json(version.terms)

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> Terms:
        """Terms as `to_json` wrote them."""
        plain = dict(form)
        for name in ("exclusive_from", "exclusive_until", "starts_on", "ends_on"):
            plain[name] = _day(plain.get(name))
        at = plain.get("embargo_until")
        plain["embargo_until"] = datetime.fromisoformat(at) if at else None
        plain["total"] = Decimal(plain.get("total", 0))
        plain["jurisdictions"] = tuple(plain.get("jurisdictions", ()))
        plain["deliverables"] = tuple(
            Deliverable(**(line | {"due_on": _day(line["due_on"])}))
            for line in plain.get("deliverables", ())
        )
        plain["parts"] = tuple(
            FeePart(
                part["due"],
                _decimal(part["percent"]),
                _decimal(part["amount"]),
                _day(part["on"]),
                part["net_days"],
            )
            for part in plain.get("parts", ())
        )
        plain["rights"] = tuple(Right(**right) for right in plain.get("rights", ()))
        plain["kill_fees"] = tuple(
            KillFee(fee["stage"], Decimal(fee["percent"])) for fee in plain.get("kill_fees", ())
        )
        plain["results"] = tuple(result_of(part) for part in plain.get("results", ()))
        plain["commission"] = commission_of(plain.get("commission"))
        return cls(**plain)

    def to_json(self) -> dict[str, Any]:
        """Plain values: days, moments and decimals as text."""
        form: dict[str, Any] = json.loads(json.dumps(asdict(self), cls=DjangoJSONEncoder))
        return form

    @property
    def columns(self) -> dict[str, Any]:
        """What stands in columns of the version too."""
        return {
            name: getattr(self, name)
            for name in (
                "currency",
                "total",
                "starts_on",
                "ends_on",
                "exclusive_for",
                "exclusive_from",
                "exclusive_until",
                "exclusive_months",
            )
        }

    @property
    def amounts(self) -> list[Decimal]:
        """What each part of the fee is in money; rounding ends in the last percentage."""
        amounts = [
            part.amount
            if part.amount is not None
            else ((part.percent or Decimal(0)) * self.total / HUNDRED).quantize(CENT)
            for part in self.parts
        ]
        by_percent = [n for n, part in enumerate(self.parts) if part.amount is None]
        rest = self.total - sum(amounts)
        # A cent for each percentage is what rounding can make; more is a mistake of somebody.
        if by_percent and abs(rest) <= CENT * len(by_percent):
            amounts[by_percent[-1]] += rest
        return amounts

    @property
    def has_pay(self) -> bool:
        """Whether the creator gets anything."""
        return bool(self.total or self.results or self.commission or self.also)

    @property
    def has_whitelisting(self) -> bool:
        """Whether the brand advertises through the creator's account."""
        return any(right.usage == Usage.WHITELISTING for right in self.rights)


# In the order of the work.
KILL_STAGES = tuple(KillStage)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
