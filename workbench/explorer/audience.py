"""Whether somebody sits before the notebook.

papermill, ``nbconvert --execute`` and the like run cells and go: of a widget only a hole would be left in what they
write. They are told from people by this, that nobody could answer a cell's question.
"""

from __future__ import annotations

import os

from IPython.core.getipython import get_ipython


def attended() -> bool:
    """True at a frontend, and outside of any kernel; False where a program runs the cells."""
    kernel = getattr(get_ipython(), "kernel", None)
    can_be_asked = bool(getattr(kernel, "_allow_stdin", True))
    served = os.environ.get("SERVER_SOFTWARE", "").startswith("voila")  # it runs the cells for the person who looks
    return can_be_asked or served
