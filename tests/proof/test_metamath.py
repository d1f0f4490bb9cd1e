"""`proof.metamath`: our checker over a small database of ours, and over Debian's where they are installed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import referee
from referee.engine.metamath import DEBIAN, FOLDER
from referee.proofs.metamath import Asked, BadDatabase, Database, Fault, check, proof_of, verdict
from referee.verifiers.proof.metamath import IDENTITY, TINY

DATABASE = Database(TINY)
PREDICATES = """
$c |- wff setvar A. = $. $v ph x y $. wph $f wff ph $. vx $f setvar x $. vy $f setvar y $.
weq $a wff x = y $. wal $a wff A. x ph $.
${ $d x ph $. ax5 $a |- A. x ph $. $}
${ $d x y $. good $p |- A. x y = y $= vy vy weq vx ax5 $. $}
bad $p |- A. x y = y $= vy vy weq vx ax5 $. worse $p |- A. x x = x $= vx vx weq vx ax5 $.
"""


def reason(asked: Asked, proof: str, database: Database = DATABASE) -> str:
    return verdict(database, asked, proof.split())[0]


def test_a_proof_is_followed_step_by_step():
    assert reason(Asked("id"), IDENTITY) == "proof.accepted"
    assert reason(Asked("a1i"), "wp wq wp wi a1i.1 wp wq k mp") == "proof.accepted"
    assert reason(Asked("a1i"), "( wi k mp ) ABADCABEF") == "proof.accepted"
    for at in range(1, 9):
        steps = ["wp", "wq", "wp", "wi", "a1i.1", "wp", "wq", "k", "mp"]
        del steps[-at]
        assert reason(Asked("a1i"), " ".join(steps)) != "proof.accepted"


@pytest.mark.parametrize(
    ("proof", "expected"),
    [
        ("?", "proof.unfinished"),
        ("( ) ?", "proof.unfinished"),
        ("wp wq wp wi", "proof.unfinished"),
        ("wp", "proof.statement"),
        ("a1i.1", "proof.statement"),
        ("a1i", "proof.label"),
        ("id", "proof.label"),
        ("nothing", "proof.label"),
        ("min", "proof.label"),
        ("mp", "proof.error"),
        ("wp wq a1i.1 a1i.1 mp", "proof.error"),
        ("( wi", "proof.unreadable"),
        ("( wi ) !", "proof.unreadable"),
        ("( wi ) T", "proof.unreadable"),
        ("( wi ) Z", "proof.unreadable"),
        ("( wi ) AZZ", "proof.unreadable"),
        ("( wi ) AU", "proof.unreadable"),
        ("( wi ) " + "Y" * 50 + "A", "proof.unreadable"),
    ],
)
def test_what_is_no_proof_is_none(proof: str, expected: str):
    assert reason(Asked("a1i"), proof) == expected


def test_distinct_variables():
    database = Database(PREDICATES)
    for name, expected in (("good", "proof.accepted"), ("bad", "proof.distinct")):
        assert reason(Asked(name), "vy vy weq vx ax5", database) == expected
    assert reason(Asked("worse"), "vx vx weq vx ax5", database) == "proof.distinct"
    own = Asked("n", ("|-", "A.", "x", "y", "=", "y"))
    assert reason(own, "vy vy weq vx ax5", database) == "proof.distinct"
    assert reason(own._replace(distinct=(("y", "x"),)), "vy vy weq vx ax5", database) == "proof.accepted"


def test_a_task_leaves_nothing_in_the_database():
    one = Asked("n", ("|-", "q"), (("h.1", ("|-", "q")),))
    two = Asked("n", ("|-", "r"), (("h.1", ("|-", "r")),))
    for asked in (one, two, one):
        assert reason(asked, "h.1") == "proof.accepted"
    assert reason(Asked("a1i"), "h.1") == "proof.label"
    with pytest.raises(BadDatabase):
        verdict(DATABASE, Asked("n", ("|-", "q"), (("mp", ("|-", "q")),)), ["mp"])


def test_a_proof_that_grows_without_end_is_stopped():
    letters = "AABZ" + "".join(f"{chr(ord('C') + at)}BZ" for at in range(17))
    assert reason(Asked("id"), f"( wi ) {letters}") == "proof.too_long"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x $a |- p $. x", "proof.forbidden"),
        ("$d p q $. wp", "proof.forbidden"),
        ("${ wp $}", "proof.forbidden"),
        ("$[ evil.mm $] wp", "proof.forbidden"),
        ("other $p |- p $= wp $.", "proof.statement"),
        ("$( never", "proof.unreadable"),
        ("$= $.", "proof.empty"),
        ("wp,wq", "proof.unreadable"),
    ],
)
def test_a_proof_declares_nothing(text: str, expected: str):
    with pytest.raises(Fault) as fault:
        proof_of(text, "a1i")
    assert fault.value.reason == expected


def test_long_junk_is_read_in_one_pass():
    for junk in ("$( " * 100_000, "( " * 100_000, "wp " * 100_000, "( ) " + "UA" * 100_000):
        try:
            steps = proof_of(junk, "a1i")
        except Fault:
            continue
        assert verdict(DATABASE, Asked("a1i"), steps)[0] != "proof.accepted"


@given(st.lists(st.sampled_from(["wp", "wq", "wi", "k", "s", "mp", "a1i.1"]), max_size=12))
@settings(deadline=None)
def test_random_steps_prove_nothing_else(steps: list[str]):
    found, _ = verdict(DATABASE, Asked("a1i"), steps)
    assert found != "proof.accepted" or steps[-1] in {"mp", "a1i.1"}


@pytest.mark.parametrize("text", ["$c", "x $f wff p q $.", "$}", "${ x $a y $.", "x $a y $. x $a z $.", "hello"])
def test_what_is_no_database(text: str):
    with pytest.raises(BadDatabase):
        Database(text)


@pytest.mark.parametrize("name", ["demo0.mm", "big-unifier.mm", "hol.mm", "ql.mm"])
def test_every_proof_of_debians_databases_is_accepted(name: str):
    place = Path(DEBIAN, name)
    if not place.exists():
        pytest.skip(f"{place} is not here: apt-get install metamath-databases")
    text = place.read_text(encoding="ascii")
    database = Database(text)
    clean = re.sub(r"\$\(\s.*?\s\$\)", " ", text, flags=re.DOTALL)
    found = re.findall(r"(\S+)\s+\$p\s+[^$]*\$=([^$]*)\$\.", clean)
    assert found
    for label, proof in found:
        check(database, database.theorem(label), proof.split())
        shorter = proof.split()[:-1]
        if shorter:
            assert verdict(database, Asked(label), shorter)[0] != "proof.accepted"


def test_a_database_by_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv(FOLDER, str(tmp_path))
    (tmp_path / "tiny.mm").write_text(TINY, encoding="ascii")
    truth: dict[str, Any] = {"database": "tiny.mm", "name": "id"}
    assert referee.verify("proof.metamath", IDENTITY, truth).reason == "proof.accepted"
    assert referee.verify("proof.metamath", "wp", truth).reason == "proof.statement"
    assert referee.verify("proof.metamath", "wp", {**truth, "database": "none.mm"}).reason == "infra.library"
    assert referee.verify("proof.metamath", "wp", {**truth, "database": "../tiny.mm"}).reason == "truth.database"
    assert referee.verify("proof.metamath", "wp", {**truth, "name": "none"}).reason == "truth.database"
