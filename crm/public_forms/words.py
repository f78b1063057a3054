"""What strangers type into public forms, as it is kept; the languages of brands' own words."""

from __future__ import annotations

import re
import unicodedata

# Signs that turn or hide what follows them: a name with one shows as another name.
_TRICKS = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
# Screen readers and translators go by it.
LANGUAGES = (
    ("en", "English"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("nl", "Nederlands"),
    ("nb", "Norsk"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("fi", "Suomi"),
    ("sv", "Svenska"),
    ("tr", "Türkçe"),
    ("zh", "中文"),
)


def one_line(text: str) -> str:
    """One line, without signs that would show it as another one."""
    return " ".join(_TRICKS.sub("", unicodedata.normalize("NFC", text)).split())


def paragraphs(text: str) -> str:
    """The same with its lines."""
    return _TRICKS.sub("", text.replace("\r\n", "\n")).strip()
