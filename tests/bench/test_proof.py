"""`referee bench proof`: it reads miniF2F, and its verdicts are those that it says."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from referee.bench import proof
from referee.core.errors import UsageError
from referee.sandbox import coq
from referee.sandbox.pool import Sandbox

STATED = "Require Import Arith.\nTheorem a : 1 + 1 = 2.\nProof.\nAdmitted.\n"
PROVED = "Theorem b : 1 + 1 = 2.\nProof.\nreflexivity.\nQed.\n"
BROKEN = "Require Import Nosuch.\nTheorem c : True.\nProof.\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    place = tmp_path / "some.tar.gz"
    with tarfile.open(place, "w:gz") as archive:
        for name, text in (("test/a.v", STATED), ("valid/b.v", PROVED), ("valid/c.v", BROKEN)):
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return place


def test_an_archive_and_a_folder_are_read_alike(data: Path, tmp_path: Path):
    found = proof.problems(data)
    assert {one.name: one.proved for one in found} == {"test/a.v": False, "valid/b.v": True, "valid/c.v": False}
    with tarfile.open(data) as archive:
        archive.extractall(tmp_path / "folder", filter="data")
    assert proof.problems(tmp_path / "folder") == found


def test_figures(data: Path):
    found = coq.installed()
    if isinstance(found, str):
        pytest.skip(found)
    try:
        sandbox = Sandbox(slots=1, cache=0)
    except UsageError as error:
        pytest.skip(str(error))
    with sandbox:
        smoke = proof.verdict(sandbox, "exact I.", {"name": "t", "statement": "True"})
        if smoke.status == "unjudged":
            pytest.skip(f"Coq does not run in a sandbox here: {smoke.reason}: {smoke.evidence}")
        loaded, accepted = proof.minif2f(sandbox, proof.problems(data))
        assert (loaded.value, loaded.note) == (2, "valid/c.v: infra.library")
        assert (accepted.value, accepted.unit) == (1, "of 1")
        for kind in proof.KINDS[:2]:
            assert proof.speed(sandbox, proof.Kind(*kind), 4).value > 0
        with pytest.raises(UsageError, match="every verdict should be 'fail'"):
            proof.speed(sandbox, proof.Kind("x", proof.KINDS[0][1], proof.ADD, "fail"), 4)
