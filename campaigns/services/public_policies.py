"""A brand's public page: written from its settings, published in versions, taken off again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from campaigns.models import PublicPolicy, PublicPolicyVersion
from campaigns.services.documents import digest_of
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.choices import RetentionPurpose
from crm.data_files import read_yaml
from crm.models import Brand, PrivacyPolicy, RetentionRule, User

FILE = Path(__file__).with_name("public_policy.yaml")
CONTROLLER_MAX, TEXT_MAX = 500, 10_000


@dataclass(frozen=True)
class Wanted:
    """What the brand itself writes."""

    controller: str = ""
    contact_email: str = ""
    disclosure: str = ""
    more: str = ""


def policy_of(brand: Brand) -> PublicPolicy:
    """The brand's page; before anything was written, an empty one that is not saved."""
    found = PublicPolicy.objects.filter(brand=brand).first()
    return found or PublicPolicy(brand=brand, version=0)


def newest_of(policy: PublicPolicy) -> PublicPolicyVersion | None:
    """The page as it was published last; None: never."""
    if not policy.version:
        return None
    return policy.versions.select_related("published_by").order_by("-number").first()


def document_of(policy: PublicPolicy) -> dict[str, Any]:
    """The page as it would be published now: by what is written, and the brand's settings."""
    brand = policy.brand
    texts = _texts()
    values = {
        "brand": brand.name,
        "mail": policy.contact_email or "(where people write to)",
        "periods": _periods(brand),
        "contract_years": PrivacyPolicy.of(brand).contract_years,
        "threshold": brand.approval_threshold_percent,
    }
    parts = [
        texts["disclosure"].format(**values),
        policy.disclosure,
        *(texts[key].format(**values) for key in ("data", "checks", "rights")),
        policy.more,
    ]
    return {
        "brand": brand.name,
        "controller": policy.controller,
        "contact_email": policy.contact_email,
        "text": "\n\n".join(part for part in parts if part),
    }


@transaction.atomic
def save(
    *, brand: Brand, wanted: Wanted, actor: User, at: datetime, expected_version: int | None
) -> PublicPolicy:
    """Write what the brand says; nobody outside reads it before it is published.

    Raises CampaignRefused.
    """
    policy = _held(brand, expected_version)
    says = _checked(wanted)
    if policy.is_open and not (says["controller"] and says["contact_email"]):
        raise CampaignRefused(
            "The page is public: it has to say who answers for the data, and where to write.",
            field="contact_email" if says["controller"] else "controller",
        )
    changed = sorted(name for name, value in says.items() if getattr(policy, name) != value)
    if not changed and policy.version:
        return policy
    for name, value in says.items():
        setattr(policy, name, value)
    policy.version += 1
    policy.save()
    _log("written", policy, actor, at, {"fields": changed})
    return policy


@transaction.atomic
def publish(
    *, brand: Brand, digest: str, actor: User, at: datetime, expected_version: int | None
) -> PublicPolicyVersion:
    """Let everybody read the page as it was shown (`digest`). Raises CampaignRefused."""
    policy = _held(brand, expected_version)
    if not (policy.controller and policy.contact_email):
        raise CampaignRefused(
            "Say who answers for the data, and where people write to.",
            field="controller" if not policy.controller else "contact_email",
        )
    document = document_of(policy)
    if digest_of(document) != digest:
        raise CampaignOutdated(
            "The brand's settings changed since you saw the page. Read it again; nothing was "
            "published."
        )
    newest = newest_of(policy)
    if newest is not None and newest.digest == digest:
        if policy.is_open:
            raise CampaignRefused("The page is published like that already.", code="there_already")
        version = newest
    else:
        version = PublicPolicyVersion.objects.create(
            policy=policy,
            number=newest.number + 1 if newest else 1,
            document=document,
            digest=digest,
            published_at=at,
            published_by=actor,
        )
    policy.is_open = True
    policy.version += 1
    policy.save()
    _log("published", policy, actor, at, {"version": version.number, "digest": digest})
    return version


@transaction.atomic
def withdraw(*, brand: Brand, actor: User, at: datetime) -> PublicPolicy:
    """Nobody outside reads it any more; its versions stay. Raises CampaignRefused."""
    policy = _held(brand, None)
    if not policy.is_open:
        raise CampaignRefused("The page is not public.", code="not_in_this_state")
    policy.is_open = False
    policy.version += 1
    policy.save()
    _log("withdrawn", policy, actor, at, {})
    return policy


def _held(brand: Brand, expected: int | None) -> PublicPolicy:
    # One writer of a brand's page at a time, before there is a row as well.
    held = Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    policy = policy_of(held)
    if expected is not None and policy.version != expected:
        raise CampaignOutdated(
            "Somebody changed the page since you loaded it; nothing of yours was saved."
        )
    return policy


def _checked(wanted: Wanted) -> dict[str, str]:
    says = {
        "controller": _text(wanted.controller, "controller", CONTROLLER_MAX),
        "contact_email": wanted.contact_email.replace("\0", "").strip().lower(),
        "disclosure": _text(wanted.disclosure, "disclosure", TEXT_MAX),
        "more": _text(wanted.more, "more", TEXT_MAX),
    }
    if says["contact_email"]:
        try:
            validate_email(says["contact_email"])
        except ValidationError as error:
            raise CampaignRefused("This is no e-mail address.", field="contact_email") from error
    return says


def _text(text: str, field: str, most: int) -> str:
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    if len(text) > most:
        raise CampaignRefused(f"{most:,} characters are the most.", field=field)
    return text


def _periods(brand: Brand) -> str:
    months = dict(RetentionRule.objects.filter(brand=brand).values_list("purpose", "months"))
    if not months:
        return "No period is set yet: people look at what is needed no more, and delete it."
    lines = [
        f"- {purpose.label}: {months[purpose]} month{'s'[: months[purpose] != 1]} after they were "
        "last needed"
        for purpose in RetentionPurpose
        if purpose in months
    ]
    return "\n".join(lines)


@cache
def _texts() -> dict[str, str]:
    texts: dict[str, str] = read_yaml(FILE)
    return texts


def _log(verb: str, policy: PublicPolicy, actor: User, at: datetime, data: dict[str, Any]) -> None:
    audit.record(
        brand=policy.brand,
        verb=f"campaigns.public_policy.{verb}",
        target=policy,
        actor=actor,
        at=at,
        data=data,
    )
