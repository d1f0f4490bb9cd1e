"""`proof.lean` against the recorded protocols of the REPL and of Kimina's server. There is no Lean here."""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import referee
from referee.core.errors import TruthError
from referee.core.types import Verdict
from referee.engine import lean as runner
from referee.proofs import lean

REPL = Path(__file__).with_name("fake_repl.py")
ADD = {"name": "t", "statement": "∀ n : Nat, n + 0 = n", "preamble": "import Mathlib\nopen Nat"}


def _fake() -> Any:
    spec = importlib.util.spec_from_file_location("fake_repl", REPL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Kimina(BaseHTTPRequestHandler):
    """Answers `/api/check` as the server documents it."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        (snippet,) = asked["snippets"]
        result = {"id": snippet["id"], "time": 0.1, "response": _fake().reply(snippet["code"], 0)}
        if "-- endless" in snippet["code"]:
            result = {"id": snippet["id"], "time": 1.0, "error": "Lean REPL command timed out in 1 seconds"}
        content = json.dumps({"results": [result]}).encode()
        self.send_response(200 if self.path == "/api/check" else 404)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *given: object) -> None:
        """Nothing."""


@pytest.fixture(params=["repl", "kimina"])
def spoken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Each of the two protocols."""
    if request.param == "repl":
        monkeypatch.setenv(runner.NAMED, f"{sys.executable} {REPL}")
        yield "repl"
        runner.close()
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), Kimina)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    monkeypatch.setenv(runner.NAMED, f"http://127.0.0.1:{server.server_address[1]}")
    yield "kimina"
    server.shutdown()
    server.server_close()
    thread.join()


def judged(script: str, truth: Any = None, **params: Any) -> Verdict:
    return referee.verify("proof.lean", script, truth or ADD, **params)


def test_what_the_reply_says_is_the_verdict(spoken: str):
    assert judged("by simp").reason == "proof.accepted"
    assert judged("by\n  simp -- rests on propext, Quot.sound").evidence["axioms"] == ["propext", "Quot.sound"]
    assert judged("by simp -- rests on propext, t._native.reduce_1").reason == "proof.axiom"
    assert judged("by simp -- rests on X.propext").reason == "proof.axiom"
    assert judged("by simp -- rests on Classical.choice", axioms=["propext"]).reason == "proof.axiom"
    assert judged("by simp -- rests on sorryAx").reason == "proof.admitted"
    assert judged("by simp -- open").reason == "proof.admitted"
    assert judged("by exact unprovable").reason == "proof.error"
    assert judged("theorem t : True := otherstatement").reason == "proof.statement"
    assert judged("by simp -- forges").reason == "proof.unfinished"


def test_what_is_not_the_scripts_fault_is_unjudged(spoken: str):
    assert judged("by simp", {**ADD, "statement": "nosuchthing"}).reason == "truth.statement"
    assert judged("by simp", {**ADD, "preamble": "import Nosuch"}).reason == "truth.statement"


def test_a_late_answer_is_a_limit(spoken: str):
    assert judged("by simp -- endless", wall_s=1.0).reason == "limit.wall"
    assert judged("by simp").reason == "proof.accepted"


def test_a_repl_that_dies_is_our_fault(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(runner.NAMED, f"{sys.executable} {REPL}")
    assert judged("by simp -- dies").reason == "infra.toolchain"
    assert judged("by simp").reason == "proof.accepted"
    runner.close()


def test_without_a_repl_nothing_is_judged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv(runner.NAMED, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    verdict = judged("by simp")
    assert verdict.reason == "infra.toolchain"
    assert runner.NAMED in verdict.evidence["detail"]
    monkeypatch.setenv(runner.NAMED, "/nowhere/repl")
    assert judged("by simp").status == "unjudged"


REFUSED = {
    "proof.admitted": ("by sorry", "by admit", "theorem t : True := sorryAx _", 'by exact (s "sorry")'),
    "proof.axiom": ("axiom a : False", "by native_decide", "by exact ofReduceBool _ _ _", "private axiom a : False"),
    "proof.forbidden": (
        'macro "x" : term => `(True)',
        "macro_rules | `(x) => `(y)",
        'notation "ℕ" => Unit',
        'infixl:65 " + " => f',
        'local notation "x" => 3',
        'syntax "x" : command',
        'elab "x" : tactic => pure ()',
        "run_cmd x",
        "#eval 1",
        "#exit",
        "#print axioms t",
        "open Lean Elab",
        "import Evil",
        "variable (h : False)",
        "include h",
        "@[implemented_by f] def g := 1",
        '@[extern "c"] def g := 1',
        "unsafe def f := 1",
        "initialize x : Nat ← pure 1",
        "theorem «t» : True := trivial",
        's!"{"/-"}" axiom a : False s!"{"-/"}"',
        'r"\\" axiom a : False',
        "opaque f : Nat",
        "universe u",
    ),
    "proof.unsafe": (
        "set_option debug.skipKernelTC true",
        "set_option maxHeartbeats 0 in theorem t : True := trivial",
        "set_option  pp.all true",
        "set_option\nmaxHeartbeats\n0",
    ),
    "proof.unreadable": ("/- by simp", 'by exact "', "/- /- -/ by simp"),
}


@pytest.mark.parametrize(("reason", "script"), [(reason, one) for reason, some in REFUSED.items() for one in some])
def test_what_no_proof_needs_is_not_sent(reason: str, script: str):
    with pytest.raises(lean.Refusal) as refusal:
        lean.refuse(script)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    "script",
    [
        "by\n  -- no sorry here, no axiom\n  simp",
        "/- axiom /- nested -/ sorry -/ by simp",
        "set_option maxHeartbeats 400000 in\ntheorem t : True := trivial",
        "open Nat Real in\ntheorem t : True := by nlinarith [sq_nonneg (a - b)]",
        "namespace X\nlemma h' : True := trivial\nend X\ntheorem t : True := X.h'",
        "def f (c : Char) := c = 'a' ∨ c = '\\'' ∨ c = '\"'",
        "instance : Inhabited Nat := ⟨0⟩\n@[simp] theorem t : True := trivial",
    ],
)
def test_what_a_proof_may_hold_is_sent(script: str):
    lean.refuse(script)


def test_the_text_that_is_sent():
    asked = lean.truth(json.dumps(ADD))
    assert lean.split(asked.preamble) == ("import Mathlib", "open Nat")
    assert lean.body(asked, "by simp") == "theorem t : ∀ n : Nat, n + 0 = n := by simp"
    assert lean.body(asked, "intro n\nsimp") == "theorem t : ∀ n : Nat, n + 0 = n := by\n  intro n\n  simp"
    assert lean.body(asked, "theorem t : True := trivial") == "theorem t : True := trivial"
    assert lean.body(asked, "theorem t' : True := trivial").startswith("theorem t : ∀")
    assert lean.without_imports(asked.preamble, "import Mathlib\n\nopen Nat\nby simp") == "open Nat\nby simp"
    assert lean.without_imports(asked.preamble, "import Evil\nby simp") == "import Evil\nby simp"
    text = lean.stating(asked, "77", ("propext",))
    assert "noncomputable example : ∀ {a b : Prop}, (a ↔ b) → a = b := @propext\n" in text
    assert text.endswith("def referee_statement_77 : Prop := ∀ n : Nat, n + 0 = n\n")
    assert "theorem referee_proof_77 : referee_statement_77 := @t\n#print axioms referee_proof_77\n" in lean.judging(
        asked, "77"
    )


def test_truths_that_cannot_be_read():
    for truth in ("x", 5, {"name": "t"}, {"name": "a b", "statement": "True"}, {"name": "t", "statement": 1}):
        with pytest.raises(TruthError):
            lean.truth(truth)
