"""PDF files from a layout (templates/pdf/*.typ) and data, typeset by Typst.

Data goes in as JSON, never as source: nothing that somebody wrote can become a command. The same
data and the same `at` give the same bytes.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Literal

import typst
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

LAYOUTS = settings.BASE_DIR / "templates" / "pdf"


def pdf_of(layout: str, data: object, *, at: datetime) -> bytes:
    """The file for `data` in a layout of templates/pdf, e.g. "brief".

    The layout reads it by `json(bytes(sys.inputs.data))`. `at` is the file's own date. It is PDF/A,
    for archives, which asks for a font with every letter: where the server has none, boxes stand
    for letters and it is plain PDF. Raises typst.TypstError where the layout is wrong.
    """
    try:
        return _typeset(layout, data, at, "a-2b")
    except typst.TypstError:
        return _typeset(layout, data, at, "1.7")


def _typeset(layout: str, data: object, at: datetime, standard: Literal["a-2b", "1.7"]) -> bytes:
    return typst.compile(
        LAYOUTS / f"{layout}.typ",
        root=LAYOUTS,
        sys_inputs={"data": json.dumps(data, cls=DjangoJSONEncoder)},
        timestamp=int(at.timestamp()),
        pdf_standards=standard,
    )
