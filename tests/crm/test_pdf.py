"""Files typeset from data: for archives where that is possible, with every letter anyway."""

from __future__ import annotations

import pytest
import typst

from crm import pdf
from tests.factories import NOW

LAYOUT = "#set document(date: auto)\n#json(bytes(sys.inputs.data)).name"


@pytest.fixture(autouse=True)
def layouts(monkeypatch, tmp_path):
    (tmp_path / "plain.typ").write_text(LAYOUT, encoding="utf-8")
    monkeypatch.setattr(pdf, "LAYOUTS", tmp_path)


def test_it_is_made_for_archives():
    assert b"pdfaid" in pdf.pdf_of("plain", {"name": "Ida Holm"}, at=NOW)


def test_letters_without_a_font_do_not_stand_in_the_way():
    # Linear A: no server has a font for it by chance.
    made = pdf.pdf_of("plain", {"name": "\U00010600"}, at=NOW)
    assert made.startswith(b"%PDF-1.7")
    assert b"pdfaid" not in made
    assert made == pdf.pdf_of("plain", {"name": "\U00010600"}, at=NOW)


def test_a_layout_that_is_wrong_is_told(tmp_path):
    (tmp_path / "plain.typ").write_text("#nothing", encoding="utf-8")
    with pytest.raises(typst.TypstError):
        pdf.pdf_of("plain", {}, at=NOW)
