"""What a review form is made of: criteria in words, and the bar; checked before they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm.choices import CriterionKind
from crm.fact_keys import key_of
from crm.models.reviews import Option
from crm.services.reviews.people import ReviewRefused

CRITERIA_MAX = 12
OPTIONS_MAX = 20
LOWEST, HIGHEST = 1, 5
LABEL_MAX, KEY_MAX, LINE_MAX, OPTION_MAX, GUIDANCE_MAX = 80, 50, 300, 80, 2_000


@dataclass(frozen=True)
class Wording:
    """A criterion as somebody wants it; without a key one is made from the label."""

    label: str
    question: str
    kind: CriterionKind = CriterionKind.SCALE
    key: str = ""
    anchors: Sequence[str] = ()
    options: Sequence[Option] = ()
    needs_evidence: bool = False
    # Which results pass: scores from `least` to `most` (one alone: to the end of the scale), or
    # these answers of the list. Nothing said: it is no bar.
    least: int | None = None
    most: int | None = None
    passing: Sequence[str] = ()


@dataclass(frozen=True)
class Bar:
    """What a vetting has to pass through, the same for everybody."""

    # One review, or two that do not see each other.
    reviewers: int = 2
    # Scores so far apart, or farther, go to a third person.
    dispute_from: int = 2
    requester_may_review: bool = False
    # Within how many days reviews are asked for.
    days: int = 7
    guidance: str = ""


def checked_bar(bar: Bar) -> Bar:
    """The bar as it is kept. Raises ReviewRefused."""
    for field, value, low, high in (
        ("reviewers", bar.reviewers, 1, 2),
        ("dispute_from", bar.dispute_from, 1, 4),
        ("days", bar.days, 1, 90),
    ):
        if not low <= value <= high:
            raise ReviewRefused(f"This is a number from {low} to {high}.", field)
    guidance = bar.guidance.strip()
    if len(guidance) > GUIDANCE_MAX:
        raise ReviewRefused(f"This has at most {GUIDANCE_MAX:,} characters.", "guidance")
    return Bar(bar.reviewers, bar.dispute_from, bar.requester_may_review, bar.days, guidance)


def checked_criteria(given: Sequence[Wording]) -> list[Wording]:
    """The criteria as they are kept, each with its key. Raises ReviewRefused."""
    wanted = [_checked(one, place) for place, one in enumerate(given)]
    if not 1 <= len(wanted) <= CRITERIA_MAX:
        raise ReviewRefused(f"A form has 1 to {CRITERIA_MAX} criteria.", "criteria")
    keys: set[str] = set()
    for place, one in enumerate(wanted):
        if one.key in keys:
            raise ReviewRefused(
                f"Another criterion has the key “{one.key}” already.", f"criteria/{place}/key"
            )
        keys.add(one.key)
    return wanted


def _checked(given: Wording, place: int) -> Wording:
    """The criterion as it is kept."""
    label, question = " ".join(given.label.split()), " ".join(given.question.split())
    key = given.key.strip() or key_of(label)[:KEY_MAX].rstrip("_")
    for name, text, limit in (
        ("label", label, LABEL_MAX),
        ("question", question, LINE_MAX),
        ("key", key, KEY_MAX),
    ):
        if not text:
            words = (
                "Give a key: none can be made from this label."
                if name == "key"
                else ("Say what it is called." if name == "label" else "Say what is to be judged.")
            )
            raise ReviewRefused(words, f"criteria/{place}/{name}")
        if len(text) > limit:
            raise ReviewRefused(f"This has at most {limit} characters.", f"criteria/{place}/{name}")
    if key_of(key) != key:
        raise ReviewRefused(
            "A key begins with a small letter and has small letters, digits and _ only.",
            f"criteria/{place}/key",
        )
    is_scale = given.kind == CriterionKind.SCALE
    _refuse_strange(given, is_scale=is_scale, place=place)
    least, most = _checked_scores(given, place) if is_scale else (None, None)
    options = () if is_scale else _checked_options(given, place)
    return Wording(
        label=label,
        question=question,
        kind=CriterionKind(given.kind),
        key=key,
        anchors=_checked_anchors(given, place) if is_scale else (),
        options=options,
        needs_evidence=given.needs_evidence,
        least=least,
        most=most,
        passing=() if is_scale else _checked_passing(given, options, place),
    )


def _refuse_strange(given: Wording, *, is_scale: bool, place: int) -> None:
    """What a criterion of this kind cannot have is not dropped unsaid."""
    scores = "Of a list answers pass, not scores: name them."
    strange = (
        [
            ("options", bool(given.options), "A scale has no list of answers."),
            (
                "passing",
                any(one.strip() for one in given.passing),
                "Of a scale scores pass, not answers: say from which to which.",
            ),
        ]
        if is_scale
        else [
            ("anchors", bool(given.anchors), "A list has answers, not words for 1 to 5."),
            ("least", given.least is not None, scores),
            ("most", given.most is not None, scores),
        ]
    )
    for name, is_said, words in strange:
        if is_said:
            raise ReviewRefused(words, f"criteria/{place}/{name}")


def _checked_scores(given: Wording, place: int) -> tuple[int | None, int | None]:
    """Which scores pass: both ends, or none."""
    if given.least is None and given.most is None:
        return None, None
    least = LOWEST if given.least is None else given.least
    most = HIGHEST if given.most is None else given.most
    if not LOWEST <= least <= most <= HIGHEST:
        raise ReviewRefused(
            f"Scores that pass go from {LOWEST} to {HIGHEST}, the lower one first.",
            f"criteria/{place}/least",
        )
    return least, most


def _checked_passing(given: Wording, options: Sequence[Option], place: int) -> Sequence[str]:
    """Which answers of the list pass, in its order; named by value or label."""
    wanted = {one.strip().casefold() for one in given.passing if one.strip()}
    found = [
        option["value"]
        for option in options
        if {option["value"].casefold(), option["label"].casefold()} & wanted
    ]
    known = {name.casefold() for option in options for name in (option["value"], option["label"])}
    if strange := wanted - known:
        raise ReviewRefused(
            f"“{min(strange)}” is no answer of the list.", f"criteria/{place}/passing"
        )
    return found


def _checked_anchors(given: Wording, place: int) -> list[str]:
    anchors = [" ".join(anchor.split()) for anchor in given.anchors]
    if len(anchors) != 5 or not all(anchors):
        raise ReviewRefused(
            "Say in words what each of 1, 2, 3, 4 and 5 means: without, everybody scores by a "
            "measure of their own.",
            f"criteria/{place}/anchors",
        )
    if max(map(len, anchors)) > LINE_MAX:
        raise ReviewRefused(
            f"An anchor has at most {LINE_MAX} characters.", f"criteria/{place}/anchors"
        )
    return anchors


def _checked_options(given: Wording, place: int) -> list[Option]:
    field = f"criteria/{place}/options"
    made: dict[str, str] = {}
    for option in given.options:
        label = " ".join(option["label"].split())
        value = option["value"].strip() or key_of(label)
        if key_of(value) != value or not value or not label:
            raise ReviewRefused(
                f"“{label or value}” cannot be an answer: give a label, and a value of small "
                "letters, digits and _ where none can be made from it.",
                field,
            )
        if max(len(label), len(value)) > OPTION_MAX:
            raise ReviewRefused(f"An answer has at most {OPTION_MAX} characters.", field)
        if value in made or label.casefold() in {one.casefold() for one in made.values()}:
            raise ReviewRefused(f"“{label}” is in the list twice.", field)
        made[value] = label
    if not 2 <= len(made) <= OPTIONS_MAX:
        raise ReviewRefused(f"A list has 2 to {OPTIONS_MAX} answers.", field)
    return [{"value": value, "label": label} for value, label in made.items()]
