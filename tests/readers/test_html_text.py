"""HTML fragments are read as their words."""

from __future__ import annotations

import time

import pytest

from workbench.readers.html_text import html_to_text, unwrapped


@pytest.mark.parametrize(("fragment", "text"), [
    ("<p>Errors rose.</p><p>We look&nbsp;into it.</p>", "Errors rose.\nWe look into it."),
    ("first<br>second<br/>third", "first\nsecond\nthird"),
    ("<div><div>one</div></div>\n   <div>two\n   three</div>", "one\ntwo three"),
    ("<ul><li>disk</li><li><p>memory</p></li></ul>", "* disk\n* memory"),
    ("<table><tr><th>When</th><th>What</th></tr><tr><td>14:02</td><td>page</td></tr></table>", "When | What\n14:02 | page"),
    ("<pre>a\n  b</pre>c", "a\nb\nc"),
    ("5 &lt; 6 &amp;&amp; 7 &#62; 6", "5 < 6 && 7 > 6"),
    ("no markup\nat all", "no markup\nat all"),
    ("<b>bold</b> and <em>not</em>", "bold and not"),
])  # fmt: skip
def test_blocks_become_lines_and_the_rest_is_words(fragment, text) -> None:
    """Paragraphs, breaks, items and rows end a line; inline tags leave nothing."""
    assert html_to_text(fragment) == text


def test_a_link_keeps_its_words_and_its_address_where_they_differ() -> None:
    """What stands in brackets is not said twice."""
    assert html_to_text('see <a href="https://x.test/run">the runbook</a>!') == "see the runbook (https://x.test/run)!"
    assert html_to_text('<a href="https://x.test/">https://x.test/</a>') == "https://x.test/"
    assert html_to_text('<a href="https://x.test/a"><img src="a.png" alt="graph"></a>') == "graph (https://x.test/a)"
    assert html_to_text('<a href="javascript:alert(1)">press</a>') == "press"


def test_the_redirect_of_google_is_unwrapped() -> None:
    """Documents saved from Google Docs send every link through it."""
    assert unwrapped("https://www.google.com/url?q=https://x.test/a%3Fb%3D1&sa=D&ust=1") == "https://x.test/a?b=1"
    assert unwrapped("https://x.test/url?q=https://google.com") == "https://x.test/url?q=https://google.com"
    assert unwrapped("https://www.google.com/search?q=word") == "https://www.google.com/search?q=word"


def test_scripts_styles_and_comments_say_nothing() -> None:
    """Only what a person would see is kept."""
    hidden = (
        "<style>p{color:red}</style><script>if (a<b) alert('<p>x</p>')</script><!-- note --><svg><text>t</text></svg>"
    )
    assert html_to_text(f"before{hidden}after") == "beforeafter"


def test_broken_markup_gives_what_can_be_read() -> None:
    """Ends that never began are passed over; a tag that is cut off, and a lone mark, are words."""
    assert html_to_text("</p></div>one<p>two<b>three") == "one\ntwothree"
    assert (
        html_to_text("p95 < 300 ms, p99 > 1 s<br>see <a href='https://x")
        == "p95 < 300 ms, p99 > 1 s\nsee <a href='https://x"
    )
    assert html_to_text("<!-- never ends") == "<!-- never ends"
    assert html_to_text("shown<script>never ends") == "shown"


@pytest.mark.parametrize("hostile", [
    "<a ", "<!--", "<", "&#", "<a b='", "<![CDATA[", "<script></", "<svg>", "</a", "<div>", "<a href='https://x.test'>",
    "<a  ", "<p \"'", "&amp",
])  # fmt: skip
def test_a_hostile_fragment_is_read_in_linear_time(hostile) -> None:
    """What opens and never ends, a hundred thousand times over, is no trap."""
    began = time.perf_counter()
    html_to_text(hostile * 100_000 + "x" + "</a></svg>" * 100_000)
    assert time.perf_counter() - began < 5
