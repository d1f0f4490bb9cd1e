"""Jobs for a number of cores, first come, first served: the discrete events of every plan, exact.

A core that is free takes the job that came first. Nothing else happens in such a queue, so a heap of the times at which
cores get free tells all of it, one job at a time.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence


def ends(arrivals: Sequence[float], services: Sequence[float], cores: int) -> list[float]:
    """When each job ends. arrivals: in order, seconds; services: seconds. One more core never ends a job later."""
    if cores >= len(arrivals):
        return [at + seconds for at, seconds in zip(arrivals, services, strict=True)]
    free = [0.0] * cores
    found = []
    replace = heapq.heapreplace
    for at, seconds in zip(arrivals, services, strict=True):
        end = max(at, free[0]) + seconds
        replace(free, end)
        found.append(end)
    return found


def ends_with_loss(
    arrivals: Sequence[float], services: Sequence[float], cores: int, lost_at: float, again_s: float
) -> list[float]:
    """The same when one core is lost: at `lost_at` the busy core that gets free last dies, or an idle one.

    What it held begins anew `again_s` later, first in line then. A single core is replaced; of several one fewer is
    left.
    """
    free = [0.0] * cores
    held = [-1] * cores  # the job that each time in `free` ends
    heap = list(zip(free, range(cores), strict=True))
    found = [0.0] * len(arrivals)
    place, lost, again = 0, False, -1
    due = 0.0
    while place < len(arrivals) or again >= 0 or not lost:
        at = arrivals[place] if place < len(arrivals) else float("inf")
        begin = max(at, heap[0][0])
        if not lost and begin >= lost_at:
            again = _lose(heap, held, found, lost_at)
            lost, due = True, lost_at + again_s
            continue
        if again >= 0 and max(due, heap[0][0]) <= begin:
            job, begin, again = again, max(due, heap[0][0]), -1
        elif place < len(arrivals):
            job, place = place, place + 1
        else:
            break
        core = heap[0][1]
        found[job], held[core] = begin + services[job], job
        heapq.heapreplace(heap, (found[job], core))
    return found


def _lose(heap: list[tuple[float, int]], held: list[int], found: list[float], at: float) -> int:
    """Take the core that gets free last out of the heap; the job that it had not ended, or -1."""
    last = max(heap)
    job = held[last[1]] if last[0] > at else -1
    if len(heap) > 1:
        heap.remove(last)
        heapq.heapify(heap)
    else:
        heap[0] = (at, last[1])
    if job >= 0:
        found[job] = 0.0
    return job
