"""The last layer: what must be in order beside the label: permits, registers, contracts, goods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from campaigns.disclosure import virtual
from campaigns.disclosure.case import Case, Creator
from campaigns.disclosure.contracts import written_contract
from campaigns.disclosure.finding import Item, LayerKey, Outcome, item
from campaigns.disclosure.goods import NOT_GOODS
from campaigns.disclosure.labels import Seen, marks
from campaigns.disclosure.packs import Datum, Pack
from campaigns.disclosure.vocabulary import CreatorKind, Result

QUESTIONS = {virtual.CATEGORY: virtual.QUESTION}
NOT_INSIGNIFICANT = 0.12  # share of under-18s that a Danish case counted (dk_eb2022)


def check(seen: Seen, pack: Pack) -> list[Item]:
    """The items of the layer."""
    return [
        *_permits(seen, pack),
        *_registers(seen, pack),
        *_contracts(seen, pack),
        *_goods(seen, pack),
        *_marks(seen, pack),
        *_creator(seen, pack),
        *virtual.check(seen, pack),
    ]


# --- permits and registers ---


def _permits(seen: Seen, pack: Pack) -> Iterator[Item]:
    for datum in pack.registration:
        if datum.params.get("test") == "permit" and datum.holds(seen.at):
            yield item(
                seen.case,
                layer=LayerKey.DUTIES,
                key=f"{pack.key}.permit",
                question="Does the creator hold a valid permit?",
                outcome=permit(seen.case, pack.key, seen.at),
                datum=datum,
                hard=True,
            )
    for rule in pack.placement:
        if rule.rule == "permit_number_displayed" and any(
            datum.holds(seen.at) for datum in pack.registration
        ):
            shown = seen.case.creator.permit_shown
            outcome = {
                True: Outcome(Result.PASS, "The account shows the number."),
                False: Outcome(Result.FAIL, "The account does not show the number."),
                None: Outcome(
                    Result.UNKNOWN, "Whether the account shows the number was not noted."
                ),
            }[shown]
            yield item(
                seen.case,
                layer=LayerKey.DUTIES,
                key=rule.datum.key,
                question="Does the account show the permit number?",
                outcome=_own_brand_only(seen.case) or outcome,
                datum=rule.datum,
            )


def permit(case: Case, jurisdiction: str, at: date) -> Outcome:
    """Whether the creator may post advertising there on that day."""
    exempt = _own_brand_only(case)
    if exempt is not None:
        return exempt
    if jurisdiction not in case.creator.permit_valid_until:
        return Outcome(Result.UNKNOWN, "No permit is on file, and nobody noted that there is none.")
    until = case.creator.permit_valid_until[jurisdiction]
    if until is None:
        return Outcome(Result.FAIL, "The creator has no permit: the post must not go out.")
    if until < at:
        return Outcome(Result.FAIL, f"The permit ended on {until}: the post must not go out.")
    return Outcome(Result.PASS, f"The permit is valid until {until}.")


def _own_brand_only(case: Case) -> Outcome | None:
    if case.connections and all(one.kind == "own_brand" for one in case.connections):
        return Outcome(Result.NOT_APPLICABLE, "Promotion of the creator's own business is exempt.")
    return None


def _registers(seen: Seen, pack: Pack) -> Iterator[Item]:
    for datum in pack.registration:
        if datum.params.get("test") == "register" and datum.holds(seen.at):
            yield item(
                seen.case,
                layer=LayerKey.DUTIES,
                key=f"{pack.key}.register",
                question="Is the creator registered, where that is asked?",
                outcome=register(seen.case, pack.key, datum),
                datum=datum,
                blocks=False,  # a duty of the creator's business, not of this post
            )


def register(case: Case, jurisdiction: str, datum: Datum) -> Outcome:
    """Whether the thresholds of a register are met, and whether the creator is in it."""
    tests = thresholds(case.creator, datum)
    below = [name for name, met in tests if met is False]
    if below:
        return Outcome(Result.NOT_APPLICABLE, f"Below the threshold: {', '.join(below)}.")
    unseen = [name for name, met in tests if met is None]
    if unseen:
        return Outcome(
            Result.UNKNOWN, f"Whether the register is due depends on: {', '.join(unseen)}."
        )
    match case.creator.registered.get(jurisdiction):
        case True:
            return Outcome(Result.PASS, "The register is due, and the creator is in it.")
        case False:
            return Outcome(Result.FAIL, "The register is due, and the creator is not in it.")
        case None:
            return Outcome(
                Result.UNKNOWN, "The register is due; whether the creator is in it is not noted."
            )


def thresholds(known: Creator, datum: Datum) -> list[tuple[str, bool | None]]:
    """The thresholds of a register, and whether the creator reaches each; None: not known."""
    asked = datum.params
    reach = (
        ("or_followers_sum", known.followers_sum)
        if "or_followers_sum" in asked
        else ("or_monthly_views", known.monthly_views)
    )
    return [
        ("followers", _either(asked, "followers", known.followers, *reach)),
        ("videos in 12 months", _reaches(asked.get("videos"), known.videos_12_months)),
        ("income", _reaches(asked.get("income_eur"), known.income_eur)),
    ]


def _either(
    params: Mapping[str, Any],
    first: str,
    value: Decimal | int | None,
    second: str,
    other: Decimal | int | None,
) -> bool | None:
    if first not in params:
        return True
    met = [_reaches(params[first], value)]
    if second in params:
        met.append(_reaches(params[second], other))
    if True in met:
        return True
    return None if None in met else False


def _reaches(threshold: int | None, value: Decimal | int | None) -> bool | None:
    if threshold is None:
        return True
    return None if value is None else value >= threshold


# --- contracts ---


def _contracts(seen: Seen, pack: Pack) -> Iterator[Item]:
    for datum in pack.contract:
        if datum.params.get("test") == "written_contract" and datum.holds(seen.at):
            yield item(
                seen.case,
                layer=LayerKey.DUTIES,
                key=f"{pack.key}.contract",
                question="Is there a written contract, where the sum asks for one?",
                outcome=written_contract(seen.case.connections, datum, seen.at),
                datum=datum,
                blocks=False,  # voids the contract, not the label
            )


# --- goods, pictures, persons ---


def _goods(seen: Seen, pack: Pack) -> Iterator[Item]:
    for category in sorted(_categories(seen.case) | _of_the_creator(seen)):
        notes = [datum for datum in pack.categories.get(category, ()) if datum.holds(seen.at)]
        for datum in notes:
            banned = bool(datum.params.get("ban"))
            outcome = (
                Outcome(Result.FAIL, f"Not allowed here: {datum.note}")
                if banned
                else _left_to_a_person(seen, category)
            )
            yield item(
                seen.case,
                layer=LayerKey.DUTIES,
                key=datum.key,
                question=QUESTIONS.get(category, f"Are the rules for {_plain(category)} kept?"),
                outcome=outcome,
                datum=datum,
                hard=banned,
            )
        if not notes and category in seen.packs.sensitive:
            yield item(
                seen.case,
                layer=LayerKey.DUTIES,
                key=f"{pack.key}.category.{category}",
                question=QUESTIONS.get(category, f"Are the rules for {_plain(category)} kept?"),
                outcome=Outcome(
                    Result.UNKNOWN,
                    "This pack has no rule for such goods, which are never cleared unseen.",
                ),
            )


def _left_to_a_person(seen: Seen, category: str) -> Outcome:
    if category == virtual.CATEGORY:
        return virtual.said(seen)
    return Outcome(Result.UNKNOWN, "A person must look: rules for such goods are not text.")


def _categories(case: Case) -> frozenset[str]:
    return case.categories - NOT_GOODS


def _of_the_creator(seen: Seen) -> frozenset[str]:
    """Categories that follow from who speaks, to whom, and from the picture."""
    creator, media = seen.case.creator, seen.case.media
    found = set()
    if creator.under_age or (creator.audience_under_18 or 0) >= NOT_INSIGNIFICANT:
        found.add("minors")
    if creator.kind is CreatorKind.VIRTUAL or media.synthetic:
        found.add(virtual.CATEGORY)
    if media.retouched:
        found.add("body_image_retouch")
    return frozenset(found)


def _plain(category: str) -> str:
    return category.replace("_", " ")


def _marks(seen: Seen, pack: Pack) -> Iterator[Item]:
    """Words that an altered or machine-made picture must bear."""
    needed = {"retouched": seen.case.media.retouched, "synthetic": seen.case.media.synthetic}
    if seen.case.creator.kind is CreatorKind.VIRTUAL:
        needed["synthetic"] = True
    for label in pack.labels:
        mark = label.datum.params.get("mark")
        if mark is None or not label.holds(seen.at) or not needed[mark]:
            continue
        there = bool(marks(seen, pack, mark))
        outcome = (
            Outcome(Result.PASS, f"{label.text!r} is there.")
            if there
            else Outcome(Result.FAIL, f"{label.text!r} is missing: {label.datum.note}.")
        )
        yield item(
            seen.case,
            layer=LayerKey.DUTIES,
            key=f"{pack.key}.mark.{mark}",
            question=f"Does the picture bear the words {label.text!r}?",
            outcome=outcome,
            datum=label.datum,
        )


def _creator(seen: Seen, pack: Pack) -> Iterator[Item]:
    """An employee who speaks for the employer has a connection, also when nobody filed it."""
    if seen.case.creator.kind is not CreatorKind.EMPLOYEE:
        return
    kinds = {one.kind for one in seen.case.connections or ()}
    if "employment" not in kinds:
        yield item(
            seen.case,
            layer=LayerKey.DUTIES,
            key=f"{pack.key}.employment",
            question="Is the employment on file as a connection?",
            outcome=Outcome(
                Result.UNKNOWN, "The creator is an employee, but no employment is on file."
            ),
        )
