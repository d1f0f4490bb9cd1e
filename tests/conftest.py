"""What holds for every test: it leaves no setting of referee behind for the next one."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


def _settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("REFEREE_")}


@pytest.fixture(autouse=True)
def no_setting_is_left_behind() -> Iterator[None]:
    before = _settings()
    yield
    after = _settings()
    if after != before:
        for name in after.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)
        pytest.fail(f"the environment was {before} before this test and is {after} after it")
