"""The words in which a creator is asked to put a disclosure right: a beginning, to be changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from campaigns.selectors.disclosures.advice import Advice, shared

FAULTS = 6


def for_draft(advice: Sequence[Advice]) -> str:
    """What a draft needs, for its creator to read."""
    if not advice:
        return ""
    return "\n".join(["The disclosure is to be changed.", "", *_what_to_do(advice)])


def letter(
    advice: Sequence[Advice],
    *,
    creator: str,
    brand: str,
    title: str,
    url: str,
    due_on: date,
    sender: str,
) -> str:
    """The mail about a published post."""
    where = f" ({url})" if url else ""
    lines = [
        f"Hello {creator},",
        "",
        (
            f"your post “{title}”{where} for {brand} does not say clearly enough that it is "
            "advertising. Please put that right:"
        ),
        "",
        *_what_to_do(advice),
        "",
        (
            f"Please do it by {due_on:%-d %B %Y}, and say on your page when it is done, or answer "
            "this message. We look at the post again then."
        ),
        "",
        "Best regards",
        sender,
    ]
    return "\n".join(lines)


def _what_to_do(advice: Sequence[Advice]) -> Iterator[str]:
    faults = list(dict.fromkeys(fault for one in advice for fault in one.faults))
    if faults:
        yield "What is not in order:"
        yield from (f"- {fault}" for fault in faults[:FAULTS])
        yield ""
    everywhere = shared(advice)
    named = [one for one in advice if one.wordings]
    if everywhere:
        yield (
            "Begin the text with one of these wordings, before anything else: "
            f"{_listed(everywhere)}."
        )
    elif named:
        yield "Begin the text with a wording for each country, before anything else:"
        yield from (f"- {one.jurisdiction}: {_listed(one.wordings)}" for one in named)
    yield "Where the platform has a label of its own for advertising, switch it on as well."


def _listed(words: Sequence[str]) -> str:
    quoted = [f"“{word}”" for word in words]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]
