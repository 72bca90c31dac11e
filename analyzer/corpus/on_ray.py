"""The steps of a run on Ray Data: a worker is a long-lived actor with the model loaded; a lost one is replaced."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from analyzer.errors import AnalyzerError


def each_on_ray(
    worker: Callable[..., Callable[[int], dict[str, int]]],
    arguments: Mapping[str, Any],
    items: Sequence[int],
    workers: int,
    address: str,
) -> Iterator[dict[str, int]]:
    """Yield the answer of a worker for each item, in no order; every node must see the work folder.

    Raises AnalyzerError without Ray.
    """
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise AnalyzerError("--ray needs one more package: pip install 'analyzer[ray]'") from error

    class Actor:
        """One worker; Ray sends it a batch of one item."""

        def __init__(self) -> None:
            self._worker = worker(**arguments)

        def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
            answer = self._worker(int(batch["item"][0]))
            return {key: [value] for key, value in answer.items()}

    logging.getLogger("ray.data").setLevel(logging.WARNING)
    own = not ray.is_initialized()
    if own:
        ray.init(address=address or None, include_dashboard=False, log_to_driver=False, logging_level=logging.WARNING)
    ray.data.DataContext.get_current().enable_progress_bars = False
    cores = ray.cluster_resources().get("CPU", 1.0)
    data = ray.data.from_items([{"item": item} for item in items], override_num_blocks=len(items))
    answers = data.map_batches(
        Actor,
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(size=min(workers, len(items))),
        num_cpus=min(1.0, 0.9 * cores / workers),  # a little is left for reading the items
    )
    try:
        for row in answers.iter_rows():
            yield {key: int(value) for key, value in row.items()}
    finally:
        if own:
            ray.shutdown()
