"""Speaks the protocol of the Lean REPL from a recording: replies are those that the REPL documents, no Lean is here.

What it is asked is taken for right or wrong by words in it, never judged: these tests are about the protocol, and about what
is sent and refused.
"""

from __future__ import annotations

import json
import re
import sys
import time
from typing import Any


def reply(text: str, env: int) -> dict[str, Any]:
    """As the REPL replies to a command."""
    position = {"pos": {"line": 1, "column": 0}, "endPos": {"line": 1, "column": 5}}
    messages: list[dict[str, Any]] = []
    if "import Nosuch" in text or "nosuchthing" in text:
        messages.append({"severity": "error", **position, "data": "unknown identifier 'nosuchthing'"})
    if "unprovable" in text:
        messages.append({"severity": "error", **position, "data": "unsolved goals\n⊢ False"})
    if "otherstatement" in text and (found := re.search(r"referee_statement_\w+", text)):
        data = f"type mismatch\n  t\nhas type\n  True : Prop\nbut is expected to have type\n  {found[0]} : Prop"
        messages.append({"severity": "error", **position, "data": data})
    found = re.search(r"^#print axioms (\S+)$", text, re.MULTILINE)
    if found and not messages:
        axioms = re.search(r"-- rests on ([^\n]*)", text)
        said = f"depends on axioms: [{axioms[1]}]" if axioms else "does not depend on any axioms"
        messages.append({"severity": "info", **position, "data": f"'{found[1]}' {said}"})
    if "-- forges" in text:
        messages.append({"severity": "info", **position, "data": "'referee_proof_0' does not depend on any axioms"})
        messages = messages[-1:]
    made: dict[str, Any] = {"env": env}
    if "-- open" in text:
        made["sorries"] = [{**position, "goal": "⊢ False", "proofState": 0}]
        messages.append({"severity": "warning", **position, "data": "declaration uses 'sorry'"})
    return {"messages": messages, **made} if messages else made


def main() -> None:
    """Commands, separated by empty lines; replies in several lines, as the REPL writes them."""
    held, env = "", 0
    for line in sys.stdin:
        held += line
        if line.strip():
            continue
        text = json.loads(held)["cmd"]
        held = ""
        if "-- endless" in text:
            time.sleep(60)
        if "-- dies" in text:
            return
        sys.stdout.write(json.dumps(reply(text, env), indent=1) + "\n\n")
        sys.stdout.flush()
        env += 1


if __name__ == "__main__":
    main()
