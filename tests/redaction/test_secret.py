"""Secrets: every rule proves itself from its own samples, and what only looks like a secret stays."""

from __future__ import annotations

import re
import string
from itertools import pairwise
from re import _constants, _parser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.redaction.found import Found, disjoint, joined
from workbench.redaction.mark import TAG, fingerprint, tag
from workbench.redaction.secret import rules, secrets_in

KEY = b"k" * 32
SHA = "0941bfcb166259779222bf5ba0f55a570e91f7d2"
each_rule = pytest.mark.parametrize("rule", rules(), ids=lambda rule: f"{rule.id}: {rule.what}")


def found(text):
    """What is found in a text."""
    return [text[one.start : one.end] for one in secrets_in(text)]


def by_rule(rule, text):
    """What one rule finds in a text."""
    return [(one.start, one.end) for word in rule.keywords for one in rule.found_in(text, text.lower(), word)]


@each_rule
def test_a_rule_finds_the_whole_value_of_each_of_its_hits(rule):
    """What stands between « and » is the value, neither more nor less."""
    assert rule.hits
    for sample in rule.hits:
        marked = sample.replace("¦", "")
        start, end = marked.index("«"), marked.index("»") - 1
        assert (start, end) in by_rule(rule, marked.replace("«", "").replace("»", "")), sample


@each_rule
def test_a_rule_leaves_what_must_stay(rule):
    """No rule finds anything of its kind in the texts that look alike."""
    assert rule.stays
    for sample in rule.stays:
        assert [one for one in secrets_in(sample) if one.rule == rule.id] == [], sample


@each_rule
def test_a_rule_is_tried_where_its_keyword_stands(rule):
    """Keywords are in small letters and each sample holds one, so that a text without them is passed over."""
    assert all(word == word.lower() for word in rule.keywords)
    assert all(any(word in re.sub("[¦«»]", "", sample).lower() for word in rule.keywords) for sample in rule.hits)


@each_rule
def test_a_pattern_repeats_possessively_or_up_to_a_bound(rule):
    """A hostile line makes no pattern hang: no repeat without a bound goes back, and none stands within another."""
    assert list(unbounded(_parser.parse(rule.pattern.pattern))) == []


def unbounded(parsed, within=1):
    """The repeats that could go back without a bound, or more than 40,000 ways from one place."""
    for operator, argument in parsed:
        if operator in {_constants.MAX_REPEAT, _constants.MIN_REPEAT}:
            if argument[1] == _constants.MAXREPEAT or within * argument[1] > 40_000:
                yield argument
            yield from unbounded(argument[2], within * max(1, argument[1]))
        elif operator is _constants.POSSESSIVE_REPEAT:
            yield from unbounded(argument[2], 1)
        else:
            for part in inner(argument):
                yield from unbounded(part, within)


def inner(argument):
    """The patterns within a group, an assertion or an alternation."""
    parts = argument if isinstance(argument, tuple | list) else [argument]
    for part in parts:
        if isinstance(part, _parser.SubPattern):
            yield part
        elif isinstance(part, list):
            yield from inner(part)


@pytest.mark.parametrize(
    "text",
    [
        f"rolled back to {SHA}", "deploy 0941bfc by ci", "trace_id=f5ddf2c5ffa36c41dcfaf5c172317a13 span_id=00f067aa0ba902b7",
        "request 01234567-89ab-cdef-0123-456789abcdef failed", f"sha256:{'0a' * 32}", "id=QWxhZGRpbjpvcGVu",
        "{{7*7}}${7*7}", "the session was reset", "tokens: 4096 in, 12 out", "password policy: 12 characters",
        "unexpected token '}' at line 3", "secret is out", "the key question", "key-value store", "basic auth is on",
        "token bucket is full", "We reset the password.", "cookie banner", "https://example.org:8443/a/b?c=d@e",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_secret_stays(text):
    """Hashes, ids of traces, UUIDs, templates and talk about secrets are none: no amount of chance alone is."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("db password: Tr0ub4dor-1, thanks", ["Tr0ub4dor-1"]),
        ("(password: hunter2)", ["hunter2"]),
        ("password: *hunter2*", ["hunter2"]),
        ("password=abc&token=12345abcde&x=1", ["abc", "12345abcde"]),
        ("the password for the staging db is `swordfish`.", ["swordfish"]),
        ("user=a;password=p@ss;host=b", ["p@ss"]),
        ("PASSWORD = 'it s long'", ["it s long"]),
        ("password: [secret:password#abcd]more", ["[secret:password#abcd]more"]),
        ("İ password: hunter2", ["hunter2"]),
        ("postgres://a:hunter2@db/x?password=hunter3", ["hunter2", "hunter3"]),
    ],
)
def test_how_people_tell_passwords(text, values):
    """The value is taken whole, without the signs of the sentence around it."""
    assert found(text) == values


def test_a_value_that_several_rules_find_is_one_finding():
    """Overlapping findings become one that holds all of them, so that no end of a value remains."""
    token = "ghp_" + string.ascii_letters[:36]
    assert found(f"password={token}-and-more") == [f"{token}-and-more"]
    assert found(f"Authorization: Bearer {token}") == [token]


def test_without_the_loose_rules_only_shapes_count():
    """Code may speak of passwords; a vendor's key is one everywhere."""
    token = "glpat-" + string.ascii_letters[:20]
    assert [one.rule for one in secrets_in(f"password=hunter2 {token}", loose=False)] == ["gitlab-token"]


def test_a_finding_does_not_tell_its_value():
    """Neither repr nor a traceback shows what was to be hidden."""
    assert "hunter2" not in repr(secrets_in("password=hunter2"))


def test_tags_and_fingerprints_depend_on_the_key_and_tell_nothing():
    """The same value has the same tag; another key has others."""
    assert tag(KEY, "token", "abc") == tag(KEY, "token", "abc") != tag(b"other", "token", "abc")
    assert TAG.fullmatch(tag(KEY, "token", "abc"))
    assert re.fullmatch(r"[0-9a-f]{16}", fingerprint(KEY, "token", "abc"))
    assert fingerprint(KEY, "token", "abc") != fingerprint(KEY, "secret", "abc")


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=12)


@given(spans, spans)
def test_disjoint_findings_never_overlap_and_the_first_rank_wins(first, second):
    """Every finding of the first rank is met by one that was kept, and no two that were kept meet."""
    ranks = [[Found(start=at, end=at + size, rule="x", value="") for at, size in rank] for rank in (first, second)]
    kept = disjoint([joined(ranks[0], "." * 80), ranks[1]])
    assert all(one.end <= other.start for one, other in pairwise(kept))
    assert all(any(one.start >= k.start and one.end <= k.end for k in kept) for one in ranks[0])


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text):
    """Findings lie within the text, in order, and say what stands there."""
    for one in secrets_in(text):
        assert text[one.start : one.end] == one.value != ""
