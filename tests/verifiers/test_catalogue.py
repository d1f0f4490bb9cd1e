"""Finding verifiers by id: bundled ones, and a plugin installed for real."""

import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import referee
from referee.core.errors import PackError, PluginError, UnknownName
from referee.engine.score import RulePack
from referee.verifiers import find, ids, plugin_ids

PLUGIN = '''"""The answer names a place near the truth.

## What it checks
## Truth
## Parameters
## When it cannot judge
## Known gaps
## Sources
"""
from referee.core.types import Rollout, Task, Verdict, failed, passed
from referee.core.verifier import Case, Parameters, verifier

class Params(Parameters, frozen=True, kw_only=True):
    """places: names that count as near."""
    places: tuple[str, ...] = ("Oxford",)

CASES = (Case("Oxford", "London", "pass"),)

@verifier(version=3)
def near(rollout: Rollout, task: Task, params: Params) -> Verdict:
    return passed("geo.near") if rollout.text in params.places else failed("geo.far")
'''


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package `acme_rules` with its metadata, as pip would leave it on the path."""
    family = tmp_path / "acme_rules" / "geo"
    family.mkdir(parents=True)
    (family / "__init__.py").write_text("")
    (family.parent / "__init__.py").write_text("")
    (family / "near.py").write_text(PLUGIN)
    metadata = tmp_path / "acme_rules-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[referee.verifiers]\nacme = acme_rules\n")
    monkeypatch.syspath_prepend(tmp_path)
    find.cache_clear()
    yield
    find.cache_clear()
    for name in [name for name in sys.modules if name.startswith("acme_rules")]:
        del sys.modules[name]


@pytest.mark.usefixtures("plugin")
def test_a_plugins_verifier_is_found_by_its_prefix() -> None:
    found = find("acme/geo.near")
    assert (found.id, found.version, found.page.splitlines()[0]) == (
        "acme/geo.near",
        3,
        "The answer names a place near the truth.",
    )
    assert referee.verify("acme/geo.near", "Oxford", truth="London").status == "pass"
    assert referee.verify("acme/geo.near", "Bath", truth="London", places=["Bath"]).status == "pass"
    assert RulePack.load({"name": "p", "rules": [{"verifier": "acme/geo.near"}]}).score("Bath").reward == 0.0
    assert pickle.loads(pickle.dumps(found)) is found


@pytest.mark.usefixtures("plugin")
def test_a_plugin_or_a_name_that_is_not_there() -> None:
    with pytest.raises(UnknownName, match=r"'acme/geo\.nearr'"):
        find("acme/geo.nearr")
    with pytest.raises(UnknownName, match="No installed package offers the plugin 'acne'"):
        find("acne/geo.near")
    with pytest.raises(UnknownName, match=r"did you mean 'acme/geo\.near'\?"):
        find("geo.near")


@pytest.mark.usefixtures("plugin")
def test_the_verifiers_of_plugins_are_listed() -> None:
    assert plugin_ids() == ["acme/geo.near"]
    assert "acme_rules.geo.near" not in sys.modules


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("import sys\nimport nosuchlib\n", "acme/geo.bad: No module named 'nosuchlib' (acme_rules/geo/bad.py:2)"),
        ("def bad(:\n", "acme/geo.bad: SyntaxError: invalid syntax (acme_rules/geo/bad.py:1)"),
        ("\n\nx = undefined\n", "acme/geo.bad: NameError: name 'undefined' is not defined (acme_rules/geo/bad.py:3)"),
        ("from referee.core.types import Rollot\n", "(acme_rules/geo/bad.py:1)"),
        ("import msgspec\nmsgspec.json.decode(b'{')\n", "truncated (acme_rules/geo/bad.py:2)"),
    ],
)
def test_a_file_that_does_not_import_is_one_sentence(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "acme_rules" / "geo" / "bad.py").write_text(content)
    with pytest.raises(PluginError) as caught:
        find("acme/geo.bad")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(PackError, match=r"^acme/geo\.bad: .*\(at \$\.rules\[0\]\.verifier\)$"):
        RulePack.load({"name": "p", "rules": [{"verifier": "acme/geo.bad"}]})
    assert find("acme/geo.near").version == 3


@pytest.mark.usefixtures("plugin")
def test_a_package_that_does_not_import_is_one_sentence_too(tmp_path: Path) -> None:
    (tmp_path / "acme_rules" / "__init__.py").write_text("import nosuchlib\n")
    with pytest.raises(PluginError, match=r"No module named 'nosuchlib' \(acme_rules/__init__\.py:1\)"):
        find("acme/geo.near")


@pytest.mark.parametrize(
    "name", ["math.numbr", "math", "", ".", "math.", "math..number", "../../os", "math.number.x", "__init__"]
)
def test_what_is_no_verifier_is_refused(name: str) -> None:
    with pytest.raises(UnknownName, match="there is no verifier"):
        find(name)


def test_the_catalogue_lists_what_can_be_found() -> None:
    assert ids() == sorted(ids())
    assert all(find(verifier_id).id == verifier_id for verifier_id in ids())
