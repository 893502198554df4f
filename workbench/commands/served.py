"""What the server of ``workbench lab`` gives of an incident's folder, which may have come from anybody."""

from __future__ import annotations

from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager


class Contents(AsyncLargeFileManager):
    """The folder's files; a notebook that was not saved here by its reader loses its saved widgets.

    They hold modules for the browser, and JupyterLab runs these as soon as it opens the notebook, trusted or not.
    """

    def mark_trusted_cells(self, nb: Any, path: str = "") -> None:
        """Looks at a notebook that was read, before anybody gets it."""
        if not self.notary.check_signature(nb):
            nb.metadata.pop("widgets", None)
        super().mark_trusted_cells(nb, path)
