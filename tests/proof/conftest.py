"""Coq where it is installed, and the sentence that says why a test is left out where it is not."""

from __future__ import annotations

import pytest

import referee
from referee.sandbox import coq


@pytest.fixture(scope="session")
def needs_coq() -> None:
    """Skip where no proof can be checked."""
    found = coq.installed()
    if isinstance(found, str):
        pytest.skip(found)
    smoke = referee.verify("proof.coq", "exact I.", {"name": "t", "statement": "True"})
    if smoke.status == "unjudged":
        pytest.skip(f"Coq does not run in a sandbox here: {smoke.reason}: {smoke.evidence}")
