"""The colours that mean the same things in the report, the explorer and the charts; all pass AA on white."""

from __future__ import annotations

GROUND = "#ffffff"
INK = "#1f2328"
QUIET = "#59636e"
GRID = "#d8dee4"
ACCENT = "#0b57a4"
FAILING = "#a01c1c"

# Phases of an incident, in order; white text on each is readable (contrast 4.5 or more).
PHASES = {
    "Detect": "#a8431c",
    "Diagnose": "#7a6200",
    "Mitigate": "#1d5fa8",
    "Verify": "#1f7345",
}

# Severities, worst first.
SEVERITIES = ("#8c1d18", "#993d00", "#755b00", "#3f5873")

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
