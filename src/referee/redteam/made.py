"""A target from what a person or another process names it by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from referee.engine.score import PackSource, RulePack
from referee.redteam.callables import CallableTarget, calls_of, imported
from referee.redteam.forms import form_of
from referee.redteam.peers import GYM, PEERS, peer_target
from referee.redteam.sample import Form
from referee.redteam.target import PackTarget, Target


def form_like(pack: PackSource | RulePack) -> Form:
    """The form of a pack, for a callable that wants its answers in the same."""
    return replace(form_of(RulePack.load(pack).spec), opaque=True)


def callable_target(path: str, like: PackSource | RulePack, style: str = "") -> CallableTarget:
    """A peer by its name, or any function by `pkg.mod:name`. Raises `UsageError`."""
    if path in PEERS or path.startswith(f"{GYM}."):
        return peer_target(path, form_like)
    recipe = {"callable": path, "like": like if isinstance(like, str) else "r1-zero-math", "style": style}
    return CallableTarget(path, form_like(like), calls_of(imported(path), style), recipe)


def made(recipe: Mapping[str, Any]) -> Target:
    """The target that `Target.recipe()` describes."""
    if "pack" in recipe:
        return PackTarget(recipe["pack"])
    if "peer" in recipe:
        return peer_target(recipe["peer"], form_like)
    return callable_target(recipe["callable"], recipe["like"], recipe["style"])
