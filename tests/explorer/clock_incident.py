"""A small incident whose clocks are known: checks from outside, an application's log that is ahead, a syslog."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from workbench.cli import _status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

APP, DB = 41.0, 3.0  # seconds that the clocks are ahead
BEGIN = datetime(2025, 11, 17, 14, 0, tzinfo=UTC)


def made(
    folder: Path,
    *,
    app: Callable[[int], float] = lambda _: APP,
    begin: datetime = BEGIN,
    zone: str = "America/New_York",
    register: str = "",
    count: int = 60,
) -> Path:
    """The incident's folder ``inc`` below this one, each source with a line a minute."""
    checks, own, syslog = ["checked_at,check,request_id,http_status,total_ms"], [], []
    for number in range(count):
        at, name = begin + timedelta(seconds=61 * number), f"{number * 7919 + 10**9:08x}-0000-4000-8000-{number:012x}"
        checks.append(f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z,pay,{name},200,120")
        shown = at + timedelta(seconds=app(number))
        own.append(
            json.dumps({"ts": round(shown.timestamp() * 1000), "level": "info", "msg": "paid", "request_id": name})
        )
        local = (at + timedelta(seconds=DB)).astimezone(ZoneInfo(zone))
        syslog.append(f"{local:%Y-%m-%d %H:%M:%S} ERROR select 1 request_id={name}")
    (folder / "given").mkdir(parents=True)
    for name, lines in (("checks.csv", checks), ("app.jsonl", own), ("db.log", syslog)):
        (folder / "given" / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    files = [str(folder / "given" / name) for name in ("checks.csv", "app.jsonl", "db.log")]
    assert _status(["new", str(folder / "inc"), *files, "--title", "T", "--severity", "SEV-2"]) == 0
    if register:
        (folder / "inc" / "sources.toml").write_text(register, encoding="utf-8")
    return folder / "inc"
