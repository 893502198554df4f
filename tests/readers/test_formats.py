"""Declared formats: the built-in ones are proved, wrong ones are refused with every reason, an incident's own win."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workbench.errors import FormatError
from workbench.readers.check import problems
from workbench.readers.declared import Declared, parse_declared
from workbench.readers.registry import (
    SHIPPED,
    built_in,
    choose,
    declared_formats,
    head_of,
    named,
    proved_formats,
    readers,
    shape_of,
)

HEAD = """
name = "till"
title = "The till's log"
kind = "log"
certainty = "signature"
"""
PATTERN = r"""
[[pattern]]
regex = '^TILL (?P<time>[0-9-]{10} [0-9:]{8}) (?P<level>[A-Z]+) '
"""
TIME = """
[time]
formats = ["%Y-%m-%d %H:%M:%S"]
"""
SAMPLE = """
[[sample]]
text = "TILL 2025-11-17 14:00:05 WARN drawer is open"
zone = "UTC"
time = "2025-11-17T14:00:05Z"
level = "warn"
message = "drawer is open"
"""
PROVED = HEAD + PATTERN + TIME + SAMPLE


def declared(text: str) -> Declared:
    """The format of this text."""
    return parse_declared(text, origin="till.toml")


@pytest.mark.parametrize("built_in", declared_formats(), ids=lambda each: each.name)
def test_a_built_in_format_is_proved(built_in) -> None:
    """Its samples come out as they say, each pattern has one, and no other format claims them."""
    assert problems(built_in, declared_formats()) == []


def test_a_new_format_with_a_sample_is_proved() -> None:
    """Patterns, a time layout and one sample are enough."""
    assert problems(declared(PROVED), declared_formats()) == []


def test_all_mistakes_are_reported_at_once() -> None:
    """A person who mends a format reads every mistake in one go, and where it stands."""
    text = """
name = "till"
kind = "gossip"
engine = "xml"
continuation = "sometimes"
colour = "red"
[[pattern]]
regex = '(?P<time>[0-9]+)'
[[pattern]]
regex = '^no time here'
[[pattern]]
regex = '^(?P<time>[0-9]+'
"""
    with pytest.raises(FormatError) as caught:
        declared(text)
    said = str(caught.value)
    for part in (
        "unknown key 'colour'", "'title' is missing", "'sample' is missing", "engine must be", "kind 'gossip'",
        "continuation must be", "pattern 1 must begin with ^", "pattern 2 has no group", "pattern 3 is no valid expression",
        "till.toml",
    ):  # fmt: skip
        assert part in said


def test_what_is_no_toml_is_refused() -> None:
    """The file is named, and the line that is wrong."""
    with pytest.raises(FormatError, match=r"till\.toml: this is not TOML.*line 2"):
        declared("kind = 'log'\nname = \n")


def test_a_format_without_samples_is_refused() -> None:
    """No sample, no proof: the key must be there, and hold one."""
    with pytest.raises(FormatError, match="'sample' is missing"):
        declared(HEAD + PATTERN + TIME)
    assert "it has no [[sample]]" in problems(declared("sample = []\n" + HEAD + PATTERN + TIME))


def test_a_pattern_that_no_sample_proves_is_refused() -> None:
    """The pattern is named by its number."""
    second = PATTERN.replace("TILL", "DRAWER")
    assert problems(declared(HEAD + PATTERN + second + TIME + SAMPLE)) == ["pattern 2 is proved by no sample"]


def test_a_wrong_instant_is_refused() -> None:
    """An hour off is told with what came out and what was promised."""
    (problem,) = problems(declared(PROVED.replace('zone = "UTC"', 'zone = "Europe/Berlin"')))
    assert problem.startswith("sample 1: its time comes out as 2025-11-17 13:00:05")
    assert problem.endswith("not 2025-11-17T14:00:05Z")


@pytest.mark.parametrize(
    ("right", "wrong", "name"), [('"warn"', '"error"', "level"), ('"drawer is open"', '"shut"', "message")]
)
def test_a_wrong_field_is_refused(right, wrong, name) -> None:
    """A level or message that comes out otherwise is told."""
    (problem,) = problems(declared(PROVED.replace(f"{name} = {right}", f"{name} = {wrong}")))
    assert problem.startswith(f"sample 1: its {name} comes out as")


def test_a_sample_that_is_not_read_is_refused() -> None:
    """A sample that no pattern fits is no event."""
    found = problems(declared(PROVED.replace('text = "TILL', 'text = "TALL')))
    assert "sample 1: it is not read as an event" in found


def test_a_reject_that_is_read_is_refused() -> None:
    """A text that the format promises to leave alone must not be an event."""
    (problem,) = problems(declared(PROVED + '[[reject]]\ntext = "TILL 2025-11-17 14:00:05 INFO shut"\n'))
    assert problem.startswith("reject 1 is read as an event")


def test_a_sample_that_a_built_in_format_claims_is_refused() -> None:
    """A format that takes log4j's lines would be in its way."""
    rival = r"""
name = "rival"
title = "As log4j"
kind = "log"
[[pattern]]
regex = '^(?P<time>[0-9-]{10} [0-9:]{8},[0-9]{3}) (?P<level>[A-Z]+) '
[time]
formats = ["%Y-%m-%d %H:%M:%S%.f"]
[[sample]]
text = "2025-11-17 14:00:05,123 ERROR [http-1] com.acme.Pool - no connection"
zone = "UTC"
time = "2025-11-17T14:00:05.123Z"
"""
    assert "sample 1 is claimed by log4j too" in problems(declared(rival), declared_formats())


def test_an_incidents_own_format_wins(tmp_path) -> None:
    """A TOML in the incident's formats/ takes the lines that log4j takes otherwise."""
    own = r"""
name = "acme"
title = "Acme's own log4j"
kind = "log"
[[pattern]]
regex = '^(?P<time>[0-9-]{10} [0-9:]{8},[0-9]{3}) (?P<level>[A-Z]+) '
[time]
formats = ["%Y-%m-%d %H:%M:%S%.f"]
[[sample]]
text = "2025-11-17 14:00:05,123 ERROR [http-1] com.acme.Pool - no connection"
zone = "UTC"
time = "2025-11-17T14:00:05.123Z"
"""
    (tmp_path / "acme.toml").write_text(own)
    line = b"2025-11-17 14:00:05,123 ERROR [http-1] com.acme.Pool - no connection\n"
    head = head_of("pay.log", line * 3, complete=True)
    assert choose(head, readers()).reader.name == "log4j"
    assert choose(head, readers(tmp_path), own=1).reader.name == "acme"
    assert named("acme", tmp_path).title == "Acme's own log4j"


def test_a_name_that_there_is_not_is_refused() -> None:
    """The next step is the list of formats."""
    with pytest.raises(FormatError, match="nosuch"):
        named("nosuch")


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ('name = 3\npattern = "x"\ntime = []\n', ["'name' is 3", "'pattern' is x", "'time' is []"]),
        ("pattern = [1]\n[[sample]]\ntext = 3\ntime = 4\n", ["[[pattern]] should be a table", "'text' in [[sample]]"]),
        (HEAD + "[[pattern]]\nregex = '^(?P<time>'\n" + TIME + SAMPLE, ["pattern 1 is no valid expression: unclosed group"]),
    ],
)  # fmt: skip
def test_keys_of_a_wrong_type_are_all_named(text, reasons) -> None:
    """A number where a table stands is a mistake in the file, and each one is told."""
    with pytest.raises(FormatError) as caught:
        declared(text)
    assert [reason for reason in reasons if reason not in str(caught.value)] == []


def test_a_format_that_ships_is_read_alike_with_and_without_its_samples() -> None:
    """What reading needs of a TOML is parsed without its proofs, which is half the work."""
    for whole in declared_formats():
        assert proved_formats()[whole.name] == replace(whole, samples=(), rejects=())


def test_the_table_of_readers_names_each_as_it_names_itself_with_an_example_and_what_it_unfolds_into() -> None:
    """`formats` lists them from this table."""
    assert [reader.name for reader in built_in()] == [*SHIPPED, *proved_formats()]
    assert [reader.name for reader in built_in() if not (reader.example and reader.unfolds)] == []


def test_only_readers_of_a_files_shape_are_asked() -> None:
    """The others are not even imported."""
    asked = {reader.name for reader in readers(None, shape_of(head_of("a.log", b"Nov 17 14:00:00 web app: up\n")))}
    assert "syslog_rfc3164" in asked
    assert not asked & {"pagerduty", "json_lines", "csv"}
