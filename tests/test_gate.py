"""The gate, end to end: what an edition hides is in none of its files, and what nobody can hide is not written."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import struct
import zipfile
import zlib

import pytest

from workbench import resources
from workbench.cli import _status
from workbench.errors import RedactionError
from workbench.gate import Gate
from workbench.postmortem import open_postmortem
from workbench.publication import document_of, report_of

TOKEN = "ghp_" + "Zx81kQmPw0rT5vYb2nLcD7sHfJ3gAe9uKoR4"
PASSWORD = "Tr0ub4dor-and-three"
PEOPLE = {"U1": ("Priya Nair", "priya.nair@shop.example"), "U2": ("Řehoř Dvořák", "r.dvorak@shop.example")}
SHA = "c94a1be07d35f2869e0b7c41d8a6f35210e9b7d4"
UUID = "0b6a7c1e-93d2-4f0a-8b7e-2f1d6c5e4a3b"
FORMS = ["md", "html", "docx", "confluence", "notion"]


def message(second: int, user: str, text: str) -> dict:
    """A message of Slack's export, with who wrote it."""
    name, email = PEOPLE[user]
    profile = {"real_name": name, "display_name": name, "email": email}
    return {
        "type": "message",
        "user": user,
        "ts": f"176338{8000 + second}.000000",
        "text": text,
        "user_profile": profile,
    }


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An incident whose chat, log and narrative tell what they should not."""
    monkeypatch.chdir(tmp_path)
    lines = [
        f'{{"time":"2025-11-17T14:{minute:02}:{second:02}Z","level":"{"error" if 15 <= minute < 20 else "info"}","host":"app-zeus-7",'
        f'"service":"pay","message":"request {UUID} at {SHA}: password={PASSWORD}"}}'
        for minute in range(40)
        for second in (5, 35)
    ]
    access = [
        f'10.0.0.1 - - [17/Nov/2025:14:{minute:02}:{second:02} +0000] "GET /pay HTTP/1.1" {503 if 15 <= minute < 20 else 200} 120'
        for minute in range(40)
        for second in (5, 35)
    ]
    chat = [
        message(600, "U1", f"Incident declared: SEV-2, token {TOKEN} is in the logs of app-zeus-7"),
        message(700, "U2", "Found it: the pool is full. Priya can you call +49 30 1234567?"),
        message(900, "U1", "Fix is deployed, thanks Řehoř"),
    ]
    (tmp_path / "app.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "access.log").write_text("\n".join(access) + "\n", encoding="utf-8")
    (tmp_path / "chat.json").write_text(json.dumps(chat, ensure_ascii=False), encoding="utf-8")
    assert (
        _status(
            [
                "new",
                "inc",
                "app.jsonl",
                "access.log",
                "chat.json",
                "--title",
                f"Pool full, see {SHA}",
                "--severity",
                "SEV-2",
            ]
        )
        == 0
    )
    narrative = (
        f"# T\n\n## Executive summary\n\nPriya Nair saw it on app-zeus-7, commit {SHA}. Řehoř's token was {TOKEN}.\n"
    )
    (tmp_path / "inc" / "narrative.md").write_text(narrative, encoding="utf-8")
    return tmp_path / "inc"


def texts(files: dict[str, bytes]) -> str:
    """Everything that a file holds as text: members of archives unpacked, base64 of pictures left as it is."""
    found = []
    for name, data in files.items():
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                found += [archive.read(one).decode("utf-8", "replace") for one in archive.namelist()]
        found.append(f"{name} {data.decode('utf-8', 'replace')}")
    return "\n".join(found)


@pytest.mark.parametrize("edition", ["internal", "executive", "public"])
def test_no_edition_and_no_notebook_tells_a_secret(folder, edition: str) -> None:
    """In no form, whether it was in a chat, in a log or in the narrative; what only looks like one stays."""
    made = texts(report_of(open_postmortem(folder, edition=edition), FORMS).files)
    assert TOKEN not in made
    assert PASSWORD not in made
    assert base64.b64encode(TOKEN.encode()).decode()[:40] not in made
    assert "[secret:" in made
    assert SHA in made


@pytest.mark.parametrize("edition", ["executive", "public"])
def test_other_readers_get_no_name_no_host_and_no_number(folder, edition: str) -> None:
    """Composed and decomposed, with and without the surname, and in possession."""
    made = texts(report_of(open_postmortem(folder, edition=edition), FORMS).files)
    found = [
        one
        for one in ("Priya", "Nair", "Řehoř", "Dvořák", "priya.nair", "app-zeus-7", "+49 30 1234567", "10.0.0.1")
        if one in made
    ]
    assert found == []


def test_a_person_keeps_one_pseudonym_for_one_key(folder) -> None:
    """In every document of the incident; another key gives another one."""
    made = texts(report_of(open_postmortem(folder, edition="public"), ["md"]).files)
    names = set(re.findall(r"Responder-\w+", made))
    again = set(
        re.findall(
            r"Responder-\w+",
            texts(document_of(open_postmortem(folder, edition="public"), "customer-followup", ["md"]).files),
        )
    )
    assert names
    assert again <= names
    (folder / "redaction.key").unlink()
    other = set(re.findall(r"Responder-\w+", texts(report_of(open_postmortem(folder, edition="public"), ["md"]).files)))
    assert not names & other


def test_the_internal_edition_names_people_and_hosts(folder) -> None:
    """They work here."""
    made = texts(report_of(open_postmortem(folder), ["md"]).files)
    assert "Priya Nair" in made
    assert "app-zeus-7" in made


def png_with(text: str) -> bytes:
    """One black pixel, and a text that no viewer shows."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    size = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", size)
        + chunk(b"tEXt", b"Comment\0" + text.encode())
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def with_cell(folder, source: str, tags: list[str]) -> None:
    """A cell of a person's own at the end of the notebook."""
    shutil.copytree(resources.folder("notebooks"), folder / "notebooks")
    path = folder / "notebooks" / "postmortem.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"].append(
        {
            "cell_type": "code",
            "id": "own",
            "metadata": {"tags": tags},
            "outputs": [],
            "execution_count": None,
            "source": source,
        }
    )
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_a_secret_that_a_cell_prints_is_hidden_in_the_notebook_too(folder) -> None:
    """The source of the cell, its output and the documents."""
    with_cell(folder, f"print('{TOKEN}')", [])
    assert TOKEN not in texts(report_of(open_postmortem(folder), ["md", "html"]).files)


@pytest.mark.parametrize("edition", ["internal", "public"])
def test_what_its_neighbours_tell_is_hidden_and_not_refused(folder, edition: str) -> None:
    """The word in one style and the value in another, in a label without the word, before the next line of a cell."""
    (folder / "narrative.md").write_text(
        "## Executive summary\n\nThe password for admin is `narrPw!2025x`, its password: **plainword** \n"
        "Priya **Nair** wrote to priya.nair@**shop.example**.\n"
    )
    (folder / "factors.toml").write_text(
        '[[factor]]\nid = "F1"\ntext = "The old pool stayed in use, because its settings are read with token fAct0rTok99Zz"\n'
        '[[factor]]\nid = "F2"\ntext = "Orders fail"\nkind = "impact"\nbecause_of = ["F1"]\n'
    )
    (folder / "actions.toml").write_text(
        '[[action]]\nid = "A1"\naction = "Use the password: actPw!99x"\ndone_condition = "It is used"\n'
    )
    made = texts(report_of(open_postmortem(folder, edition=edition), FORMS).files)
    found = [one for one in ("narrPw!2025x", "plainword", "fAct0rTok99Zz", "actPw!99x") if one in made]
    assert found == []
    assert ("Nair" in made) is (edition == "internal")


def test_a_host_in_the_id_is_hidden_and_not_refused(folder) -> None:
    """Between dashes as elsewhere."""
    text = (folder / "incident.toml").read_text("utf-8")
    (folder / "incident.toml").write_text(re.sub(r"(?m)^id = .*", 'id = "INC-app-zeus-7-down"', text), "utf-8")
    made = texts(report_of(open_postmortem(folder, edition="public"), FORMS).files)
    assert "app-zeus-7" not in made


def test_an_own_cell_that_shows_a_section_too_is_none_of_ours(folder) -> None:
    """Without the edition's tag it is taken out of the notebook whole, with what it prints."""
    with_cell(folder, 'print("only for us")\npm.section("impact")', [])
    assert "only for us" in texts(report_of(open_postmortem(folder), ["md"]).files)
    assert "only for us" not in texts(report_of(open_postmortem(folder, edition="public"), ["md"]).files)


def test_people_whom_sources_and_files_only_name_are_hidden(folder) -> None:
    """Who accepted a risk, and nothing else."""
    (folder / "factors.toml").write_text(
        '[[factor]]\nid = "F1"\ntext = "Orders fail, says Hildegard"\n'
        'accepted_risk = { by = "Hildegard Overgaard", reason = "rare", review_on = 2026-12-01 }\n'
    )
    assert "Hildegard" in texts(report_of(open_postmortem(folder), ["md"]).files)
    assert "Hildegard" not in texts(report_of(open_postmortem(folder, edition="public"), ["md"]).files)


@pytest.mark.parametrize("form", ["jira-csv", "github", "gitlab", "linear", "ics"])
def test_no_secret_goes_to_a_tracker(folder, capsys, form: str) -> None:
    """Nor what a terminal would take for an order."""
    (folder / "actions.toml").write_text(
        '[[action]]\nid = "A1"\naction = "Use password: actPw!99x \\u001b[31m"\ndue = 2026-01-01\n'
        f'done_condition = "{TOKEN} is gone"\n'
    )
    capsys.readouterr()
    assert _status(["actions", str(folder), "--to", form]) == 0
    written = capsys.readouterr().out
    assert [one for one in ("actPw!99x", TOKEN, "\x1b") if one in written] == []
    assert "[secret:password" in written


def test_what_cannot_be_hidden_is_not_written(folder) -> None:
    """A picture's own text is beyond us: the report is refused, and the sentence says where and never what."""
    picture = base64.b64encode(png_with(f"made with {TOKEN}")).decode()
    with_cell(
        folder,
        f"import base64\nfrom IPython.display import Image, display\ndisplay(Image(base64.b64decode('{picture}')))",
        [],
    )
    with pytest.raises(RedactionError) as refused:
        report_of(open_postmortem(folder), ["html"])
    assert "postmortem.html" in refused.value.what
    assert TOKEN not in refused.value.sentence()
    assert _status(["report", str(folder), "--to", "html"]) == 1
    assert not (folder / "output" / "postmortem.html").exists()


def test_what_somebody_allowed_stays(folder) -> None:
    """By rule and fingerprint, with a reason and a name; the value is written nowhere."""
    gate = Gate(open_postmortem(folder))
    gate.plain(f"token {TOKEN}")
    (one,) = [each for each in gate.redactions if each.value == TOKEN]
    (folder / "redaction-allow.toml").write_text(
        f'[[allow]]\nrule = "{one.rule}"\nfingerprint = "{one.fingerprint}"\nreason = "a sample"\nwho = "Helen"\n',
        encoding="utf-8",
    )
    assert TOKEN in texts(report_of(open_postmortem(folder), ["md"]).files)


def test_nothing_to_hide_makes_no_key(tmp_path, monkeypatch) -> None:
    """A folder without secrets gets no file that people have to keep."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.log").write_text("2025-11-17T14:00:00Z ERROR pool is full\n", encoding="utf-8")
    assert _status(["new", "inc", "app.log", "--title", "T", "--severity", "SEV-3"]) == 0
    report_of(open_postmortem(tmp_path / "inc"), ["md"])
    assert not (tmp_path / "inc" / "redaction.key").exists()


HOSTILE = "<img src=x onerror=window.__ran=1> [x](javascript:window.__ran=2) {{ 7*7 }} \u202egnp \x1b[31m =HYPERLINK(1)"


@pytest.mark.browser
def test_a_hostile_incident_runs_nothing_and_asks_for_nothing(tmp_path, monkeypatch, chromium) -> None:
    """Title, chat, log, file name and every TOML: each document opened in Chromium with the network open."""
    monkeypatch.chdir(tmp_path)
    name = "<img src=x onerror=window.__ran=3>.jsonl"
    line = json.dumps({"time": "2025-11-17T14:00:10Z", "level": "error", "message": HOSTILE, "service": HOSTILE})
    (tmp_path / name).write_text(f"{line}\n" * 3, encoding="utf-8")
    (tmp_path / "chat.json").write_text(
        json.dumps([message(600, "U1", f"Incident declared: {HOSTILE}")]), encoding="utf-8"
    )
    assert _status(["new", "inc", name, "chat.json", "--title", HOSTILE, "--severity", "SEV-1", "--id", "INC-1"]) == 0
    folder = tmp_path / "inc"
    quoted = json.dumps(HOSTILE)
    (folder / "actions.toml").write_text(
        f'[[action]]\nid = "A1"\naction = {quoted}\nowner = {quoted}\nlink = "javascript:window.__ran=4"\n', "utf-8"
    )
    (folder / "factors.toml").write_text(f'[[factor]]\nid = "f"\ntext = {quoted}\nkind = "condition"\n', "utf-8")
    (folder / "narrative.md").write_text(
        f"# T\n\n## What happened\n\n{HOSTILE}\n\n## <script>window.__ran=5</script>\n\nx\n", "utf-8"
    )
    names = ("runbook", "meeting", "checklist", "status-update", "executive-briefing")
    editions = {"status-update": "public", "executive-briefing": "executive"}
    files = dict(report_of(open_postmortem(folder), ["html"]).files)
    for one in names:
        files |= document_of(open_postmortem(folder, edition=editions.get(one, "internal")), one, ["html"]).files
    for path, content in files.items():
        if not path.endswith(".html"):
            continue
        (tmp_path / path).write_bytes(content)
        context = chromium.new_context()
        page = context.new_page()
        requests: list[str] = []
        page.on("request", lambda request, kept=requests: kept.append(request.url))
        page.goto((tmp_path / path).as_uri())
        page.wait_for_timeout(100)
        assert requests == [(tmp_path / path).as_uri()]
        assert page.evaluate("window.__ran") is None
        assert page.locator("img, script[src], iframe, a[href^=javascript]").count() == 0
        assert "onerror" in page.inner_text("body") or "HYPERLINK" not in page.inner_text("body")
        context.close()


def test_a_team_that_owns_an_item_is_no_person(folder) -> None:
    """Its words are those of every sentence; a person who owns one is hidden."""
    (folder / "actions.toml").write_text(
        '[[action]]\nid = "A1"\naction = "Watch payments"\nowner = "Payments team"\n\n[[action]]\nid = "A2"\naction = "Size pools"\nowner = "Ana Lima"\n',
        encoding="utf-8",
    )
    made = texts(report_of(open_postmortem(folder, edition="executive"), ["md"]).files)
    assert "Watch payments" in made
    assert "Payments team" in made
    assert "Ana Lima" not in made


def test_the_document_postmortem_is_the_report(folder) -> None:
    """With its notebook: verify finds all files that it lists."""
    assert _status(["document", "postmortem", str(folder), "--to", "md"]) == 0
    assert (folder / "output" / "postmortem.ipynb").exists()
    assert _status(["verify", str(folder)]) == 0
