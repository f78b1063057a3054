"""What the country of a creator asks before a brand may write, and what the mail must say there.

The rules are data with their sources (country_rules.yaml); this module only applies them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import pycountry
import yaml

from crm.choices import LawfulBasis

MONTH = timedelta(days=30.44)


class Needs(StrEnum):
    """What has to be there before the first mail."""

    OPT_OUT = "opt_out"
    CONSENT = "consent"
    CONSENT_OR_RELATION = "consent_or_relation"
    CONSENT_UNLESS_COMPANY = "consent_unless_company"


@dataclass(frozen=True)
class Rule:
    """One country's rule. `law` is what it is called; empty where no rule is on file."""

    country: str
    needs: Needs
    law: str = ""
    notice: bool = False
    relation_months: int = 0
    inquiry_months: int = 0
    opt_out_days: int | None = None
    sources: tuple[str, ...] = ()
    confidence: str = ""

    @property
    def is_on_file(self) -> bool:
        """Whether anybody looked it up."""
        return bool(self.law)

    @property
    def country_name(self) -> str:
        """In English."""
        found = pycountry.countries.get(alpha_2=self.country) if self.country else None
        return str(found.name) if found else "a country that is not known"

    @property
    def words(self) -> str:
        """What is needed before the first mail, and how fast an opt-out holds elsewhere."""
        needed = {
            Needs.OPT_OUT: "nothing beforehand; who opts out is left in peace",
            Needs.CONSENT: "consent, from companies too",
            Needs.CONSENT_UNLESS_COMPANY: "consent, unless the address is a company's",
            Needs.CONSENT_OR_RELATION: (
                f"consent, work together within {self.relation_months} months, or that they wrote "
                f"to you within {self.inquiry_months} months"
            ),
        }[self.needs]
        return f"{needed}; the first mail says where the address is from" if self.notice else needed


@dataclass(frozen=True)
class Standing:
    """What a brand can point to when it writes to somebody."""

    # The basis that was noted with the address; empty where nobody said.
    basis: str = ""
    # The address belongs to a company: an agency's or a manager's.
    is_company: bool = False
    # When the two last worked together, and when the creator last wrote by themselves.
    worked_together_at: datetime | None = None
    wrote_at: datetime | None = None


@cache
def _data() -> dict[str, Any]:
    path = Path(__file__).with_name("country_rules.yaml")
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def as_of() -> date:
    """The day on which the rules were looked up."""
    found: date = _data()["as_of"]
    return found


@cache
def rule_of(country: str, *, is_careful: bool) -> Rule:
    """A country's rule. Where none is on file: consent if the brand `is_careful`, else none."""
    data = _data()
    country = country.upper()
    found = data["rules"].get(country)
    if found is None:
        needs = Needs.CONSENT if is_careful else Needs.OPT_OUT
        return Rule(country, needs, notice=country in data["notice_countries"])
    names = tuple(data["sources"][key]["name"] for key in found["sources"])
    return Rule(
        country=country,
        needs=Needs(found["needs"]),
        law=found["law"],
        notice=found.get("notice", False),
        relation_months=found.get("relation_months", 0),
        inquiry_months=found.get("inquiry_months", 0),
        opt_out_days=found.get("opt_out_days"),
        sources=names,
        confidence=found["confidence"],
    )


def all_rules() -> list[Rule]:
    """Every rule on file, by country."""
    return [rule_of(country, is_careful=False) for country in sorted(_data()["rules"])]


def basis_for(rule: Rule, standing: Standing, at: datetime) -> LawfulBasis | None:
    """On what the brand may write at a moment; None where the country's rule forbids it."""
    if standing.basis in {LawfulBasis.CONSENT, LawfulBasis.CONTRACT}:
        return LawfulBasis(standing.basis)
    if rule.needs == Needs.OPT_OUT or (
        rule.needs == Needs.CONSENT_UNLESS_COMPANY and standing.is_company
    ):
        return LawfulBasis.LEGITIMATE_INTEREST
    if rule.needs == Needs.CONSENT_OR_RELATION and (
        _within(standing.worked_together_at, rule.relation_months, at)
        or _within(standing.wrote_at, rule.inquiry_months, at)
    ):
        return LawfulBasis.CONTRACT
    return None


def why_not(rule: Rule) -> str:
    """What is missing, as a sentence."""
    if not rule.is_on_file:
        return (
            f"No rule is on file for {rule.country_name}, and your settings ask for consent there: "
            "note the consent with the address, or write to the creator another way."
        )
    needed = {
        Needs.CONSENT: "consent beforehand, from companies too",
        Needs.CONSENT_UNLESS_COMPANY: "consent beforehand unless the address is a company's",
        Needs.CONSENT_OR_RELATION: (
            f"consent, work together within {rule.relation_months} months, or that they wrote to "
            f"you within {rule.inquiry_months} months"
        ),
    }[rule.needs]
    return (
        f"In {rule.country_name}, {rule.law} asks for {needed}. Note the consent with the address, "
        "or write to the creator another way."
    )


def _within(moment: datetime | None, months: int, at: datetime) -> bool:
    return moment is not None and at - moment <= months * MONTH
