"""The linter's rules: a clean post-mortem has no finding, and each fault trips its own code, once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from workbench.analysis.silence import Silence
from workbench.check.lint import lint, page, rules
from workbench.cli import _status
from workbench.commands.checking import case_of
from workbench.model import Basis, Candidate
from workbench.postmortem import open_postmortem

if TYPE_CHECKING:
    from workbench.check.case import Case

SYSLOG = "".join(f"Feb 20 14:0{n}:00 db-1 postgres[7]: LOG:  checkpoint {n}\n" for n in range(5))
UPDATES = [("14:12:00", "investigating"), ("14:20:00", "identified"), ("14:38:30", "resolved")]
GERMAN = (
    "Der Pool war voll, und die Bestellungen warteten auf eine Verbindung, bis der Dienst schließlich von Hand neu "
    "gestartet wurde."
)
# code, file, old, new
IN_FILES = [
    ("PM108", "narrative.md", "Orders waited", "See app.jsonl:99. Orders waited"),
    ("PM201", "incident.toml", "resolved = 2025-03-04T14:38:00Z", "resolved = 2025-03-04T14:22:00Z"),
    ("PM202", "incident.toml", "acknowledged = 2025-03-04T14:04:00Z\n", ""),
    ("PM205", "narrative.md", "Orders waited for", "It was resolved in 20 minutes. Orders waited for"),
    ("PM301", "incident.toml", 'notes = "Some orders failed."\n', ""),
    ("PM304", "incident.toml", "[impact]\n", "[impact]\nrevenue_per_failed_order = 3\n"),
    ("PM402", "factors.toml", 'actions = ["A-1"]\n', 'because_of = ["full"]\nactions = ["A-1"]\n'),
    ("PM403", "factors.toml", '["small", "unwatched"]', '["small", "unwatched", "nowhere"]'),
    ("PM404", "factors.toml", 'evidence = ["app.jsonl:3"]\n', ""),
    ("PM405", "factors.toml", "app.jsonl:3", "app.jsonl:77"),
    ("PM407", "factors.toml", "The limit of the pool is below the peak", "Ann Lee set the limit below the peak"),
    ("PM408", "factors.toml", 'below the peak"\n', 'below the peak"\nkind = "decision"\n'),
    ("PM409", "factors.toml", 'actions = ["A-1"]\n', ""),
    ("PM410", "factors.toml", '["A-1"]', '["A-1", "A-9"]'),
    ("PM412", "factors.toml", "No alert watches the pool", "The limit of the pool is below a peak"),
    ("PM413", "incident.toml", "detected = 2025-03-04T14:02:00Z\nacknowledged = 2025-03-04T14:04:00Z\ndeclared = 2025-03-04T14:05:00Z",
     "detected = 2025-03-04T14:09:00Z\nacknowledged = 2025-03-04T14:09:30Z\ndeclared = 2025-03-04T14:09:40Z"),
    ("PM501", "actions.toml", 'owner = "Ann Lee"\n', ""),
    ("PM502", "actions.toml", "due = 2025-04-01\n", ""),
    ("PM503", "actions.toml", 'priority = "P1"\n', ""),
    ("PM504", "actions.toml", 'done_condition = "A drill pages the on-call"\n', ""),
    ("PM505", "actions.toml", "Alert on a pool that is nearly full", "Remind everyone to watch the pool"),
    ("PM506", "actions.toml", "2025-04-01", "2025-03-03"),
    ("PM508", "actions.toml", '"detect"', '"process"'),
    ("PM601", "narrative.md", "Orders waited for", "Ann should have looked. Orders waited for"),
    ("PM602", "narrative.md", "Orders waited for", "The team failed to look. Orders waited for"),
    ("PM603", "narrative.md", "Orders waited for", "That was careless. Orders waited for"),
    ("PM604", "narrative.md", "Orders waited for", "Ann broke production. Orders waited for"),
    ("PM605", "narrative.md", "Orders waited for", "The limit was obviously too low. Orders waited for"),
    ("PM606", "narrative.md", "Orders waited for", "The root cause was the pool. Orders waited for"),
    ("PM607", "narrative.md", "## What happened\n", f"## What happened\n\n{GERMAN}\n\n## Timeline notes\n"),
    ("PM801", "narrative.md", "## Executive summary\n\nOrders waited for a connection.", "## Executive summary"),
    ("PM802", "narrative.md", "## Lessons learned\n\nOrders waited for a connection.", "## Lessons learned"),
    ("PM803", "narrative.md", "Orders waited for", "TODO. Orders waited for"),
    ("PM804", "incident.toml", 'incident_commander = "Ann Lee"\n', ""),
    ("PM807", "incident.toml", 'cause = "capacity:db-pool"\n', ""),
    ("PM001", "narrative.md", "## What happened\n", "## What happened\n<!-- allow PM604 -->\n"),
    ("PM002", "narrative.md", "## What happened\n", "## What happened\n<!-- allow PM604: quoted -->\n"),
]  # fmt: skip


def test_a_clean_post_mortem_has_no_finding(written) -> None:
    """And the command says so, with exit status 0."""
    assert written.findings() == []
    assert _status(["check", str(written.folder)]) == 0


def test_the_sample_incident_is_clean(capsys) -> None:
    """Every rule looks at it, and none has anything to say."""
    sample = Path(__file__).parents[2] / "sample_data" / "connection-pool"
    assert _status(["check", str(sample), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"findings": []}


@pytest.mark.parametrize(("code", "file", "old", "new"), IN_FILES, ids=[row[0] for row in IN_FILES])
def test_a_fault_in_a_file_trips_its_code(written, code, file, old, new) -> None:
    """Once, and no other code; with a file, a line or a key, and a help page."""
    written.change(file, old, new)
    (found,) = written.findings()
    assert found["code"] == code
    assert found["help"] == f"docs/checks.md#{code.lower()}"
    assert found["file"] == ("factors.toml" if code == "PM413" else file)


def owing(written) -> None:
    """Makes the severity one that owes a post-mortem and no updates."""
    (written.folder.parent / "workbench.toml").write_text("[severities.P3]\n", encoding="utf-8")
    written.change("incident.toml", '"SEV-3"', '"P3"')


def test_a_post_mortem_that_was_held_too_late(written) -> None:
    """After five days; in time there is nothing to say."""
    owing(written)
    assert written.codes() == []
    written.change("incident.toml", "2025-03-05T10:00:00Z", "2025-03-09T10:00:00Z")
    assert written.codes() == ["PM805"]


def test_a_post_mortem_that_is_overdue(written) -> None:
    """Nobody has written that it was held, and the evidence reaches on for a week."""
    owing(written)
    written.change("incident.toml", "postmortem_held = 2025-03-05T10:00:00Z\n", "")
    assert written.codes() == []
    written.add("notes.md", "# 2025-03-11\n\n09:00 UTC the last host was changed\n09:30 UTC done\n")
    assert [one["code"] for one in written.findings("--select", "PM8")] == ["PM806"]


def test_a_chain_of_factors_is_one_story(written) -> None:
    """Three steps that never branch."""
    path = written.folder / "factors.toml"
    text = path.read_text(encoding="utf-8").replace(', "unwatched"', "")
    path.write_text(text[: text.rindex("[[factor]]")], encoding="utf-8")
    assert written.codes() == ["PM411"]


def case(written) -> Case:
    """The clean case, for what takes more than a file to go wrong."""
    return case_of(open_postmortem(written.folder))


def codes_of(changed: Case) -> list[str]:
    """The codes of a case."""
    return [one.code for one in lint(changed)]


def test_more_customers_affected_than_there_are(written) -> None:
    """As the edge log counts them."""
    clean = case(written)
    incident = replace(clean.incident, impact=replace(clean.incident.impact, customers_total=5))
    assert codes_of(replace(clean, incident=incident, impact=replace(clean.impact, affected=5))) == []
    assert codes_of(replace(clean, incident=incident, impact=replace(clean.impact, affected=6))) == ["PM303"]


def with_milestone(clean: Case, name: str, **fields) -> Case:
    """The case with one milestone changed."""
    findings = clean.measures.findings
    milestones = {**findings.milestones, name: replace(findings.milestones[name], **fields)}
    return replace(clean, measures=replace(clean.measures, findings=replace(findings, milestones=milestones)))


def test_a_milestone_that_is_doubtful_and_one_that_the_evidence_does_not_bear_out(written) -> None:
    """Found by weak signs; or written, and far from what was found with good reasons."""
    clean = case(written)
    assert codes_of(with_milestone(clean, "identified", basis=Basis.FOUND, confidence=0.4)) == ["PM203"]
    time = clean.measures.findings.milestones["identified"].time + 20 * 60 * 1_000_000_000
    best = Candidate(time=time, earliest=time, latest=time, weight=0.9, rule="said in chat")
    assert codes_of(with_milestone(clean, "identified", runners_up=(best,))) == ["PM204"]
    assert codes_of(with_milestone(clean, "identified", runners_up=(replace(best, weight=0.5),))) == []


def test_a_silence_over_a_milestone(written) -> None:
    """A silence elsewhere is no finding."""
    quiet = Silence(source="app.jsonl", what="gap", start=0, end=1, sentence="It is quiet.")
    clean = case(written)
    assert codes_of(replace(clean, silences=[quiet])) == []
    assert codes_of(replace(clean, silences=[replace(quiet, over=("detected",))])) == ["PM106"]


def test_no_factors_and_no_actions(written) -> None:
    """An empty file trips one code, and the weights of the two are their own."""
    (written.folder / "factors.toml").write_text("", encoding="utf-8")
    assert written.codes() == ["PM401"]
    (written.folder / "actions.toml").write_text("", encoding="utf-8")
    assert sorted(written.codes()) == ["PM401", "PM509"]


def test_an_effect_before_its_cause(written) -> None:
    """By their intervals, where both are events; a condition was there before anybody wrote of it."""
    written.change("factors.toml", 'kind = "event"\n', 'kind = "event"\nexplains = "occurrence"\n')
    written.change("factors.toml", 'kind = "impact"\n', 'kind = "impact"\nevidence = ["app.jsonl:1"]\n')
    (found,) = written.findings()
    assert (found["code"], found["line"]) == ("PM406", 7)
    written.change("factors.toml", 'kind = "event"', 'kind = "condition"')
    assert written.codes() == []


def test_two_action_items_that_say_the_same(written) -> None:
    """The second of them is named."""
    text = (written.folder / "actions.toml").read_text(encoding="utf-8")
    (written.folder / "actions.toml").write_text(text + text.replace("A-1", "A-2"), encoding="utf-8")
    assert written.codes() == ["PM507"]


def test_sources_that_were_not_read_or_only_in_part(written) -> None:
    """A file that nobody reads, and one of which every third line is none."""
    written.add("core.bin", bytes(range(256)) * 8)
    assert written.codes() == ["PM101"]
    bad = "".join(f'{{"ts": "2025-03-04T14:00:0{n}Z", "msg": "up"}}\n{{"ts": "2025\n' for n in range(9))
    written.add("bad.jsonl", bad)
    found = written.codes()
    assert found.count("PM102") == 1
    assert set(found) == {"PM101", "PM102", "PM105"}


def test_zones_years_and_clocks_that_nobody_knows(written) -> None:
    """One code each; a person's word in sources.toml settles all three."""
    written.add("syslog", SYSLOG)
    found = written.codes()
    assert {"PM103", "PM104"} <= set(found)
    assert [one["key"] for one in written.findings("--select", "PM105")] == ["app.jsonl", "syslog"]
    written.change(
        "sources.toml", 'path = "syslog"\n', 'path = "syslog"\nzone = "UTC"\nyear = 2025\nclock_offset_seconds = 0\n'
    )
    written.change("sources.toml", 'path = "app.jsonl"\n', 'path = "app.jsonl"\nclock_offset_seconds = 0\n')
    assert written.codes() == []


def test_a_source_that_changed_and_a_journal_that_cannot_be_read(written) -> None:
    """Both are evidence that is not what it was."""
    with (written.folder / "sources" / "app.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert written.codes() == ["PM107"]
    (written.folder / "journal.jsonl").write_text("what?\n", encoding="utf-8")
    assert sorted(written.codes()) == ["PM107", "PM109"]


def status_page(updates: list[tuple[str, str]], said: str = "We are at it.") -> str:
    """An export of a status page with one incident."""
    rows = [
        {"id": f"u{n}", "status": state, "body": said, "display_at": f"2025-03-04T{at}Z", "created_at": f"2025-03-04T{at}Z",
         "updated_at": f"2025-03-04T{at}Z", "incident_id": "s1"}
        for n, (at, state) in enumerate(updates)
    ]  # fmt: skip
    whole = {"id": "s1", "name": "Checkout errors", "status": updates[-1][1], "impact": "major",
             "created_at": "2025-03-04T14:12:00Z", "incident_updates": rows[::-1]}  # fmt: skip
    return json.dumps({"page": {"id": "p"}, "incidents": [whole]})


def told(written, updates: list[tuple[str, str]], said: str = "We are at it.") -> list[str]:
    """The codes of PM7 for a SEV-1 with these updates."""
    written.change("incident.toml", '"SEV-3"', '"SEV-1"')
    if updates:
        written.add("statuspage.json", status_page(updates, said))
    return [one["code"] for one in written.findings("--select", "PM7")]


def test_customers_who_were_told_in_time(written) -> None:
    """Updates within the limit, the last of which closes it."""
    written.say("Communication was good.")
    assert told(written, UPDATES) == []


def test_customers_who_were_told_nothing(written) -> None:
    """No update at all."""
    assert told(written, []) == ["PM702"]


def test_customers_who_waited_too_long_and_praise_of_it(written) -> None:
    """Both are findings, and the praise is an error."""
    written.change("incident.toml", "resolved = 2025-03-04T14:38:00Z", "resolved = 2025-03-04T15:38:00Z")
    written.say("Communication with customers was good.")
    assert sorted(told(written, [*UPDATES[:2], ("15:37:00", "resolved")])) == ["PM701", "PM703"]


def test_a_status_page_that_was_never_closed(written) -> None:
    """Its last update says that somebody is still at it."""
    assert told(written, [UPDATES[0], ("14:37:00", "monitoring")]) == ["PM704"]


def test_an_update_in_a_tone_that_does_not_help(written) -> None:
    """The words of the language family, said in public."""
    assert "PM705" in told(written, UPDATES, "A human error took checkout down.")


def test_counts_that_the_data_contradict(written) -> None:
    """Of tickets here; the clause says what it counts."""
    written.change("incident.toml", "[impact]\n", "[impact]\nsupport_tickets = 12\n")
    written.say("Support had 12 tickets.")
    assert written.codes() == []
    written.say("Support had 40 tickets.")
    (found,) = written.findings()
    assert (found["code"], found["message"]) == ("PM302", "“40 tickets”, where 12 were counted.")


def test_a_waiver_with_a_reason_lets_a_finding_stand(written) -> None:
    """It is listed with the reason, and does not fail the command."""
    written.say("Ann broke production. <!-- allow PM604: her own words, by her own wish -->")
    (found,) = written.findings()
    assert found["waived"] == "her own words, by her own wish"
    assert _status(["check", str(written.folder)]) == 0


def test_a_waiver_on_its_own_line_holds_for_the_next_one_and_for_the_file(written) -> None:
    """In TOML as well; a family may be waived."""
    written.change(
        "actions.toml", 'action = "Alert', '# allow PM5: a drill is enough\naction = "Remind everyone to alert'
    )
    assert [one.get("waived") for one in written.findings()] == ["a drill is enough"]


def test_an_error_fails_the_command_and_a_warning_does_not(written, capsys) -> None:
    """As for CI; GitHub's annotations name the file and the line."""
    written.say("That was careless.")
    assert _status(["check", str(written.folder)]) == 0
    written.say("Ann broke production.")
    capsys.readouterr()
    assert _status(["check", str(written.folder), "--format", "github"]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("::error file=narrative.md,line=")
    assert "title=PM604::" in out[0]
    assert out[1].startswith("::warning file=narrative.md,line=")


def test_a_root_is_checked_folder_by_folder(written, tmp_path, capsys) -> None:
    """The file of a finding names the folder; a root without any is said to be one."""
    written.say("That was careless.")
    capsys.readouterr()
    assert _status(["check", str(tmp_path), "--json"]) == 0
    assert [one["file"] for one in json.loads(capsys.readouterr().out)["findings"]] == ["inc/narrative.md"]
    (tmp_path / "empty").mkdir()
    assert _status(["check", str(tmp_path / "empty")]) == 1
    assert "holds no incident folder" in capsys.readouterr().err


def test_a_code_that_there_is_not_is_told(written, capsys) -> None:
    """A selection that could never find anything is a mistake."""
    assert _status(["check", str(written.folder), "--select", "PM999"]) == 1
    assert "PM999 is no code" in capsys.readouterr().err


def test_every_rule_is_tried_here_and_has_a_page() -> None:
    """The codes of this file are all there are, and docs/checks.md is what the rules make."""
    text = Path(__file__).read_text(encoding="utf-8")
    assert [rule.code for rule in rules() if rule.code not in text] == []
    docs = Path(__file__).parents[2] / "docs" / "checks.md"
    assert docs.read_text(encoding="utf-8") == f"{page()}\n"


def test_a_code_explains_itself_without_the_documentation(capsys) -> None:
    """What it means, why it matters and how it is mended."""
    assert _status(["check", "--explain", "pm604"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("PM604 error: A person as the cause")
    assert "To mend it:" in out
