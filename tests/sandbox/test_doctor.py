"""`referee doctor`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from referee.cli.main import main
from referee.sandbox import tiers


def test_it_lists_features_tiers_and_toolchains() -> None:
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 0
    for word in (
        "landlock",
        "user namespaces",
        "kernel",
        "bubblewrap",
        "firejail",
        "oci",
        "python",
        "rust",
        "typescript",
    ):
        assert word in result.output
    report = json.loads(CliRunner().invoke(main, ["doctor", "--json"]).output)
    assert {one["name"] for one in report["tiers"]} == set(tiers.ALL)
    assert report["executing"] in {*tiers.ALL[2:], ""}
    assert "those of other languages" in result.output
    assert all(one["usable"] or one["words"] for one in [*report["tiers"], *report["toolchains"]])


def test_it_runs_attacks() -> None:
    if not tiers.probe("kernel").usable:
        pytest.skip("this machine does not have the sandbox tier 'kernel'")
    result = CliRunner().invoke(main, ["doctor", "--attack", "--tier", "kernel", "--number", "1", "--number", "29"])
    assert result.exit_code == 0, result.output
    assert "1 safe, 1 stated, 0 escaped" in result.output
    result = CliRunner().invoke(main, ["doctor", "--attack", "--tier", "kernel", "--number", "30", "--json"])
    assert json.loads(result.output)["result"] == "safe"


def test_a_wall_that_does_not_hold_is_an_error() -> None:
    result = CliRunner().invoke(main, ["doctor", "--attack", "--tier", "none", "--number", "31"])
    assert result.exit_code == 1
    assert "ESCAPED" in result.output


def test_an_unknown_tier() -> None:
    with pytest.raises(SystemExit):
        main(["doctor", "--tier", "kernal"], standalone_mode=False)
