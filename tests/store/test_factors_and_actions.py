"""factors.toml and actions.toml: what is read, what is refused, and that the starter files are right."""

from __future__ import annotations

from datetime import date

import pytest

from workbench.model import ActionKind, ActionStatus, FactorKind, Priority
from workbench.store.actions_file import STARTER as ACTIONS
from workbench.store.actions_file import read_actions
from workbench.store.factors_file import STARTER as FACTORS
from workbench.store.factors_file import read_factors
from workbench.store.schema_check import FileProblemsError


def uncommented(text):
    """The example rows of a starter, without the words around them."""
    lines = [line.removeprefix("# ") for line in text.splitlines()]
    return "\n".join(line for line in lines if line.startswith("[[") or (" = " in line and " is " not in line))


def test_factors(tmp_path):
    """A factor has its causes, evidence, and actions or an accepted risk."""
    text = '[[factor]]\nid = "a"\ntext = "A"\nkind = "missing-control"\nbecause_of = ["b"]\n'
    text += 'evidence = ["x.log:3"]\n'
    text += '[factor.accepted_risk]\nby = "Helen"\nreason = "wanted"\nreview_on = 2026-01-01\n'
    text += '[[factor]]\nid = "b"\ntext = "B"\n'
    (tmp_path / "factors.toml").write_text(text)
    first, second = read_factors(tmp_path)
    assert (first.kind, first.because_of, first.evidence) == (FactorKind.MISSING_CONTROL, ("b",), ("x.log:3",))
    assert first.accepted_risk is not None
    assert first.accepted_risk.review_on == date(2026, 1, 1)
    assert (second.kind, second.accepted_risk) == (FactorKind.CONDITION, None)


def test_actions(tmp_path):
    """An action has owner, priority, kind, due day, status and done condition; other trackers' words are understood."""
    text = '[[action]]\nid = "OPS-1"\naction = "Do"\nowner = "M"\npriority = "p0"\n'
    text += 'kind = "Detect"\ndue = 2025-11-28\nstatus = "In Progress"\n'
    text += '[[action]]\nid = "OPS-2"\naction = "Do more"\ndue = "2025-12-01"\nstatus = "Closed"\n'
    (tmp_path / "actions.toml").write_text(text)
    first, second = read_actions(tmp_path)
    assert (first.priority, first.kind, first.due) == (Priority.P0, ActionKind.DETECT, date(2025, 11, 28))
    assert (first.status, second.status) == (ActionStatus.IN_PROGRESS, ActionStatus.DONE)
    assert (second.owner, second.priority, second.due) == ("", None, date(2025, 12, 1))


def test_no_file_no_rows(tmp_path):
    """A folder without the files has no factors and no actions."""
    assert (read_factors(tmp_path), read_actions(tmp_path)) == ((), ())


def test_the_same_id_twice(tmp_path):
    """Two rows of one id are refused, with the line of the second."""
    (tmp_path / "actions.toml").write_text('[[action]]\nid = "A"\naction = "x"\n\n[[action]]\nid = "A"\naction = "y"\n')
    with pytest.raises(FileProblemsError, match="a second time") as caught:
        read_actions(tmp_path)
    assert caught.value.problems[0].line == 6


@pytest.mark.parametrize(
    ("line", "words"),
    [("due = 2025-11-28T10:00:00Z", "a day such as"), ('due = "soon"', "a day such as"), ('priority = "P9"', '"P3"'),
     ("owner = 3", "text in quotes"), ('ownr = "x"', "'owner' perhaps"), ('status = "maybe"', '"cancelled"')],
)  # fmt: skip
def test_a_wrong_value_names_what_is_expected(tmp_path, line, words):
    """Each wrong value is told with its row and what to write."""
    (tmp_path / "actions.toml").write_text(f'[[action]]\nid = "A"\naction = "x"\n{line}\n')
    with pytest.raises(FileProblemsError, match=words) as caught:
        read_actions(tmp_path)
    assert caught.value.problems[0].key.startswith("action[1].")


def test_a_table_in_the_place_of_rows(tmp_path):
    """``[factor]`` with one bracket is told with the right spelling."""
    (tmp_path / "factors.toml").write_text('[factor]\nid = "a"\n')
    with pytest.raises(FileProblemsError, match=r"\[\[factor\]\]"):
        read_factors(tmp_path)


def test_the_starter_files_are_right(tmp_path):
    """The starters hold no rows, and their commented examples do when the comment signs are taken away."""
    (tmp_path / "factors.toml").write_text(FACTORS)
    (tmp_path / "actions.toml").write_text(ACTIONS)
    assert (read_factors(tmp_path), read_actions(tmp_path)) == ((), ())
    (tmp_path / "factors.toml").write_text(uncommented(FACTORS))
    (tmp_path / "actions.toml").write_text(uncommented(ACTIONS))
    assert [len(read_factors(tmp_path)), len(read_actions(tmp_path))] == [2, 1]
