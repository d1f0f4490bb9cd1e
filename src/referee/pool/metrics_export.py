"""A pool's numbers for others: a Prometheus endpoint with a registry of its own, and JSON lines.

Values are read when somebody asks; between two looks nothing is computed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from referee.core.errors import MissingExtra, UsageError
from referee.data.plain import dumps
from referee.pool.metrics import FAMILIES, Metrics

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

Refresh = Callable[[], object]  # brings the gauges up to date


class Endpoint:
    """`http://ADDRESS:PORT/metrics` in the text format of Prometheus, until closed.

    `port` 0 takes any free one; `refresh` is called before each answer. Raises `MissingExtra` without
    prometheus-client, `UsageError` when the port is taken.
    """

    def __init__(
        self, metrics: Metrics, port: int = 0, address: str = "127.0.0.1", refresh: Refresh | None = None
    ) -> None:
        try:
            from prometheus_client import start_http_server
        except ImportError:
            raise MissingExtra("a metrics endpoint", "metrics") from None
        try:
            self._server, self._thread = start_http_server(port, address, registry(metrics, refresh))
        except OSError as error:
            raise UsageError(
                f"metrics cannot be served at {address}:{port}: {error.strerror}; choose another"
            ) from None
        self.url = f"http://{address}:{self._server.server_port}/metrics"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def registry(metrics: Metrics, refresh: Refresh | None = None) -> CollectorRegistry:
    """A registry that holds these numbers and nothing else, for an endpoint that is there already."""
    from prometheus_client import CollectorRegistry

    found = CollectorRegistry(auto_describe=False)
    found.register(_Collector(metrics, refresh))
    return found


class _Collector:
    def __init__(self, metrics: Metrics, refresh: Refresh | None) -> None:
        self.metrics = metrics
        self.refresh = refresh

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        if self.refresh is not None:
            self.refresh()
        for name, values in self.metrics.numbers.items():
            about, labels = FAMILIES[name].about, FAMILIES[name].labels
            kind: Any = CounterMetricFamily if FAMILIES[name].kind == "counter" else GaugeMetricFamily
            family = kind(name, about, labels=labels)
            for given, value in list(values.items()):
                family.add_metric(given, value)
            yield family
        for name, histograms in self.metrics.histograms.items():
            buckets = HistogramMetricFamily(name, FAMILIES[name].about, labels=FAMILIES[name].labels)
            for given, histogram in list(histograms.items()):
                buckets.add_metric(given, list(_cumulated(histogram.bounds, histogram.counts)), histogram.sum)
            yield buckets

    def describe(self) -> list[Metric]:
        return []


def _cumulated(bounds: tuple[float, ...], counts: list[int]) -> Iterator[tuple[str, float]]:
    total = 0
    for bound, count in zip([*map(str, bounds), "+Inf"], counts, strict=True):
        total += count
        yield bound, float(total)


class JsonLines:
    """A line of JSON every `every_s` seconds and one at the end: `{"time": ..., "reward_queue_depth": ...}`.

    `time` is for people and graphs, in seconds since 1970; nothing is decided by it.
    """

    def __init__(
        self, metrics: Metrics, path: str | Path, every_s: float = 10.0, refresh: Refresh | None = None
    ) -> None:
        self.metrics = metrics
        self.refresh = refresh
        try:
            self._file = Path(path).open("ab")  # noqa: SIM115  # closed with this sink
        except OSError as error:
            raise UsageError(f"metrics cannot be written to '{path}': {error.strerror}; choose another file") from None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(every_s,), name="referee-metrics", daemon=True)
        self._thread.start()

    def write(self) -> None:
        """One line now."""
        if self.refresh is not None:
            self.refresh()
        self._file.write(dumps({"time": round(time.time(), 3), **self.metrics.snapshot()}) + b"\n")
        self._file.flush()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self.write()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _run(self, every_s: float) -> None:
        while not self._stop.wait(every_s):
            self.write()
