"""The page that leads to the reports of many incidents: one table to sort and filter, which opens without a network."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markupsafe import Markup

from workbench.charts.thumbnail import thumbnail
from workbench.export.html import environment_of, policy_of, text_of
from workbench.resources import folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

NAME = "index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One incident's row. ``documents`` are addresses by form, relative to the page; moments are UTC ns."""

    id: str
    title: str
    severity: str
    rank: int
    began: str = ""
    minutes: float | None = None
    customers: int | None = None
    stage: str = ""
    done: int = 0
    actions: int = 0
    services: tuple[str, ...] = ()
    folder: str = ""  # where it is called otherwise than its incident
    sharing: int = 1  # folders that have its id
    moments: Mapping[str, int | None] = field(default_factory=dict)
    curve: Sequence[float] = ()
    documents: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where a click on its title leads: the page, else whichever document there is."""
        return self.documents.get("html") or next(iter(self.documents.values()), "")

    @property
    def picture(self) -> Markup:
        """The incident at a glance."""
        return Markup(thumbnail(self.moments, self.curve))  # noqa: S704 - numbers and our own colours

    @property
    def duration(self) -> str:
        """How long it took, as people say it."""
        if self.minutes is None:
            return ""
        hours, rest = divmod(round(self.minutes), 60)
        return f"{hours} h {rest:02} min" if hours else f"{rest} min"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A folder without a report, and why."""

    folder: str
    why: str


def index_page(rows: Sequence[Listed], lost: Sequence[Lost], *, title: str, templates: Sequence[Path] = ()) -> str:
    """The whole page, the newest incident first."""
    environment = environment_of([*templates, folder("templates")])
    style = text_of(environment, "report/report.css") + text_of(environment, "report/index.css")
    script = text_of(environment_of([folder("templates")]), "report/index.js")
    page = environment.get_template("report/index.html.j2").render(
        title=title,
        rows=sorted(rows, key=lambda one: (one.began, one.id), reverse=True),
        lost=lost,
        style=Markup(style),  # noqa: S704 - from the templates, not from input
        script=Markup(script),  # noqa: S704 - from the templates, not from input
        policy=policy_of(style, script),
    )
    return page + "\n"
