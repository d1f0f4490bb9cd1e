"""A running process takes a changed weight from the file, and a broken edit never stops it."""

from pathlib import Path

import pytest

from referee.core.errors import RefereeWarning, UsageError
from referee.engine.score import RulePack, group

PACK = 'name = "live"\n[[rules]]\nname = "letters"\nverifier = "text.exact"\nweight = {weight}\n'


def write(path: Path, content: str) -> None:
    """As editors do: a new file, moved over the old one."""
    new = path.with_suffix(".new")
    new.write_text(content)
    new.replace(path)


def test_a_changed_weight_counts_without_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "live.toml"
    write(path, PACK.format(weight=0.1))
    pack = RulePack.load(path, watch=True)
    before = pack.score("x", truth="x")
    write(path, PACK.format(weight=0.05))
    after = pack.score("x", truth="x")
    assert (before.reward, after.reward) == (0.1, 0.05)
    assert before.pack != after.pack
    with pytest.raises(UsageError, match="exactly one pack, got 2"):
        group([before, after])


def test_a_broken_edit_keeps_the_last_good_version_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "live.toml"
    write(path, PACK.format(weight=0.1))
    pack = RulePack.load(path, watch=True)
    for broken in ("name = ", PACK.format(weight="'a'"), 'name = "p"\n[[rules]]\nverifier = "no.such"\n'):
        write(path, broken)
        with pytest.warns(RefereeWarning, match="the last good version stays in force"):
            assert pack.score("x", truth="x").reward == 0.1
        assert pack.score("x", truth="x").reward == 0.1  # said once
        assert str(path) in pack.fault
    path.unlink()
    with pytest.warns(RefereeWarning, match="there is no pack file"):
        assert pack.score("x", truth="x").reward == 0.1
    write(path, PACK.format(weight=0.2))
    assert pack.score("x", truth="x").reward == 0.2
    assert pack.fault == ""


def test_only_a_file_can_be_watched() -> None:
    with pytest.raises(UsageError, match="only a pack file"):
        RulePack.load({"name": "p", "rules": [{"verifier": "text.exact"}]}, watch=True)
