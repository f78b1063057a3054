"""The brand itself, stages, applications, comments, privacy and the ledger: what is set of them."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.settings import Change, Part
from crm.choices import RetentionPurpose, Scope, Stage
from crm.models import (
    ApplicationPage,
    Brand,
    NoticeText,
    PrivacyPolicy,
    RetentionRule,
    TierScheme,
)
from crm.permissions import Can
from crm.public_forms.words import LANGUAGES
from crm.services import brands, stalls
from crm.services.applications import page
from crm.services.ledger import checkpoints
from crm.services.post_comments import forgetting
from crm.services.post_comments.keeping import CommentsRefused
from crm.services.privacy import notices, retention
from crm.services.privacy.refusals import PrivacyRefused

_KEPT: dict[str, Any] = {"required": False}
_NULL: dict[str, Any] = {"required": False, "allow_null": True}


class BrandSettings(serializers.Serializer[Any]):
    """The brand."""

    slug = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    timezone = serializers.CharField()
    fiscal_year_start_month = serializers.IntegerField()
    tier_scheme = serializers.CharField(allow_null=True, help_text="The key of a tier scheme.")
    approval_threshold_percent = serializers.IntegerField(
        help_text="A run that moves a larger share of your creators waits for approval."
    )


class BrandSettingsChange(Body):
    """What to change of the brand."""

    name = serializers.CharField(max_length=120, **_KEPT)
    timezone = serializers.CharField(max_length=60, **_KEPT)
    fiscal_year_start_month = serializers.IntegerField(min_value=1, max_value=12, **_KEPT)
    tier_scheme = serializers.CharField(max_length=40, **_NULL)
    approval_threshold_percent = serializers.IntegerField(min_value=0, max_value=100, **_KEPT)

    def validate_timezone(self, name: str) -> str:
        """One that is known."""
        if name not in available_timezones():
            words = f"“{name}” is not a known time zone, e.g. Europe/Copenhagen."
            raise serializers.ValidationError(ErrorDetail(words, "does_not_exist"))
        return name

    def validate_tier_scheme(self, key: str | None) -> TierScheme | None:
        """The scheme."""
        if key is None:
            return None
        found = TierScheme.objects.filter(key=key).first()
        if found is None:
            words = "There is no such tier scheme: tier-schemes/ names them."
            raise serializers.ValidationError(ErrorDetail(words, "does_not_exist"))
        return found


def _brand(brand: Brand) -> Row:
    return {
        "slug": brand.slug,
        "name": brand.name,
        "currency": brand.currency,
        "timezone": brand.timezone,
        "fiscal_year_start_month": brand.fiscal_year_start_month,
        "tier_scheme": brand.tier_scheme.key if brand.tier_scheme else None,
        "approval_threshold_percent": brand.approval_threshold_percent,
    }


def _change_brand(wanted: Change) -> None:
    brands.change_brand(
        brand_id=wanted.brand.pk, changes=wanted.said, actor=wanted.actor, at=wanted.at
    )


def _each_once(rows: list[Row], name: str) -> list[Row]:
    """The rows, refused where two are of one stage or purpose: which of them holds?"""
    said = [row[name] for row in rows]
    twice = sorted({one for one in said if said.count(one) > 1})
    if twice:
        words = f"Named more than once: {', '.join(twice)}."
        raise serializers.ValidationError(words, "repeated")
    return rows


class StageLimitSerializer(serializers.Serializer[Any]):
    """What is too long and too many in a stage."""

    stage = serializers.ChoiceField(choices=Stage.choices)
    days = serializers.IntegerField(allow_null=True, help_text="Null: cards never stall.")
    cards = serializers.IntegerField(allow_null=True, help_text="Null: any number is fine.")


class StageLimitsSettings(serializers.Serializer[Any]):
    """The stages on the path."""

    stages = StageLimitSerializer(many=True)


class StageLimitChange(Body):
    """Of a stage; what is left out stays."""

    stage = serializers.ChoiceField(choices=[(one.value, one.label) for one in stalls.DEFAULTS])
    days = serializers.IntegerField(min_value=1, max_value=stalls.DAYS_MAX, **_NULL)
    cards = serializers.IntegerField(min_value=1, max_value=stalls.CARDS_MAX, **_NULL)


class StageLimitsChange(Body):
    """Stages; those that are not named stay."""

    stages = serializers.ListField(child=StageLimitChange(), max_length=len(stalls.DEFAULTS))

    def validate_stages(self, rows: list[Row]) -> list[Row]:
        """Each stage once."""
        return _each_once(rows, "stage")


def _stage_limits(brand: Brand) -> Row:
    return {
        "stages": [
            {"stage": stage.value, "days": one.days, "cards": one.cards}
            for stage, one in stalls.stage_limits(brand).items()
        ]
    }


def _change_stage_limits(wanted: Change) -> None:
    held = stalls.stage_limits(wanted.brand)
    for one in wanted.said["stages"]:
        before = held[Stage(one["stage"])]
        limits = stalls.Limits(one.get("days", before.days), one.get("cards", before.cards))
        held[Stage(one["stage"])] = limits
    stalls.set_limits(limits=held, **wanted.who)


class ApplicationSettings(serializers.Serializer[Any]):
    """The public page of applications."""

    is_open = serializers.BooleanField()
    title = serializers.CharField(allow_null=True)
    text = serializers.CharField(allow_null=True)
    language = serializers.CharField()
    contact_email = serializers.EmailField(allow_null=True)
    consent_text = serializers.CharField(allow_null=True, help_text="What applicants agree to.")
    consent_version = serializers.IntegerField(help_text="New words get a new number.")
    min_age = serializers.IntegerField()
    keep_days = serializers.IntegerField(help_text="Until what was declined is erased.")
    decline_text = serializers.CharField(allow_null=True, help_text="Null: the usual words.")


class ApplicationSettingsChange(Body):
    """What to change of the page."""

    is_open = serializers.BooleanField(**_KEPT)
    title = serializers.CharField(max_length=120, **_NULL)
    text = serializers.CharField(max_length=4_000, **_NULL)
    language = serializers.ChoiceField(choices=LANGUAGES, **_KEPT)
    contact_email = serializers.EmailField(max_length=254, **_NULL)
    consent_text = serializers.CharField(max_length=2_000, **_NULL)
    min_age = serializers.IntegerField(min_value=13, max_value=99, **_KEPT)
    keep_days = serializers.IntegerField(min_value=1, max_value=3_650, **_KEPT)
    decline_text = serializers.CharField(max_length=4_000, **_NULL)


def _applications(brand: Brand) -> Row:
    held = ApplicationPage.of(brand)
    texts = ("title", "text", "contact_email", "consent_text", "decline_text")
    return {name: getattr(held, name) for name in (*page.CHANGEABLE, "consent_version")} | {
        name: getattr(held, name) or None for name in texts
    }


def _change_applications(wanted: Change) -> None:
    page.change_page(changes=wanted.texts, **wanted.who)


class CommentSettingsSerializer(serializers.Serializer[Any]):
    """Comments below posts."""

    keep_months = serializers.IntegerField(help_text="Then words and writers go; numbers stay.")


class CommentSettingsChange(Body):
    """For how long words are kept."""

    keep_months = serializers.IntegerField(min_value=1, max_value=60)


def _comments(brand: Brand) -> Row:
    return {"keep_months": forgetting.settings_of(brand).keep_months}


def _change_comments(wanted: Change) -> None:
    version = forgetting.settings_of(wanted.brand).version
    forgetting.set_keeping(version=version, **wanted.said, **wanted.who)


class NoticeTextSerializer(serializers.Serializer[Any]):
    """What first mails say in a language."""

    language = serializers.CharField()
    text = serializers.CharField()


class PrivacySettings(serializers.Serializer[Any]):
    """Personal data of the brand."""

    contract_years = serializers.IntegerField(help_text="So long contracts outlive an erasure.")
    exempt_reason = serializers.CharField(
        allow_null=True, help_text="Why people are not told one by one; null: they are."
    )
    exempt_url = serializers.URLField(allow_null=True, help_text="Where everybody can read it.")
    texts = NoticeTextSerializer(many=True)


class NoticeTextBody(Body):
    """What first mails say in a language; null takes it out."""

    language = serializers.CharField(max_length=10, help_text="Its code: en, de, da.")
    text = serializers.CharField(max_length=notices.TEXT_MAX, allow_null=True)


class PrivacySettingsChange(Body):
    """What to change; languages that are not named stay."""

    contract_years = serializers.IntegerField(min_value=0, max_value=30, **_KEPT)
    exempt_reason = serializers.CharField(max_length=500, **_NULL)
    exempt_url = serializers.URLField(max_length=300, **_NULL)
    texts = serializers.ListField(child=NoticeTextBody(), max_length=50, **_KEPT)


def _privacy(brand: Brand) -> Row:
    policy = PrivacyPolicy.of(brand)
    texts = NoticeText.objects.filter(brand=brand).order_by("language")
    return {
        "contract_years": policy.contract_years,
        "exempt_reason": policy.exempt_reason or None,
        "exempt_url": policy.exempt_url or None,
        "texts": list(texts.values("language", "text")),
    }


def _change_privacy(wanted: Change) -> None:
    said = wanted.texts
    for one in said.pop("texts", ()):
        try:
            notices.set_text(language=one["language"], text=one["text"] or "", **wanted.who)
        except PrivacyRefused as no:
            raise PrivacyRefused(str(no), "texts") from no
    if said:
        policy = PrivacyPolicy.of(wanted.brand)
        names = ("contract_years", "exempt_reason", "exempt_url")
        held = {name: getattr(policy, name) for name in names}
        notices.set_policy(**(held | said), **wanted.who)


class RetentionRuleSerializer(serializers.Serializer[Any]):
    """How long is kept what serves a purpose."""

    purpose = serializers.ChoiceField(choices=RetentionPurpose.choices)
    months = serializers.IntegerField(allow_null=True, help_text="Null: as long as it likes.")
    is_automatic = serializers.BooleanField(help_text="It goes without a yes each time.")


class RetentionSettings(serializers.Serializer[Any]):
    """All purposes."""

    rules = RetentionRuleSerializer(many=True)


class RetentionRuleBody(Body):
    """Of one purpose."""

    purpose = serializers.ChoiceField(choices=RetentionPurpose.choices)
    months = serializers.IntegerField(
        min_value=1, max_value=retention.MONTHS_AT_MOST, allow_null=True
    )
    is_automatic = serializers.BooleanField(default=False)


class RetentionSettingsChange(Body):
    """Purposes; those that are not named stay. Nothing is deleted by it."""

    rules = serializers.ListField(
        child=RetentionRuleBody(), min_length=1, max_length=len(RetentionPurpose)
    )

    def validate_rules(self, rows: list[Row]) -> list[Row]:
        """Each purpose once."""
        return _each_once(rows, "purpose")


def _retention(brand: Brand) -> Row:
    kept = {rule.purpose: rule for rule in RetentionRule.objects.filter(brand=brand)}
    rules = []
    for purpose in RetentionPurpose:
        rule = kept.get(purpose.value)
        rules.append(
            {
                "purpose": purpose.value,
                "months": rule.months if rule else None,
                "is_automatic": rule.is_automatic if rule else False,
            }
        )
    return {"rules": rules}


def _change_retention(wanted: Change) -> None:
    rules = [
        (RetentionPurpose(one["purpose"]), one["months"], one["is_automatic"])
        for one in wanted.said["rules"]
    ]
    retention.set_rules(rules=rules, **wanted.who)
    retention.propose(brand=wanted.brand, at=wanted.at)


class LedgerSettings(serializers.Serializer[Any]):
    """The audit ledger."""

    checkpoints_to = serializers.EmailField(
        allow_null=True, help_text="To whom each checkpoint is mailed, outside this installation."
    )


class LedgerSettingsChange(Body):
    """Who keeps the proofs."""

    checkpoints_to = serializers.EmailField(max_length=254, allow_null=True)


def _ledger(brand: Brand) -> Row:
    return {"checkpoints_to": checkpoints.address_of(brand) or None}


def _change_ledger(wanted: Change) -> None:
    checkpoints.set_address(address=wanted.said["checkpoints_to"] or "", **wanted.who)


PARTS = (
    Part(
        "brand",
        "itself: name, time zone, fiscal year, tiers, approval of runs",
        BrandSettings,
        BrandSettingsChange,
        Can.MANAGE_BRAND,
        _brand,
        _change_brand,
        (brands.BrandRefused,),
    ),
    Part(
        "stage-limits",
        "how long and how many cards may stand in a stage",
        StageLimitsSettings,
        StageLimitsChange,
        Can.MANAGE_BRAND,
        _stage_limits,
        _change_stage_limits,
        (stalls.LimitRefused,),
    ),
    Part(
        "applications",
        "its public page of applications",
        ApplicationSettings,
        ApplicationSettingsChange,
        Can.MANAGE_BRAND,
        _applications,
        _change_applications,
        (page.PageRefused,),
    ),
    Part(
        "comments",
        "comments below posts",
        CommentSettingsSerializer,
        CommentSettingsChange,
        Can.MANAGE_BRAND,
        _comments,
        _change_comments,
        (CommentsRefused,),
    ),
    Part(
        "privacy",
        "personal data, and what first mails say of it",
        PrivacySettings,
        PrivacySettingsChange,
        Can.HANDLE_PRIVACY,
        _privacy,
        _change_privacy,
        (PrivacyRefused,),
        scope=Scope.PRIVACY_READ,
        write_scope=Scope.PRIVACY_WRITE,
    ),
    Part(
        "retention",
        "how long personal data is kept",
        RetentionSettings,
        RetentionSettingsChange,
        Can.MANAGE_BRAND,
        _retention,
        _change_retention,
        (PrivacyRefused,),
        scope=Scope.PRIVACY_READ,
        write_scope=Scope.PRIVACY_WRITE,
    ),
    Part(
        "ledger",
        "who keeps the proofs of its ledger",
        LedgerSettings,
        LedgerSettingsChange,
        Can.MANAGE_BRAND,
        _ledger,
        _change_ledger,
        (checkpoints.AddressRefused,),
        scope=Scope.AUDIT_READ,
    ),
)
