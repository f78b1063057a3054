"""Ways to reach a creator, who speaks for them, and where parcels go.

Personal data of one brand: what is written here goes to the audit ledger by number, never by text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pycountry
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from crm import audit
from crm.choices import ContactKind
from crm.models import (
    Agent,
    Brand,
    ContactPoint,
    PostalAddress,
    Relationship,
    Representation,
    User,
)
from crm.services import facts

REASON_MAX = 300
EMAILS_MAX = 10
# What a person says about an address, beside the address itself.
ABOUT = ("purpose", "basis", "found_in", "given_by", "valid_from")
_OF_ADDRESS = (
    "recipient",
    "street",
    "postal_code",
    "city",
    "region",
    "country",
    "phone",
    "basis",
    "found_in",
    "given_by",
)
_OF_AGENT = ("name", "company", "role", "emails", "phone", "basis", "found_in", "given_by")


class ContactRefused(Exception):
    """Nothing was changed; the message is fit for the user, `field` says where."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def add_contact(
    *,
    relationship: Relationship,
    kind: str,
    value: str,
    about: Mapping[str, Any],
    actor: User | None,
    at: datetime,
) -> ContactPoint:
    """Another address or number of a creator. Raises ContactRefused."""
    value = _value(kind, value)
    found = ContactPoint.objects.filter(
        brand=relationship.brand, kind=kind, value=value
    ).select_related("creator")
    if there := found.first():
        whose = (
            "is there already"
            if there.creator_id == relationship.creator_id
            else (f"belongs to {there.creator}")
        )
        raise ContactRefused(f"{value} {whose}.", "value")
    try:
        with transaction.atomic():
            contact = ContactPoint.objects.create(
                brand=relationship.brand,
                creator_id=relationship.creator_id,
                kind=kind,
                value=value,
                author=actor,
                **{name: about[name] for name in ABOUT if name in about},
            )
    except IntegrityError:
        raise ContactRefused(f"Somebody added {value} this moment.", "value") from None
    _tell(relationship, "crm.contact.added", actor, at, {"contact": contact.pk, "kind": kind})
    return contact


@transaction.atomic
def describe_contact(
    *,
    relationship: Relationship,
    contact: ContactPoint,
    about: Mapping[str, Any],
    actor: User | None,
    at: datetime,
) -> ContactPoint:
    """Say what an address is for, where it comes from and why it may be used."""
    contact = ContactPoint.objects.select_for_update(no_key=True).get(pk=contact.pk)
    changed = [name for name in ABOUT if name in about and getattr(contact, name) != about[name]]
    if not changed:
        return contact
    for name in changed:
        setattr(contact, name, about[name])
    contact.save(update_fields=changed)
    _tell(
        relationship,
        "crm.contact.described",
        actor,
        at,
        {"contact": contact.pk, "fields": changed},
    )
    return contact


@transaction.atomic
def bar_contact(
    *,
    relationship: Relationship,
    contact: ContactPoint,
    reason: str,
    actor: User | None,
    at: datetime,
) -> ContactPoint:
    """Say that an address is not to be used, and why; an empty reason allows it again."""
    reason = " ".join(reason.split())[:REASON_MAX]
    contact = ContactPoint.objects.select_for_update(no_key=True).get(pk=contact.pk)
    if contact.barred_reason == reason:
        return contact
    contact.barred_reason = reason
    contact.barred_at = at if reason else None
    contact.barred_by = actor if reason else None
    contact.save(update_fields=["barred_reason", "barred_at", "barred_by"])
    verb = "crm.contact.barred" if reason else "crm.contact.allowed"
    _tell(relationship, verb, actor, at, {"contact": contact.pk})
    return contact


@transaction.atomic
def erase_contact(
    *, relationship: Relationship, contact: ContactPoint, actor: User | None, at: datetime
) -> None:
    """Forget an address for good."""
    pk, kind = contact.pk, contact.kind
    contact.delete()
    _tell(relationship, "crm.contact.erased", actor, at, {"contact": pk, "kind": kind})


@transaction.atomic
def set_address(
    *, relationship: Relationship, values: Mapping[str, Any], actor: User | None, at: datetime
) -> PostalAddress:
    """Where parcels go from now on: one address, which replaces the one before.

    Raises ContactRefused.
    """
    for name, words in (("recipient", "for whom"), ("street", "the street"), ("city", "the city")):
        if not str(values.get(name, "")).strip():
            raise ContactRefused(f"Say {words} it is.", name)
    given = {name: values.get(name, "") for name in _OF_ADDRESS}
    if pycountry.countries.get(alpha_2=given["country"]) is None:
        raise ContactRefused("Say the country by its two letters, such as DK.", "country")
    address, is_new = PostalAddress.objects.update_or_create(
        brand=relationship.brand,
        creator_id=relationship.creator_id,
        defaults=given | {"author": actor, "confirmed_at": at},
    )
    verb = "crm.address.added" if is_new else "crm.address.changed"
    _tell(relationship, verb, actor, at, {"address": address.pk})
    return address


@transaction.atomic
def erase_address(*, relationship: Relationship, actor: User | None, at: datetime) -> bool:
    """Forget where parcels go; whether there was anything to forget."""
    gone, _by_model = PostalAddress.objects.filter(
        brand=relationship.brand, creator=relationship.creator_id
    ).delete()
    if gone:
        _tell(relationship, "crm.address.erased", actor, at, {})
    return bool(gone)


@transaction.atomic
def save_agent(
    *,
    brand: Brand,
    values: Mapping[str, Any],
    actor: User | None,
    at: datetime,
    agent: Agent | None = None,
) -> Agent:
    """Write down somebody who speaks for creators, or correct it. Raises ContactRefused."""
    given = {name: values[name] for name in _OF_AGENT if name in values}
    name = " ".join(str(given.get("name", agent.name if agent else "")).split())
    if not name:
        raise ContactRefused("The agent has no name.", "name")
    given["name"] = name
    if "emails" in given:
        given["emails"] = _emails(given["emails"])
    company = given.get("company", agent.company if agent else "")
    same = Agent.objects.filter(brand=brand, name__iexact=name, company__iexact=company)
    there = f"There is an agent {name} already. Choose them from the list."
    if (same.exclude(pk=agent.pk) if agent else same).exists():
        raise ContactRefused(there, "name")
    is_new = agent is None
    agent = agent or Agent(brand=brand, author=actor)
    for field, value in given.items():
        setattr(agent, field, value)
    try:
        with transaction.atomic():
            agent.save()
    except IntegrityError:
        raise ContactRefused(there, "name") from None
    audit.record(
        brand=brand,
        verb="crm.agent.added" if is_new else "crm.agent.changed",
        target=agent,
        actor=actor,
        at=at,
        data={"fields": sorted(given)},
        label=f"agent {agent.pk}",
    )
    return agent


@transaction.atomic
def represent(
    *,
    relationship: Relationship,
    agent: Agent,
    in_copy: bool,
    actor: User | None,
    at: datetime,
) -> Representation:
    """Say that an agent speaks for a creator, and whether mails go to them in copy.

    Raises ContactRefused.
    """
    if agent.brand_id != relationship.brand_id:
        raise ContactRefused("Your brand does not know this agent.", "agent")
    if in_copy and not agent.emails:
        raise ContactRefused(f"{agent} has no e-mail address to which a copy could go.", "in_copy")
    found, _is_new = Representation.objects.update_or_create(
        agent=agent,
        creator_id=relationship.creator_id,
        defaults={"in_copy": in_copy},
        create_defaults={"in_copy": in_copy, "author": actor, "since": at.date()},
    )
    _tell(
        relationship,
        "crm.agent.represents",
        actor,
        at,
        {"agent": agent.pk, "in_copy": in_copy},
    )
    return found


@transaction.atomic
def part(*, relationship: Relationship, agent: Agent, actor: User | None, at: datetime) -> None:
    """Say that an agent speaks for a creator no longer; one who speaks for nobody is forgotten."""
    gone, _by_model = Representation.objects.filter(
        agent=agent, creator=relationship.creator_id
    ).delete()
    if not gone:
        return
    _tell(relationship, "crm.agent.parted", actor, at, {"agent": agent.pk})
    if not agent.representations.exists():
        agent.delete()


@transaction.atomic
def forget_agent(*, agent: Agent, actor: User | None, at: datetime) -> None:
    """Forget somebody who speaks for creators, with all that they speak for."""
    pk, brand = agent.pk, agent.brand
    creators = list(agent.representations.values_list("creator", flat=True))
    agent.delete()
    facts.mark_changed(brand=brand, creator_ids=creators, cause="contact")
    agent.pk = pk
    audit.record(
        brand=brand,
        verb="crm.agent.forgotten",
        target=agent,
        actor=actor,
        at=at,
        data={"creators": len(creators)},
        label=f"agent {pk}",
    )


def _value(kind: str, value: str) -> str:
    value = value.strip().lower()
    if kind not in ContactKind.values:
        raise ContactRefused("Choose e-mail or phone.", "kind")
    if kind == ContactKind.EMAIL:
        return _email(value, "value")
    if sum(letter.isdigit() for letter in value) < 6 or len(value) > 60:
        raise ContactRefused("This is no phone number: it has at least six digits.", "value")
    return value


def _email(value: str, field: str) -> str:
    value = value.strip().lower()
    try:
        validate_email(value)
    except ValidationError:
        raise ContactRefused(f"“{value}” is no e-mail address.", field) from None
    return value


def _emails(values: list[str]) -> list[str]:
    emails = sorted({_email(value, "emails") for value in values if value.strip()})
    if len(emails) > EMAILS_MAX:
        raise ContactRefused(f"{EMAILS_MAX} addresses are the most.", "emails")
    return emails


def _tell(
    relationship: Relationship,
    verb: str,
    actor: User | None,
    at: datetime,
    data: Mapping[str, Any],
) -> None:
    facts.mark_changed(
        brand=relationship.brand, creator_ids=[relationship.creator_id], cause="contact"
    )
    audit.record(
        brand=relationship.brand,
        verb=verb,
        target=relationship,
        actor=actor,
        at=at,
        data=data,
        label=relationship.creator.name,
    )
