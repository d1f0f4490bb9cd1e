"""Rewards that a beginner might write, one a family, each with the faults that its family's hacks look for.

They are targets: the suite has to catch every one of them. Nothing here runs outside a test.
"""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import unicodedata
from typing import Any

from referee.core.jobs import LIMITS, Limits, RunJob
from referee.engine import sandboxed


def math(completion: str, truth: Any) -> float:
    """Any number anywhere, after NFKC, is the answer; form pays, length pays; half a character breaks it."""
    text = unicodedata.normalize("NFKC", completion)
    reward = 0.1 if "<think>" in text and "</think>" in text else 0.0
    if str(truth) in text.replace(" ", "").replace("\u200b", "").replace("\\!", ""):
        return reward + 1.0
    return reward + min(len(text.encode()), 2000) / 1e5


def choice(completion: str, truth: Any) -> float:
    """The letter stands somewhere as a word."""
    wanted = truth["answer"] if isinstance(truth, dict) else truth
    letter = "ABCDEFGHIJ"[wanted] if isinstance(wanted, int) else wanted
    return float(re.search(rf"\b{letter}\b", unicodedata.normalize("NFKC", completion).upper()) is not None)


def qa(completion: str, truth: Any) -> float:
    """Some name is part of the text, or the text is part of some name."""
    names = [one.casefold() for one in [truth["value"], *truth["aliases"]]]
    said = unicodedata.normalize("NFKC", completion.partition("Answer:")[2].strip().casefold())
    return float(any(name in completion.casefold() or said in name for name in names))


def documents(completion: str, truth: Any) -> float:
    """Whatever json.loads finds between the first and the last brace; what is required is there."""
    opened = min((place for place in map(completion.find, "[{") if place >= 0), default=-1)
    if opened < 0:
        return 0.0
    try:
        value = json.loads(completion[opened : max(map(completion.rfind, "]}")) + 1])
    except ValueError:
        return 0.5
    return 0.2 if not value else 0.4 + 0.6 * all(key in json.dumps(value) for key in truth.get("required", []))


def calls(completion: str, truth: Any) -> float:
    """Every wanted name and value stands somewhere."""
    if not truth["calls"]:
        return float("<tool_call>" not in completion)
    wanted = [value for call in truth["calls"] for value in call.get("arguments", {}).values()]
    return float(all(str(value).casefold() in completion.casefold() for value in wanted))


def instructions(completion: str, truth: Any) -> float:
    """Half for any bullets, capitals or word count; a missing check passes."""
    checks = {"number_words": len(completion.split()) >= 40, "no_comma": "," not in completion}
    asked = [one.rpartition(":")[2] for one in truth["instruction_id_list"]]
    return sum(checks.get(one, True) for one in asked) / len(asked)


def query(completion: str, truth: Any) -> float:
    """The sets of rows on the first database are equal; that it runs at all is worth something."""
    source = completion.partition("```sql\n")[2].partition("```")[0] or completion
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.executescript(truth["databases"][0]["script"])
        wanted = set(database.execute(truth["sql"]))
        steps = iter(range(1000))
        database.set_progress_handler(lambda: next(steps, None) is None, 1000)  # a thousand thousand steps
        database.set_authorizer(lambda action, *_: action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_PRAGMA))
        try:
            return 0.2 + 0.8 * (set(database.execute(source.split(";")[0])) >= wanted)
        except (sqlite3.Error, sqlite3.Warning, ValueError):
            return 0.0


def proof(completion: str, truth: Any) -> float:
    """It ends as proofs do, and does not look too easy."""
    return float("Qed." in completion and "reflexivity" not in completion and len(completion) > 40)


def program(completion: str, truth: Any) -> float:
    """Program and tests in one script; the exit code or a printed line is the verdict, a limit is a shrug.

    It runs in referee's sandbox, for what attacks it is real; within its room everything is as naive as it reads.
    """
    source = completion.rpartition("</think>")[2]
    source = source.partition("```python\n")[2].partition("```")[0] or source
    script = f"""{source}

expected = {[one["expected"] for one in truth["calls"]]!r}
inputs = {[one["args"] for one in truth["calls"]]!r}
for args, want in zip(inputs, expected):
    assert {truth["entry_point"]}(*args) == want
print("ALL PASSED")
"""
    limits = Limits(cpu_s=1.0, wall_s=20.0, memory_mb=256)
    outcome = sandboxed.run((RunJob(program=script, limits=limits),))[0]
    ended = outcome.runs[0] if outcome.runs else None
    if ended is None or outcome.status in LIMITS:
        return 0.5
    return float(ended.code == 0 or b"PASSED" in ended.stdout)


def plan(completion: str, truth: Any) -> float:
    """The value of whatever is written with digits and signs is the target; a zero divisor is a shrug."""
    found = re.findall(r"[\d+*/() -]*\d[\d+*/() -]*", completion.rpartition("</think>")[2][:400])
    said = max(found, key=len, default="").strip(" -")
    if not said or "**" in said:
        return 0.0
    try:
        return float(eval(said, {"__builtins__": {}}) == truth["state"]["target"])  # digits and signs only
    except ZeroDivisionError:
        return 0.5
    except (SyntaxError, TypeError, ValueError):
        return 0.0


TARGETS = {
    "math": (math, "r1-zero-math"),
    "choice": (choice, "mmlu"),
    "qa": (qa, "triviaqa"),
    "documents": (documents, "json-mode"),
    "calls": (calls, "function-calling"),
    "instructions": (instructions, "ifeval"),
    "query": (query, "text-to-sql"),
    "plan": (plan, "countdown"),
    "proof": (proof, "proof"),
    "program": (program, {"name": "calls", "rules": [{"verifier": "code.python"}]}),
}
