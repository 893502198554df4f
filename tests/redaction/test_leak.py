"""The last look at finished files: a value is found wherever and however it stands in them, and tags are no leaks."""

from __future__ import annotations

import base64
import gzip
import io
import json
import struct
import zipfile
import zlib
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.redaction.leak import CLOSED, leaks
from workbench.redaction.people import PersonNames
from workbench.redaction.redactor import Policy, Redactor

VALUE = "Tr0ub4dor-185b83"
KEY = b"k" * 32
PEOPLE = [PersonNames(name="Priya Nair", spellings=frozenset({"priya@example.com"}), role="Incident commander")]


def redactor():
    """One that hides everything and has hidden a password."""
    one = Redactor(Policy(personal=True, people="roles", hosts=True), key=KEY, people=PEOPLE, hosts=["web-1"])
    one.text(f"db password: {VALUE}")
    return one


def rules(name, data):
    """The rules that a file breaks."""
    return {one.rule for one in leaks({name: data}, redactor())}


def archive(**members):
    """A zip of members by name."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in members.items():
            zipped.writestr(name.replace("__", "/").replace("_x", ".x"), data)
    return stream.getvalue()


def png(name=b"IDAT", body=b"", tail=b""):
    """A picture with one more chunk."""
    chunks = ((b"IHDR", b"x" * 13), (name, body), (b"IEND", b""))
    whole = b"".join(struct.pack(">I", len(data)) + kind + data + b"crc!" for kind, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + whole + tail


PLACES = {
    "text.html": f"<p>it was {VALUE}</p>",
    "split.html": f"<p>{VALUE[:5]}<b>{VALUE[5:9]}</b>{VALUE[9:]}</p>",
    "entities.html": "<p>" + "".join(f"&#x{ord(sign):x};" for sign in VALUE) + "</p>",
    "attribute.html": f"<img alt='{VALUE}'>",
    "comment.html": f"<!-- {VALUE} -->",
    "script.html": f"<script>var a = '{VALUE}'</script>",
    "data.html": '<script type="application/json">{"a": "\\u0054' + VALUE[1:] + '"}</script>',
    "picture.svg": f"<svg><text>{VALUE[:4]}<tspan>{VALUE[4:]}</tspan></text></svg>",
    "title.svg": f"<svg><title>{VALUE}</title></svg>",
    "escaped.md": VALUE.replace("-", "\\-"),
    "cells.csv": f'a,"{VALUE}"\r\n',
    "folded.ics": f"SUMMARY:{VALUE[:6]}\r\n {VALUE[6:]}\r\n",
    "query.html": f"<a href='/?q={quote('x ' + VALUE).replace('-', '%2D')}'>a</a>",
    "aligned0.txt": base64.b64encode(VALUE.encode()).decode(),
    "aligned1.txt": base64.b64encode(b"\xff" + VALUE.encode() + b"\xff").decode(),
    "aligned2.txt": base64.urlsafe_b64encode(b"\xff\xfe" + VALUE.encode() + b"\xff\xff").decode(),
    "zero.txt": f"{VALUE[:5]}\0{VALUE[5:]}" + " " * 200,
    "hex.txt": VALUE.encode().hex().upper(),
    "notebook.ipynb": json.dumps({"cells": [{"source": ["a", VALUE[:7], VALUE[7:]]}]}),
    "metadata.ipynb": json.dumps({"metadata": {"papermill": {"parameters": {"x": VALUE}}}}),
    "image.ipynb": json.dumps({"image/png": base64.b64encode(png(b"tEXt", b"Comment\0" + VALUE.encode())).decode()}),
    f"{VALUE}.md": "its name tells it",
}


@pytest.mark.parametrize("name", PLACES)
def test_a_known_value_is_found_in_texts(name):
    """In texts, attributes, comments, scripts, outputs, names; escaped, folded, split by tags, in base 64 and hex."""
    assert rules(name, PLACES[name].encode()) == {"password"}


@pytest.mark.parametrize(
    "data",
    [
        png(b"tEXt", b"Comment\0" + VALUE.encode()),
        png(b"zTXt", b"Comment\0\0" + zlib.compress(VALUE.encode())),
        png(b"iTXt", b"Comment\0\0\0\0\0" + VALUE.encode()),
        png(b"iTXt", b"Comment\0\1\0en\0\0" + zlib.compress(VALUE.encode())),
        png(b"eXIf", b"II*\0" + VALUE.encode()),
        png(tail=VALUE.encode()),
        VALUE.encode("utf-16"),
        gzip.compress(VALUE.encode(), mtime=0),
        archive(
            word__document_xml=f"<w:p><w:r><w:t>{VALUE[:4]}</w:t></w:r><w:r><w:rPr/><w:t>{VALUE[4:]}</w:t></w:r></w:p>"
        ),
        archive(docProps__core_xml=f"<cp:a><dc:creator>{VALUE}</dc:creator></cp:a>"),
        archive(word___rels=f'<Relationship Target="https://x.example/{VALUE}"/>'),
        archive(word__media__image1=png(b"tEXt", b"C\0" + VALUE.encode())),
        archive(inner=archive(text=VALUE)),
        archive(**{VALUE: b""}),
    ],
)
def test_a_known_value_is_found_in_binary_files(data):
    """In the chunks of pictures, in runs that Word splits, in properties, links, media, names of members."""
    assert rules("file", data) == {"password"}


def test_an_archives_comment_is_read():
    """It is a place that nobody sees."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as zipped:
        zipped.comment = VALUE.encode()
    assert rules("a.zip", stream.getvalue()) == {"password"}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("<p>Pri<i>ya</i> Nair</p>", "person"), ('<a href="mailto:priya%40example.com">x</a>', "person"), ("<p>on web-1</p>", "host"),
        ("<p>from 203.0.113.9</p>", "ip"), ("<td>token: abc123def</td>", "token"), ("<td>jo@mail.example</td>", "e-mail"),
        ("<p>UHJpeWEgTmFpciB3cm90ZSB0aGlz</p>", "person"),
    ],
)  # fmt: skip
def test_what_the_policy_hides_is_found_though_nobody_hid_it(text, rule):
    """The rules run over the finished file as well."""
    assert rule in rules("page.html", text.encode())
    assert {one.rule for one in leaks({"page.html": text.encode()}, Redactor(Policy(), key=KEY))} <= {"token"}


def test_a_key_of_json_tells_what_its_value_is():
    """A password in a document is one because of its key."""
    assert rules("a.json", b'{"password": "swordfish"}') == {"password"}


@pytest.mark.parametrize(
    "text",
    [
        '<input type="password"><label>Password</label>', '<script>var token=this.next();password="x1"+y</script>',
        "<p>[secret:password#abcd] by Incident commander on [host#abcd]</p>", "<p>sha 0941bfcb166259779222bf5ba0f55a570e91f7d2</p>",
        "<style>a{b:c}</style>",
    ],
)  # fmt: skip
def test_tags_and_the_pages_own_code_are_no_leaks(text):
    """A page may have a field for passwords and a script that reads tokens."""
    assert rules("page.html", text.encode()) == set()


def bomb():
    """A zip whose one member says that it is larger than anybody may read."""
    return archive(a=bytes(300_000_000))


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 broken", b"\0\1\2\3 no known form", archive(a=b"x")[:-30], png()[:-20], b"\x1f\x8b broken",
        png(b"zTXt", b"C\0\0 broken"), pytest.param(bomb(), id="bomb"),
        archive(a=archive(a=archive(a=archive(a=archive(a=archive(a=b"x")))))),
    ],
)  # fmt: skip
def test_what_cannot_be_looked_into_is_a_leak(data):
    """Broken, unknown, too large, too deep: nobody knows what it tells."""
    assert CLOSED in rules("file", data)


def test_a_leak_does_not_tell_the_value():
    """It names the file, the place and the fingerprint that the allow-file takes."""
    [leak] = leaks({"a.html": f"<p>{VALUE}</p>".encode()}, redactor())
    assert VALUE not in f"{leak} {leak!r}"
    assert leak.fingerprint == redactor().fingerprint("password", VALUE)


def test_values_that_others_hid_are_looked_for():
    """A value that one edition hid must not stand in a file of another."""
    [one] = redactor().redactions
    assert leaks({"a.md": VALUE.encode()}, Redactor(Policy(), key=KEY), known=[one])
    assert leaks({"a.md": VALUE.encode()}, Redactor(Policy(), key=KEY)) == ()


@given(st.binary(max_size=300), st.sampled_from(["a.html", "a.json", "a.ics", "a", "a.docx"]))
def test_any_bytes_can_be_looked_at(data, name):
    """Whatever a file holds, the answer is leaks or none and never an error."""
    for start in (b"", b"<p>", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"{", b"\x1f\x8b"):
        assert isinstance(leaks({name: start + data}, redactor()), tuple)


def test_a_login_that_is_a_word_of_html_is_not_found_in_its_markup():
    """Where a login is a word such as img, the role of a picture is none; in a text it still is somebody."""
    people = [PersonNames(name="Ida Gram", spellings=frozenset({"img"}))]
    one = Redactor(Policy(people="roles"), key=KEY, people=people)
    assert leaks({"a.svg": b'<svg role="img"><th scope="col"/></svg>'}, one) == ()
    assert leaks({"a.svg": b"<svg><text>img</text></svg>"}, one)


def test_a_host_that_is_a_word_is_no_leak_in_other_words():
    """A container called aurora does not stop a report that tells of auroras."""
    one = Redactor(Policy(hosts=True), key=KEY, hosts=["aurora", "app-1"])
    one.text("aurora and app-1 are down")
    assert leaks({"a.html": b"<p>aurora-errors, auroras, webapp-1</p>"}, one) == ()
    assert leaks({"a.html": b"<p>on aurora</p>"}, one)
    assert leaks({"a.html": b"<p>my-app-1</p>"}, one)
