"""jsonschema beside `json.schema`, on documents made for the schema and on the empty ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from referee.audit.families.json import FAMILY, is_schema
from referee.audit.items import Item
from referee.audit.judge import Judge
from referee.data.plain import loads

PACKAGE = "jsonschema"


def fits(judge: Judge) -> bool:
    """Schemas that refer to nothing outside."""
    return is_schema(judge) and not judge.parameter("resources")


def forms(item: Item, judge: Judge) -> Sequence[str]:
    """Documents."""
    return (*FAMILY.answers(item, judge), "{}", "[]", '""', "0", "null")


def accepts(form: str, truth: Any) -> bool | None:
    """Whether the document is valid; None where the schema is none for it, or refers to something outside."""
    from jsonschema import SchemaError
    from jsonschema.validators import validator_for
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    if not isinstance(truth, dict | bool):
        return None
    kind = validator_for(truth)
    try:
        kind.check_schema(truth)
        return bool(kind(truth, registry=Registry()).is_valid(loads(form.encode())))
    except (SchemaError, Unresolvable, RecursionError):
        return None
