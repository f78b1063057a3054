"""What may stand in the header of a mail that names people, campaigns and brands."""

from __future__ import annotations

SUBJECT_MAX = 200


def in_header(text: str) -> str:
    """One line of at most 200 characters, whatever names in it hold.

    A line feed would begin another header, and so would one in an encoded word (=?utf-8?q?=0A?=)
    where it is decoded. Django and Python refuse such a mail, and with it everybody's after it.
    """
    line = " ".join(text.split()).replace("=?", "= ?")
    return line if len(line) <= SUBJECT_MAX else f"{line[: SUBJECT_MAX - 1]}…"
