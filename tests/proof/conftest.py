"""Coq where it is installed, and the sentence that says why a test is left out where it is not."""

from __future__ import annotations

import pytest

from referee.sandbox import coq, tiers


@pytest.fixture(scope="session")
def needs_coq() -> None:
    """Skip where no proof can be checked."""
    found = coq.installed()
    if isinstance(found, str):
        pytest.skip(found)
    if not any(tiers.probe(one).usable for one in tiers.STRENGTH[1:]):
        pytest.skip("this machine has no sandbox: see referee doctor")
