"""How much of a brief is a script: required words against the creator's own (F134).

Two measures, each with its threshold, so that the warning can be explained:

- of the words of the key messages and statements, the share that must be said word for word:
  OWN_WORDS names the largest share for each level of freedom;
- of the words that fit into the shortest video or recording of the brief, the share that the
  required ones take: SPOKEN_MAX. A second holds WORDS_PER_SECOND (150 words a minute, an
  unhurried speaker).

Words are runs of letters and digits; in scripts without spaces every two characters count as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from campaigns.choices import Freedom
from campaigns.services.briefs.document import Document

OWN_WORDS: Mapping[str, float] = {Freedom.FREE: 0.0, Freedom.GUIDED: 0.3, Freedom.STRICT: 0.6}
SPOKEN_MAX = 0.5
WORDS_PER_SECOND = 2.5
_WITHOUT_SPACES = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")  # noqa: RUF001 - people type both apostrophes


@dataclass(frozen=True)
class Script:
    """How much is prescribed, and what to think of it."""

    required: int
    words: int
    # Of the words of messages and statements; None: there are none.
    share: float | None
    allowed: float
    # Of the shortest video or recording; None: no length was named.
    spoken: float | None
    seconds: int | None
    warnings: tuple[str, ...]


def script_of(document: Document) -> Script:
    """The measures and the warnings that follow from them."""
    required = count(document.verbatim)
    words = count([*(message.text for message in document.messages), *document.statements])
    share = required / words if words else None
    allowed = OWN_WORDS[document.freedom]
    lengths = [block.seconds for block in document.blocks if block.seconds]
    seconds = min(lengths, default=None)
    spoken = required / (seconds * WORDS_PER_SECOND) if seconds else None
    warnings = []
    if share is not None and share > allowed:
        warnings.append(
            f"{share:.0%} of the words of your messages are to be said word for word; "
            f"“{Freedom(document.freedom).label.partition(':')[0]}” has {allowed:.0%} at most. "
            "Let creators say more of it in their own words, or choose another level."
        )
    if spoken is not None and spoken > SPOKEN_MAX:
        warnings.append(
            f"The required words take {round(required / WORDS_PER_SECOND):,} of the {seconds:,} "
            f"seconds of the shortest piece. More than {SPOKEN_MAX:.0%} sounds read out."
        )
    return Script(required, words, share, allowed, spoken, seconds, tuple(warnings))


def count(texts: Iterable[str]) -> int:
    """How many words there are."""
    total = 0
    for text in texts:
        dense = len(_WITHOUT_SPACES.findall(text))
        total += len(_WORD.findall(_WITHOUT_SPACES.sub(" ", text))) + (dense + 1) // 2
    return total
