"""Mails as they come: charsets, markup, quotations, reports, and whatever else strangers write."""

from __future__ import annotations

import time
from email import message_from_bytes
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.choices import MailKind
from crm.outreach import attachments, bounces, matching, parsing, quoting
from crm.outreach.html_text import text_of
from crm.outreach.parsing import File

KINDS = (
    "",
    "multipart/mixed; boundary=B",
    "text/html",
    "multipart/report; boundary=B",
    "message/rfc822",
)


def test_the_plain_text_of_two_wordings_wins():
    mail = EmailMessage()
    mail.set_content("plain words")
    mail.add_alternative("<p>marked words</p>", subtype="html")
    assert parsing.read(mail.as_bytes()).text == "plain words"


def test_an_empty_plain_text_does_not():
    mail = EmailMessage()
    mail.set_content(" \n")
    mail.add_alternative("<p>marked <b>words</b></p>", subtype="html")
    assert parsing.read(mail.as_bytes()).text == "marked words"


def test_markup_becomes_words():
    html = (
        "<html><head><title>t</title><style>p{}</style></head><body><p>Hi&nbsp;Ana,</p>"
        "<script>steal()</script><ul><li>one<li>two</ul><img src='//x/pixel' alt='me'> "
        "<a href='https://shop.example/'>my shop</a> <a href='javascript:steal()'>no</a>"
        "<blockquote>earlier<br>words</blockquote></body></html>"
    )
    assert text_of(html) == (
        "Hi Ana,\n\n- one\n- two\n\nme my shop (https://shop.example/) no\n> earlier\n> words"
    )


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        ("text/plain; charset=iso-8859-1", "Gr\xfc\xdfe".encode("latin-1"), "Grüße"),
        (
            "text/plain; charset=utf-8",
            "Gr\xfc\xdfe aus K\xf6ln".encode("latin-1"),
            "Grüße aus Köln",
        ),
        ("text/plain; charset=no-such-thing", "Grüße".encode(), "Grüße"),
        ("text/plain", "Zażółć".encode(), "Zażółć"),
        ("text/plain; charset=koi8-r", "Привет".encode("koi8-r"), "Привет"),
    ],
)
def test_charsets_as_they_are_not_as_they_are_called(head, body, text):
    raw = b"Content-Type: " + head.encode() + b"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body
    assert parsing.read(raw).text == text


def test_names_and_subjects_are_decoded_after_parting():
    raw = (
        b"From: =?utf-8?q?Mia=2C_the_great?= <Mia@Example.com>\r\n"
        b"To: a@x.example, =?utf-8?b?4p2k?= <b@x.example>\r\n"
        b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
        b"References: <a@x> junk <b@x>\r\nIn-Reply-To: <b@x>\r\n\r\nhi"
    )
    mail = parsing.read(raw)
    assert (mail.from_name, mail.from_address) == ("Mia, the great", "mia@example.com")
    assert mail.to == ("a@x.example", "b@x.example")
    assert (mail.subject, mail.references, mail.in_reply_to) == (
        "Grüße",
        ("<a@x>", "<b@x>"),
        "<b@x>",
    )


def test_a_mail_without_a_message_id_is_known_again():
    first, second = parsing.read(b"Subject: a\r\n\r\nb"), parsing.read(b"Subject: a\r\n\r\nb")
    assert first.message_id == second.message_id != parsing.read(b"\r\nc").message_id


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Yes!\n\nOn Mon, Nov 2, 2026 at 10:00 Ana <a@b.example> wrote:\n> Hi", "Yes!"),
        ("Ja!\n\nAm 02.11.2026 um 10:00 schrieb Ana:\n> Hallo", "Ja!"),
        ("Oui !\n\nLe lun. 2 nov. 2026 à 10:00, Ana <a@b.example> a écrit :\n> Salut", "Oui !"),
        ("Yes\n\n-----Original Message-----\nFrom: Ana\nHi", "Yes"),
        ("> you asked\nYes, I do\n> and this?\nNo", "> you asked\nYes, I do\n> and this?\nNo"),
        ("> all of it\n> is repeated", "> all of it\n> is repeated"),
        ("A\nB\n\nC", "A\nB\n\nC"),
    ],
)
def test_what_is_repeated_is_folded(text, said):
    assert quoting.fold(text)[0] == said


@pytest.mark.parametrize("text", ["On " * 60_000, "> On " * 40_000])
def test_a_hostile_text_costs_no_minutes(text):
    begin = time.process_time()
    quoting.fold(text)
    assert time.process_time() - begin < 5


def test_delivery_reports_in_prose_say_only_what_is_plain():
    raw = (
        b"From: postmaster@x.example\r\nReturn-Path: <>\r\nReferences: <ours@acme.example>\r\n\r\n"
        b"<mia@example.com>: 550 5.1.1 no such user\r\n"
    )
    report = bounces.report_of(message_from_bytes(raw))
    assert report == bounces.Report(
        ("<ours@acme.example>",),
        (bounces.Failure("mia@example.com", "failed", "5.1.1", report.failures[0].text),),
    )
    assert parsing.read(raw).kind == MailKind.BOUNCE


@pytest.mark.parametrize(
    ("words", "is_dead"),
    [
        ("550 5.1.1 No such user", True),
        ("550 No such user here", True),
        ("550 5.7.1 Rejected", False),
        ("552 5.2.2 Mailbox full", False),
        ("550 Blocked by policy", False),
        ("450 4.1.1 Try later", False),
    ],
)
def test_which_answers_mean_that_an_address_does_not_exist(words, is_dead):
    assert bounces.is_dead_address(words) is is_dead


@pytest.mark.parametrize(
    ("name", "content", "is_risky"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n", False),
        ("a.pdf", b"%PDF-1.7", False),
        ("a.pdf.exe", b"?", True),
        ("a.jpg", b"MZ\x90", True),
        ("a.txt", b"  <HTML><script>", True),
        ("a.svg", b"<svg onload=x>", True),
        ("report.docm", b"PK\x03\x04", True),
        ("notes.txt", b"hello", False),
    ],
)
def test_what_could_run_something(name, content, is_risky):
    kind = attachments.type_of(content)
    assert attachments.is_risky(File(name, "application/octet-stream", content), kind) is is_risky


@pytest.mark.parametrize(
    ("subject", "bare"),
    [("Re: AW: Hi  There", "hi there"), ("Fwd: [3]", "[3]"), ("Reply", "reply"), ("RE[2]: x", "x")],
)
def test_bare_subjects(subject, bare):
    assert matching.bare(subject) == bare


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(KINDS))
def test_nothing_that_comes_makes_reading_fail(content, kind):
    head = f"Content-Type: {kind}\r\nFrom: x\r\n\r\n--B\r\n".encode() if kind else b""
    mail = parsing.read(head + content)
    assert "\0" not in mail.text + mail.subject + mail.from_name
    (mail.text + mail.quoted + mail.subject + mail.from_name + mail.from_address).encode()
    assert len(mail.from_address) <= 254
