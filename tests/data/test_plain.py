"""JSON and MessagePack that bear what rollouts and truths hold."""

import json

import msgspec
import pytest

from referee.core.errors import InputError
from referee.core.types import Rollout
from referee.data.plain import dumps, loads, pack, unpack

ODD = ["\ud800 \x00 \U0001f600", 10**30, -(10**30), {"a": [None, True, 0.5]}]


@pytest.mark.parametrize("value", ODD)
def test_what_is_written_is_read_again(value):
    assert loads(dumps(value)) == value
    assert json.loads(dumps(value)) == value
    assert unpack(pack([value]), msgspec.msgpack.Decoder(list)) == [value]


def test_records_come_back_as_records():
    decoder = msgspec.msgpack.Decoder(list[Rollout])
    for text in ("plain", "\udc00"):
        assert unpack(pack([Rollout(text=text)]), decoder) == [Rollout(text=text)]


def test_what_json_lacks_becomes_text():
    assert dumps({"x": complex(1, 2)}) == b'{"x":"(1+2j)"}'


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 10_000, b"1" * 5000])
def test_what_cannot_be_read_says_so(content):
    with pytest.raises(InputError):
        loads(content)
