"""The same reports on a Dask cluster that shares the incidents' folders; what a lost worker had is made again."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from workbench.batch.alone import made_alone
from workbench.batch.order import Made, Order
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

AGAIN = 3  # how often a report is tried whose worker was lost
_SECONDS = 15


def made_on_cluster(orders: Sequence[Order], address: str) -> Iterator[Made]:
    """Each report as it is done; raises WorkbenchError where there is no scheduler at the address."""
    if find_spec("distributed") is None:
        raise WorkbenchError(
            "Dask is not installed",
            where="--dask",
            next_step="Install it with `pip install 'postmortem-workbench[dask]'`.",
        )
    from distributed import Client, as_completed

    try:
        client = Client(address, timeout=_SECONDS, set_as_default=False)
    except (OSError, ValueError) as problem:
        raise WorkbenchError(
            f"no scheduler answers at {address!r}",
            where="--dask",
            next_step="Start one, or name its address: tcp://HOST:8786.",
        ) from problem
    with client, client.as_current():
        futures = {client.submit(made_alone, order, pure=False, retries=AGAIN): order for order in orders}
        for future in as_completed(list(futures)):
            order, fault = futures[future], future.exception()
            if fault is None:
                yield future.result()
            else:
                why = f"it could not be made on the cluster: {type(fault).__name__}: {fault}"
                yield Made(folder=order.folder, why=why)
