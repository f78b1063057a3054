"""What a post is about by its words: a plain list, ours; people overrule it.

The first line that fits wins, so the more special formats stand first. English, with the plainest
words of German, Danish, French and Spanish.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from campaigns.choices import ContentKind

_WORDS: Mapping[ContentKind, Sequence[str]] = {
    ContentKind.TESTIMONIAL: (
        *("testimonial", "my results", "changed my (?:life|skin|hair)", "since i started using"),
        *(
            "(?:weeks?|months?|days?) of using",
            "before (?:and|&) after",
            "i(?:'ve| have) been using",
        ),
        *("erfahrungsbericht", "mein fazit", "témoignage", "testimonio"),
    ),
    ContentKind.INTERVIEW: (
        *("interview\\w*", "q ?(?:&|and) ?a", "in conversation with", "my guest", "podcast with"),
        *("i (?:talked|spoke|sat down) (?:to|with)", "im gespräch", "entretien", "entrevista"),
    ),
    ContentKind.DAY_IN_THE_LIFE: (
        *("day in (?:the|my) life", "ditl", "a day with", "week in my life", "spend (?:the|a) day"),
        *("my (?:morning|evening|night) routine", "come (?:along )?with me", "vlog", "mein alltag"),
        *("en dag i mit liv", "une journée", "un día en mi vida"),
    ),
    ContentKind.UNBOXING: (
        *("unbox\\w*", "what(?:'s| is) in (?:the|my) (?:box|bag)", "haul", "pr package"),
        *("ausgepackt", "déballage"),
    ),
    ContentKind.TUTORIAL: (
        *("tutorial\\w*", "how (?:to|i)", "step[- ]by[- ]step", "diy", "guide", "recipe"),
        *("learn (?:to|how)", "here(?:'s| is) how", "anleitung", "so geht", "sådan", "tuto"),
        *("cómo hacer", "paso a paso"),
    ),
    ContentKind.REVIEW: (
        *("review\\w*", "honest opinion", "first impression\\w*", "worth (?:it|the)", "tested"),
        *("i tried", "compar(?:e|ing|ison)", "pros and cons", "rating", "im test", "getestet"),
        *("anmeldelse", "avis", "reseña"),
    ),
}
_PATTERNS = [
    (kind, re.compile(rf"(?<![^\W_])(?:{'|'.join(words)})(?![^\W_])", re.IGNORECASE))
    for kind, words in _WORDS.items()
]
# What comes first in a caption says what it is; hashtags at its end say anything.
LOOKED_AT = 400


def suggest(title: str, caption: str) -> tuple[ContentKind, str] | None:
    """The format that the words suggest, with those words; None: they say nothing."""
    text = f"{title}\n{caption[:LOOKED_AT]}".replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    for kind, pattern in _PATTERNS:
        if match := pattern.search(text):
            return kind, " ".join(match.group(0).split())
    return None
