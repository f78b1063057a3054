"""Facts that somebody said: about the person, the audience, and how the brand stands with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from campaigns.causes.taxonomy import standard as causes
from campaigns.choices import RiskTier
from crm.choices import CreatorType, Stage
from crm.models import Niche, Tag
from segmentation.facts.sources import AUDIENCE, RECORD, RELATIONSHIP, From
from segmentation.rules.facts import Fact, FactType


def person(niches: Iterable[Niche]) -> Iterator[Fact]:
    given = From(RECORD)
    yield given.fact(
        "niches",
        "Niches",
        FactType.SET,
        "Subjects the creator works in. Unknown where nobody named one.",
        choices={niche.key: niche.label for niche in niches},
        vocabulary={niche.key: niche.pk for niche in niches},
    )
    yield given.fact(
        "country", "Country", FactType.TEXT, "Where the creator is, as two letters: DK."
    )
    yield given.fact(
        "language", "Language", FactType.TEXT, "What the creator speaks, as a language tag: da."
    )
    yield given.fact(
        "creator_type",
        "Kind of creator",
        FactType.CHOICE,
        "External creator, employee, customer, expert or virtual.",
        choices=_labels(CreatorType.choices),
    )
    yield given.fact(
        "profession", "Profession", FactType.TEXT, "What the creator does besides, in words."
    )


def audience() -> Iterator[Fact]:
    given = From(AUDIENCE)
    for key, label, what in (
        ("audience_country", "Audience countries", "country, as two letters"),
        ("audience_age", "Audience ages", "age band"),
        ("audience_gender", "Audience genders", "gender"),
    ):
        yield given.fact(
            key,
            label,
            FactType.DISTRIBUTION,
            f"Share of the primary profile's audience by {what}, as a source told it last.",
        )
    yield given.share(
        "audience_quality",
        "Audience quality",
        "Share of the audience that the source holds for real people.",
    )
    yield given.count(
        "audience_aqs",
        "Audience Quality Score",
        "of 100",
        "What HypeAuditor says of the primary profile's audience, by its own formula; from files. "
        "It is never mixed with the authenticity that is computed here.",
    )


def relationship(tags: Iterable[Tag]) -> Iterator[Fact]:
    given = From(RELATIONSHIP)
    yield given.fact(
        "tags",
        "Tags",
        FactType.SET,
        "The brand's own words for the creator. Nobody gave one: none, which is known.",
        choices={tag.key: tag.name for tag in tags},
        vocabulary={tag.key: tag.pk for tag in tags},
    )
    yield given.fact(
        "stage",
        "Stage",
        FactType.CHOICE,
        "How the brand stands with the creator.",
        choices=_labels(Stage.choices),
    )
    yield given.fact(
        "stage_since", "In this stage since", FactType.MOMENT, "When the stage was entered."
    )
    yield given.days(
        "days_in_stage",
        "Days in stage",
        "stage_since",
        "Whole days from entering the stage to the moment of the run.",
    )
    yield given.fact(
        "known_since", "Known since", FactType.MOMENT, "From when on the brand knows the creator."
    )
    yield given.days(
        "days_known",
        "Days known",
        "known_since",
        "Whole days from the first acquaintance to the moment of the run.",
    )
    yield given.fact(
        "has_owner", "Has an owner", FactType.BOOLEAN, "Somebody looks after the relationship."
    )
    yield given.fact(
        "next_step_on", "Next step on", FactType.DATE, "The day of the next step with the creator."
    )
    yield given.fact(
        "has_email",
        "E-mail address known",
        FactType.BOOLEAN,
        "The brand has an e-mail address that may be used.",
    )
    yield given.fact(
        "risk_tier",
        "Risk tier",
        FactType.CHOICE,
        "How careful to be: computed from incidents, disclosures and plans, or as a person says.",
        choices=_labels(RiskTier.choices),
    )
    yield given.count(
        "risk_points",
        "Risk points",
        "points",
        "Points of the newest computed risk; hard gates make a tier high without any.",
    )
    yield given.count(
        "audience_flags",
        "Flags about the audience",
        "flags",
        "Signs raised about the creator's accounts that nobody explained. None is no verdict.",
    )
    yield given.count(
        "reliability",
        "Reliability",
        "of 100",
        "What was on time, answered, kept and attended. Unknown where too little is known.",
    )
    yield given.count(
        "authenticity",
        "Authenticity",
        "of 100",
        "How little is unusual in the numbers of the largest account, for its size. "
        "Unknown where too little can be told.",
    )
    yield given.count(
        "trust",
        "Trust",
        "of 100",
        "Steady posts, disclosures, tone of comments, incidents and reliability, as the brand "
        "weighs them. Unknown where too little is known.",
    )
    yield given.fact(
        "causes",
        "Causes",
        FactType.SET,
        "What the creator stands for, as people of the brand say. Nobody named one: none.",
        choices={key: cause.name for key, cause in causes().causes.items()},
        vocabulary={key: cause.number for key, cause in causes().causes.items()},
    )


def _labels(choices: Iterable[tuple[str, object]]) -> dict[str, str]:
    return {value: str(label) for value, label in choices}
