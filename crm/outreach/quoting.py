"""Part what a mail says from what it repeats of earlier ones."""

from __future__ import annotations

import re

from mailparser_reply import EmailReplyParser

LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "da", "sv", "pl"]
# The patterns of the parser take the square of a text's length, and strangers write these texts:
# it sees so much of a mail, without runs of spaces, and so many of the quotation's marks.
_SEEN = 2_500
_MARKS = re.compile(r"(?:> ?){3,}")
# "-----Original Message-----" and the line above the head that Outlook writes.
_RULE = re.compile(r"^(?:-{3,} ?\S[\w ]{3,40} ?-{3,}|_{20,})$")


def fold(text: str) -> tuple[str, str]:
    """(what the mail says, what it repeats). A mail that repeats all says all."""
    lines = text.split("\n")
    cut = min(_by_parser(lines), _by_rule(lines), _by_marks(lines))
    said = "\n".join(lines[:cut]).strip()
    if not said:
        return text.strip(), ""
    return said, "\n".join(lines[cut:]).strip()


def _by_parser(lines: list[str]) -> int:
    """Where the parser sees the head of an earlier mail: "On Monday Ana wrote:"."""
    seen = "\n".join(_MARKS.sub("> > ", " ".join(line.split())) for line in lines)
    seen = re.sub(r"\n{3,}", "\n\n", seen)[:_SEEN]
    replies = EmailReplyParser(languages=LANGUAGES).read(seen).replies
    if len(replies) < 2 or not replies[1].headers:
        return len(lines)
    head = replies[1].headers.split("\n")[0]
    return next((at for at, line in enumerate(lines) if " ".join(line.split()) == head), len(lines))


def _by_rule(lines: list[str]) -> int:
    return next((at for at, line in enumerate(lines) if _RULE.match(line.strip())), len(lines))


def _by_marks(lines: list[str]) -> int:
    """Where the last lines that all begin with ">" begin."""
    at = len(lines)
    while at and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith(">")):
        at -= 1
    # The line above them that says whose words they are.
    if 0 < at < len(lines) and len(lines[at - 1]) < 200 and lines[at - 1].rstrip().endswith(":"):
        at -= 1
    return at
