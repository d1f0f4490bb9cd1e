"""The tiers of this machine, one sandbox for each, and the sentence that says why one is missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from referee.core.jobs import Tier
from referee.sandbox import tiers
from referee.sandbox.pool import Sandbox


def need(tier: Tier) -> None:
    """Skip a test, in one sentence, where the machine does not have a tier."""
    found = tiers.probe(tier)
    if not found.usable:
        pytest.skip(f"this machine does not have the sandbox tier '{tier}': {found.reason}")


@pytest.fixture(scope="session", params=["kernel", "namespaces"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A sandbox in each of the two tiers that need nothing installed."""
    need(request.param)
    with Sandbox(request.param, slots=2, cache=0) as opened:
        yield opened


@pytest.fixture(scope="session")
def best() -> Iterator[Sandbox]:
    """The sandbox that a user gets."""
    try:
        opened = Sandbox(slots=2)
    except Exception as error:  # noqa: BLE001
        pytest.skip(f"no sandbox can be had here: {error}")
    with opened:
        yield opened
