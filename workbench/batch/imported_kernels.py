"""What else a report needs whose notebook is run in a kernel: imported with the rest before processes are forked."""

from __future__ import annotations

from workbench.notebook import prepare

prepare()
