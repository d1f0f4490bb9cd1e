"""A key of very many parts is refused before the TOML reader spends its quadratic time on it."""

from __future__ import annotations

import pytest

from referee.core.errors import PackError
from referee.packs.parse import parse


@pytest.mark.parametrize("text", ["a." * 64 + "a = 1", "[" + "a . " * 64 + "a]", "x = {" + '"a".' * 64 + "a = 1}"])
def test_a_key_of_many_parts(text: str):
    with pytest.raises(PackError, match="nested too deeply"):
        parse(text.encode(), "TOML", "pack.toml")


def test_a_text_with_many_dots_is_none():
    name = "." * 200
    assert parse(f'about = "{name} a.b.c"'.encode(), "TOML", "pack.toml") == {"about": f"{name} a.b.c"}
