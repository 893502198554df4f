"""What a report needs, imported once in the process from which the others are forked; no thread of ours begins here."""

from __future__ import annotations

import workbench.batch.made
import workbench.check.lint
import workbench.export.docx
import workbench.export.html
import workbench.export.markdown
import workbench.export.picture
import workbench.timeline.frame
import workbench.timeline.reconciled  # noqa: F401
from workbench.export.html import compile_templates
from workbench.readers import registry

compile_templates()
registry.built_in()  # their formats are read and their patterns made
