"""What a new contract says before anybody typed: from the offer, the campaign and the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from campaigns.choices import Compensation, FeeDue, OfferState
from campaigns.models import Campaign, ContractRules, Engagement, Offer, VirtualCreator
from campaigns.models.terms import TERMS
from campaigns.services.contracts.rules import rules_of
from campaigns.services.contracts.terms import FeePart, Right, Terms
from campaigns.services.contracts.variable import CommissionPart
from campaigns.services.offers.carrying import cost_of
from campaigns.services.offers.wanted import Wanted
from campaigns.services.offers.words import lines_of, platform_names
from crm.choices import CreatorType

HALF = Decimal(50)
# Whose percentage is one of sales: a share in a company and a royalty are something else.
_ON_SALES = (Compensation.FEE, Compensation.AFFILIATE, Compensation.AMBASSADOR)


def offer_for(engagement: Engagement) -> Offer | None:
    """The accepted offer that the contract is about: of this place, the newest."""
    offers = Offer.objects.filter(engagement=engagement, state=OfferState.ACCEPTED)
    return offers.select_related("current").order_by("-state_since", "-pk").first()


def prefilled(engagement: Engagement, offer: Offer | None) -> Terms:
    """Terms for a first draft; what nobody said stays empty."""
    campaign, creator = engagement.campaign, engagement.relationship.creator
    rules = rules_of(campaign.brand)
    terms = Terms(
        brand_name=rules.legal_name or campaign.brand.name,
        brand_address=rules.address,
        creator_name=creator.name,
        is_virtual=creator.creator_type == CreatorType.VIRTUAL,
        studio=_studio(engagement),
        revision_rounds=rules.revision_rounds,
        review_days=rules.review_days,
        currency=campaign.currency,
        total=engagement.agreed_cost or Decimal(0),
        jurisdictions=tuple(campaign.jurisdictions),
        embargo_until=campaign.embargo_until,
        law=rules.law,
        # The last use may come after the campaign: rights have their own end.
        ends_on=campaign.ends_on,
    )
    if offer is not None and offer.current is not None:
        terms = _with_offer(terms, offer, campaign)
    return replace(terms, parts=_parts(terms.total, rules))


def _studio(engagement: Engagement) -> str:
    """Who owns a virtual creator and signs for it, as it is written down."""
    if engagement.relationship.creator.creator_type != CreatorType.VIRTUAL:
        return ""
    rows = VirtualCreator.objects.filter(relationship=engagement.relationship_id)
    return rows.values_list("owner", flat=True).first() or ""


def _with_offer(terms: Terms, offer: Offer, campaign: Campaign) -> Terms:
    version = offer.current
    if version is None:
        return terms
    wanted = Wanted.of(version)
    cost = cost_of(version)
    commission = _commission(wanted)
    elsewhere = {"amount"}
    if commission is not None:
        elsewhere |= {"percent"} if commission.months is None else {"percent", "months"}
    words = [
        f"{line.label}: {line.text}"
        for line in lines_of(wanted, platform_names())
        if line.key in TERMS and line.key not in elsewhere
    ]
    is_exclusive = bool(wanted.exclusive_for)
    return replace(
        terms,
        deliverables=wanted.deliverables,
        rights=tuple(
            Right(
                right.usage, months=right.months, territory=right.territory, channels=right.channels
            )
            for right in wanted.rights
        ),
        currency=version.currency or terms.currency,
        total=terms.total if cost is None else cost,
        commission=commission,
        also="\n".join(words),
        has_equity=wanted.compensation == Compensation.EQUITY,
        exclusive_for=wanted.exclusive_for,
        exclusive_from=campaign.starts_on if is_exclusive else None,
        exclusive_until=_until(campaign.starts_on, wanted.exclusive_months)
        if is_exclusive
        else None,
    )


def _commission(wanted: Wanted) -> CommissionPart | None:
    """A percentage of sales, if the offer has one; an ambassador's months are the work's."""
    if wanted.percent is None or wanted.compensation not in _ON_SALES:
        return None
    months = wanted.months if wanted.compensation == Compensation.AFFILIATE else None
    return CommissionPart(percent=wanted.percent, months=months)


def _until(first: date, months: int | None) -> date:
    last: date = first + relativedelta(months=months or 0, days=-1)
    return last


def _parts(total: Decimal, rules: ContractRules) -> tuple[FeePart, ...]:
    """Half when it is accepted, half when it is published."""
    if not total:
        return ()
    return tuple(
        FeePart(due, percent=HALF, net_days=rules.net_days)
        for due in (FeeDue.SIGNING.value, FeeDue.PUBLICATION.value)
    )
