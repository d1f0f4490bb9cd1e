"""JSON and MessagePack that bear what rollouts and truths hold."""

import json
import subprocess
import sys

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


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 10_000, b"1" * 100_001])
def test_what_cannot_be_read_says_so(content):
    with pytest.raises(InputError):
        loads(content)


LONG = """
import msgspec
from referee.data.columns import Columns
from referee.data.plain import dumps, loads, pack, unpack
from referee.data.rows import RowReader
for digits in (1000, 4300, 6000, 100_000):
    value = 10 ** (digits - 1) + 7
    text = b"1" + b"0" * (digits - 2) + b"7"
    assert dumps({"a": [value, -value, "\\ud800"]}) == b'{"a": [%b, -%b, "\\\\ud800"]}' % (text, text)
    assert dumps(value) == text
    assert loads(b"[-%b]" % text) == [-value]
    assert unpack(pack([value]), msgspec.msgpack.Decoder(list)) == [value]
    reader = RowReader(Columns())
    assert reader.row(b'{"completion": "x", "truth": %b}' % text).truth == value
    assert reader.key(b'{"completion": "x", "task": %b}' % text).value == (text.decode(),)
    try:
        reader.row(b'{"completion": %b}' % text)
    except ValueError as error:
        raise
    except Exception as error:
        assert "must hold text or messages, got 1000" in str(error), error
    else:
        raise AssertionError
"""


@pytest.mark.parametrize("limit", ["0", "640", "4300"])
def test_integers_do_not_depend_on_the_limit_of_the_process(limit):
    environment = {"PYTHONPATH": ":".join(sys.path), "PYTHONINTMAXSTRDIGITS": limit}
    done = subprocess.run([sys.executable, "-c", LONG], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_integer_beyond_the_limit_names_it():
    with pytest.raises(InputError, match="an integer of 100,001 digits; the limit is 100,000"):
        loads(b"[-" + b"1" * 100_001 + b"]")


def test_a_long_integer_within_a_tuple_is_written_out():
    assert dumps(("a", (10**5000,), {"b": (10**5000,)})) == dumps(["a", [10**5000], {"b": [10**5000]}])
