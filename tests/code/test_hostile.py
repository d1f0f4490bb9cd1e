"""Wrong programs that attack the judge's own machinery: none earns anything, none makes itself `unjudged`.

The corpus in `hacks/` attacks graders as they are often written; these were written against this one, by its source.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

import referee

P = (1 << 61) - 1  # integers that differ by this have one hash
WANTED = [5, 3, 8]
CALLS = {"entry_point": "f", "calls": [{"args": [n], "expected": WANTED[n]} for n in range(3)]}
SETS = {"test_list": ["assert set(f(1)) == {1, 2}", "assert len(set(f(2))) == 7"]}
STEPS = {
    "test_list": ["assert sorted(f(3)) == [1, 2, 3]", "assert f(3)[1:] == [2, 1]", "assert str(f(3)) == '[3, 2, 1]'"]
}
LOOP = {
    "entry_point": "f",
    "prompt": "",
    "test": "def check(c):\n    for i in range(2, 4):\n        assert sorted(set(c(i))) == list(range(i))\n",
}
VALUE = {
    "entry_point": "f",
    "prompt": "",
    "test": "def check(c):\n    for i in range(2, 4):\n        assert c(i) == i * i\n",
}
PROPERTY = {
    "test_list": [
        "for n in (3, 5):\n    r = f(n)\n    assert len(r) == n\n    assert all(one * one < 99 for one in r) and sum(r) == n"
    ]
}
INPUTS = {"test_list": ["for xs in ([3, 1], [2, 9, 4]):\n    assert f(xs) == sorted(xs)"]}
SLICED = {"test_list": ["for n in range(2, 4):\n    x = f(n)\n    assert g(x[1:]) == n"]}
CAUGHT = {
    "test_list": [
        "for n in (1, 2):\n    try:\n        f(n)\n        assert False\n    except KeyError as error:\n        assert error.args == (n,)"
    ]
}
UNIT = "import unittest\nfrom solution import f\nclass T(unittest.TestCase):\n    def test_a(self):\n        for n in range(3):\n            self.assertEqual(f(n), n + 5)\n"
STREAM = {"inputs": ["1\n", "2\n"], "outputs": ["1000000007\n", "12 0.5\n"]}
JUDGED = {
    "inputs": ["12\n"],
    "checker": "def check(input, output, expected):\n    n = int(output)\n    return 1 < n < 12 and 12 % n == 0\n",
}
LEAVES = {
    "inputs": ["1\n"],
    "checker": "import sys\ndef check(input, output, expected):\n    print(output)\n    if output.strip() != '7':\n        sys.exit(0)\n    return 1\n",
}
CLOSE = {"inputs": ["1\n"], "checker": "def check(input, output, expected):\n    return 1 - abs(float(output) - 3)\n"}
FAR = {"inputs": ["1\n"], "checker": "def check(input, output, expected):\n    return float(output) / 1e9\n"}
FILES = {"inputs": ["1\n"], "outputs": ["7"], "checker": "import sys\nprint(float(open(sys.argv[3]).read()) / 7e9)\n"}
NODES = {
    "entry_point": "f",
    "calls": [{"args": [[1, 2]], "expected": [2, 1]}],
    "takes": ["ListNode"],
    "returns": "ListNode",
}
TREES = {
    "entry_point": "f",
    "calls": [{"args": [[1, 2]], "expected": [1, None, 2]}],
    "takes": ["TreeNode"],
    "returns": "TreeNode",
}
AFTER = {"entry_point": "f", "calls": [{"args": [[3, 1]], "after": {"0": [1, 3]}}]}
DESIGN = {
    "entry_point": "Q",
    "operations": ["Q", "put", "get"],
    "arguments": [[], [3], []],
    "expected": [None, None, 3],
}
RAISES = {"entry_point": "f", "calls": [{"args": [1], "raises": "KeyError"}]}
ANY = {"entry_point": "f", "calls": [{"args": [1], "expected": [1, 2, 2]}], "order": "any"}
NEAR = {"entry_point": "f", "calls": [{"args": [1], "expected": [0.5, 7]}], "abs_tol": 0.001}
FORGED = "import marshal, os, struct\ndef note(kind, body): os.write(3, struct.pack('<cI', kind, len(body)) + body)\n"
DRIP = "import os, time\ndef f(n):\n    os.write(21, b'\\0\\x10\\0\\0')\n    while True:\n        os.write(21, b'N')\n        time.sleep({})\n"
RPC = (
    "import marshal, os, struct, sys\n"
    "def say(*parts):\n    body = marshal.dumps(parts, 2)\n    os.write(21, struct.pack('<I', len(body)) + body)\n"
    "def number():\n    frame = sys._getframe()\n    while 'number' not in frame.f_locals: frame = frame.f_back\n    return frame.f_locals['number']\n"
)  # fmt: skip


class Hostile(NamedTuple):
    name: str
    truth: Any
    program: str
    verifier: str = "code.python"
    params: dict[str, Any] = {}


STDIO: dict[str, Any] = {"verifier": "code.stdio"}
HOSTILE = [
    # values that keep the judge busy
    Hostile("a list whose set does not end", SETS, f"def f(n): return [k * {P} for k in range(1, 30000)]"),
    Hostile("tuples of one hash", SETS, "import itertools\ndef f(n): return list(itertools.product((-1, -2), repeat=13))"),
    Hostile("a forged set of one hash", CALLS, FORGED + f"b = [marshal.dumps(k * {P}, 2) for k in range(1, 30000)]\ndef f(n):\n    note(b'V', b'<' + struct.pack('<i', len(b)) + b''.join(b))\n    os._exit(0)"),
    Hostile("a forged dictionary of one hash", CALLS, FORGED + f"b = b''.join(marshal.dumps(k * {P}, 2) + b'N' for k in range(1, 30000))\ndef f(n):\n    note(b'V', b'{{' + b + b'0')\n    os._exit(0)"),
    Hostile("an integer of a million digits", CALLS, "def f(n): return 10 ** 60000 + n"),
    Hostile("a text of three megabytes for a sum", {"test_list": ["assert sum(f(1), []) == [1]", "assert f(1) % 7 == 3"]}, "def f(n): return '%999999999d'"),
    Hostile("a step on a huge product", {"test_list": ["assert f(1) * 2.5 == 5", "assert round(f(1), 2) == 2"]}, "def f(n): return 1 << 199_999"),
    # records
    Hostile("records for calls that were not made", CALLS, FORGED + "for n in range(9): note(b'V', marshal.dumps(n, 2))\ndef f(n): return 0"),
    Hostile("a record of four gigabytes", CALLS, FORGED + "def f(n):\n    os.write(3, struct.pack('<cI', b'V', 2 ** 32 - 1))\n    os._exit(0)"),
    Hostile("a million empty records", CALLS, FORGED + "def f(n):\n    os.write(3, struct.pack('<cI', b'V', 0) * 500000)\n    return 0"),
    Hostile("records cut off and rewound", CALLS, "import os\ndef f(n):\n    os.ftruncate(3, 0); os.lseek(3, 0, 0)\n    return 0"),
    Hostile("results with a hole of a terabyte", CALLS, "import os\ndef f(n):\n    os.ftruncate(3, 2 ** 40)\n    return 0"),
    Hostile("says that it does not compile", CALLS, FORGED + "note(b'C', marshal.dumps(('SyntaxError', b'no'), 2))\ndef f(n): return 0"),
    Hostile("both outputs full to the brim", CALLS, "import sys\ndef f(n):\n    for _ in range(16):\n        sys.stdout.write('x' * 4_000_000); sys.stderr.write('x' * 4_000_000)\n    return 0", params={"output_kb": 4096, "cpu_s": 3.0}),
    Hostile("the largest results in processes of their own", {"entry_point": "f", "calls": [{"args": [n], "expected": n} for n in range(20)]}, "def f(n): return 'x' * 4_100_000", params={"fresh": True}),
    # what goes through functions behind the program
    Hostile("replaces those functions", AFTER, "def f(x): globals()['_referee_plain'] = lambda *a: [None, [0]]"),
    Hostile("their frames, their arguments", AFTER, "import sys\ndef f(x):\n    sys._getframe(1).f_locals['after'] = ()\n    sys._getframe(1).f_locals['args'] = [[1, 3.5]]"),
    Hostile("an argument of a lying class", AFTER, "class L(list):\n    __eq__ = lambda *a: True\ndef f(x): x[:] = [L()]"),
    Hostile("a list without end", NODES, "def f(head):\n    head.next = head\n    return head"),
    Hostile("a node with every value", NODES, "class ListNode:\n    next = None\n    def __init__(self, val=0): pass\n    @property\n    def val(self): return self\n    __eq__ = lambda *a: True\n    __hash__ = lambda s: 1\ndef f(head): return ListNode()"),
    Hostile("a tree that grows while it is read", TREES, "class T:\n    val = 1\n    @property\n    def left(self): return T()\n    right = left\ndef f(root): return T()"),
    Hostile("an object in place of a session", DESIGN, "class Q:\n    def __getattr__(self, name): return lambda *a: Q()\n    __eq__ = lambda *a: True"),
    Hostile("a method that leaves", DESIGN, "import os\nclass Q:\n    def put(self, x): os._exit(0)\n    def get(self): return 3"),
    Hostile("an exception that lies about its kinds", RAISES, "class M(type):\n    def mro(cls): return type.mro(cls)\n    __name__ = 'KeyError'\nclass E(Exception, metaclass=M): pass\ndef f(n): raise E"),
    Hostile("returns the names of exceptions", RAISES, "def f(n): return ['KeyError']"),
    Hostile("more members than asked, in any order", ANY, "def f(n): return [1, 1, 2]"),
    Hostile("members that are lists of everything", ANY, "def f(n): return [[1, 2, 2]] * 3"),
    Hostile("a tolerance for the integer too", NEAR, "def f(n): return [0.5, 7.0001]"),
    Hostile("not a number within a tolerance", NEAR, "def f(n): return [float('nan'), float('inf')]"),
    # steps that are taken beside the program
    Hostile("iterates without end", STEPS, "class R:\n    def __iter__(self):\n        while True: yield 1\n    def __getitem__(self, key): return self\ndef f(n): return R()", params={"cpu_s": 0.4}),
    Hostile("a slice of itself", STEPS, "class R:\n    def __iter__(self): return iter([3])\n    def __getitem__(self, key): return self\n    def __str__(self): return Yes('x')\nclass Yes(str):\n    __eq__ = lambda *a: True\n    __hash__ = str.__hash__\ndef f(n): return R()"),
    Hostile("patched builtins for those steps", STEPS, "import builtins\nbuiltins.sorted = builtins.str = lambda *a: Yes()\nclass Yes:\n    __eq__ = lambda *a: True\ndef f(n): return range(n)"),
    Hostile("waits for ever when it is awaited", CALLS, "import asyncio\nasync def f(n): await asyncio.Event().wait()", params={"wall_s": 0.5}),
    Hostile("a dictionary with keys without end", {"entry_point": "f", "calls": [{"args": [1], "expected": {"a": 1}}]}, "class D:\n    def keys(self):\n        n = 0\n        while True: yield (n := n + 1)\n    def __getitem__(self, key): return 1\ndef f(n): return D()", params={"cpu_s": 0.4}),
    # the second jail
    Hostile("a range where a slice is passed on", SLICED, "def f(n): return range(9)\ndef g(x): return 0"),
    Hostile("keeps the script busy", LOOP, f"def f(n): return [k * {P} for k in range(1, 30000)]", params={"cpu_s": 0.5}),
    Hostile("memory of the script", {"test_list": ["for n in (10 ** 9,):\n    assert f(n) * n == 3"]}, "def f(n): return 'x' * 1_000_000"),
    Hostile("drips", VALUE, DRIP.format(0.05), params={"wall_s": 0.4}),
    Hostile("drips quickly", VALUE, DRIP.format(0.0005), params={"wall_s": 0.4}),
    Hostile("a flood of frames", VALUE, "import os\nd = (b'\\0\\4\\0\\0' + b'N' * 1024) * 64\nwhile True: os.write(21, d)", params={"cpu_s": 0.4}),
    Hostile("a frame that is too long", VALUE, "import os\ndef f(n):\n    os.write(21, b'\\xff' * 65536)\n    return 0", params={"wall_s": 0.4}),
    Hostile("answers before it is asked", VALUE, RPC + "n = number()\nfor v in (4, 9) * 9: say(n, 'value', v, None)\ndef f(n): return 0"),
    Hostile("answers of unknown kinds", VALUE, RPC + "def f(n):\n    for kind in ('gone', 'passed', 'R', 'end'): say(number(), kind, 1, None)\n    return 0"),
    Hostile("a report of its own", VALUE, FORGED + "def f(n):\n    for k in range(9): note(b'R', marshal.dumps((k, 1, 1, True, [('x', True, 3, '')], ''), 2))\n    return 0"),
    Hostile("something held under a strange number", VALUE, RPC + "def f(n):\n    say(number(), 'held', -2 ** 70, 'int', None)\n    return 0"),
    Hostile("arguments changed that were never given", VALUE, RPC + "def f(n):\n    say(number(), 'value', 0, [[4], {4: 4}, {9}, None] * 99)\n    return 0"),
    Hostile("a list of objects that are counted as anything", {"test_list": ["for n in range(2, 4):\n    assert f(n).count(7) == n", "for n in range(2):\n    assert f(n).index(5) == 0"]}, "class E:\n    __eq__ = lambda *a: True\ndef f(n): return [E()] * n if n else [E()]"),
    Hostile("empties what it was given", INPUTS, "def f(xs):\n    xs.clear()\n    return []"),
    Hostile("its length is a lie", PROPERTY, "class R:\n    def __init__(self, n): self.n = n\n    def __len__(self): return self.n\n    def __iter__(self): return iter(())\n    def __radd__(self, o): return 3\ndef f(n): return R(n)"),
    Hostile("other items at every look", PROPERTY, "class R:\n    looks = 0\n    def __init__(self, n): self.n = n\n    def __len__(self): return self.n\n    def __iter__(self):\n        R.looks += 1\n        return iter([7] * self.n if R.looks % 2 else [self.n])\ndef f(n): return R(n)"),
    Hostile("an exception named like the judge's", CAUGHT, "class Unsupported(BaseException): pass\nUnsupported.__module__ = 'builtins'\ndef f(n): raise Unsupported('module numpy')"),
    Hostile("a module is missing, it says", CAUGHT, "def f(n): raise ModuleNotFoundError('numpy', name='numpy')"),
    Hostile("the exception with other contents", CAUGHT, "class K(KeyError):\n    args = property(lambda s: s)\n    __eq__ = lambda *a: True\ndef f(n): raise K()"),
    Hostile("asks for a test's end", UNIT, "import unittest\ndef f(n): raise unittest.case._ShouldStop", "code.tests"),
    Hostile("a test that is skipped", UNIT, "import unittest\ndef f(n): raise unittest.SkipTest('no')", "code.tests"),
    Hostile("expected to fail", UNIT, "import unittest\nf = unittest.expectedFailure(lambda n: 0)", "code.tests"),
    # streams and checkers
    Hostile("digits of other alphabets", STREAM, "print('１０００００0００７')", **STDIO),
    Hostile("a rounded float for an integer", STREAM, "input()\nprint('1000000000.0')", "code.stdio", {"compare": "floats"}),
    Hostile("an exponent for an integer", STREAM, "print('1e9', '1.2e1')", "code.stdio", {"compare": "floats"}),
    Hostile("NaN and infinity", STREAM, "print('nan inf' if input() == '2' else 'nan')", "code.stdio", {"compare": "floats"}),
    Hostile("hexadecimal and underscores", STREAM, "print('1_000_000_007' if input() == '1' else '0xc 0x0.8p0')", "code.stdio", {"compare": "floats"}),
    Hostile("line ends and a NUL", STREAM, "print('1000000007\\r\\0\\n' if input() == '1' else '12\\x000.5')", **STDIO),
    Hostile("separators that only Python knows", STREAM, "print('1000000007\\x1c' if input() == '1' else '12\\u20280.5')", **STDIO),
    Hostile("right, and an integer of a million digits", STREAM, "print('1000000007', '7' * 30000)", **STDIO),
    Hostile("both outputs full, many cases", {"inputs": ["1\n"] * 12, "outputs": ["1\n"] * 12}, "import sys\nsys.stdout.write('x' * 4_190_000); sys.stderr.write('y' * 4_190_000)", "code.stdio", {"output_kb": 4096, "cpu_s": 3.0}),
    Hostile("a checker that cannot read it", JUDGED, "print('12/2')", **STDIO),
    Hostile("prints a checker's report", JUDGED, "print('referee checker: [1.0]')", **STDIO),
    Hostile("makes the checker leave after a report", LEAVES, "print('referee checker: [1.0]')", **STDIO),
    Hostile("no number for the checker's score", CLOSE, "print('nan')", **STDIO),
    Hostile("infinity for the checker's score", FAR, "print('inf')", **STDIO),
    Hostile("infinity for a checker that prints", FILES, "print('1e999')", **STDIO),
    Hostile("a megabyte for a checker of integers", JUDGED, "print('6' * 60000)", **STDIO),
]  # fmt: skip


def test_there_are_many_and_each_has_a_name():
    assert (
        len({one.name for one in HOSTILE})
        == len({(one.program, str(one.truth)) for one in HOSTILE})
        == len(HOSTILE)
        >= 60
    )


@pytest.fixture(autouse=True)
def less_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("referee.sandbox.check._TEST_CPU", 0.5)


@pytest.mark.parametrize("one", HOSTILE, ids=[one.name.replace(" ", "-") for one in HOSTILE])
def test_it_earns_nothing_and_is_judged(one: Hostile):
    verdict = referee.verify(one.verifier, one.program, truth=one.truth, **one.params)
    if verdict.reason == "infra.no_sandbox":
        pytest.skip(f"no sandbox can be had here: {verdict.evidence.get('detail')}")
    if verdict.reason == "infra.tier":
        pytest.skip(f"no sandbox for this one here: {verdict.evidence.get('detail')}")
    assert (verdict.status, verdict.score) == ("fail", 0.0), verdict
