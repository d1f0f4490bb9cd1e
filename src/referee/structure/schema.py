"""JSON Schemas, compiled once: whether a value is valid, and where it is not.

The engine is jsonschema-rs, which passes the official test suite of every draft and is immune to the patterns and
recursions that hang others. By itself it would fetch `file:` and `http:` references; here a reference outside the
schema and the resources that the task declares is refused.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import msgspec

from referee.core.errors import InfrastructureError, MissingExtra, TruthError, brief

if TYPE_CHECKING:
    import jsonschema_rs

Draft = Literal["auto", "draft4", "draft6", "draft7", "draft2019-09", "draft2020-12"]

MOST_ERRORS: Final = 20  # violations listed; the verdict does not depend on more
_EXCERPT: Final = 200


class Violation(NamedTuple):
    """One thing wrong: where in the document, which keyword of the schema says so, and a sentence."""

    path: str
    keyword: str
    message: str

    @property
    def plain(self) -> dict[str, str]:
        """For evidence."""
        return self._asdict()


class Schema:
    """A compiled schema. `root` is the schema as data."""

    def __init__(self, root: Any, draft: Draft, formats: bool, resources: dict[str, Any]) -> None:
        self.root = root
        self.draft = draft
        self.formats = formats
        self.resources = resources
        self._validator = _compiled(root, draft, formats, resources)

    def valid(self, value: Any) -> bool:
        """Whether the value meets the schema."""
        return bool(self._validator.is_valid(value))

    def violations(self, value: Any, *, all_of_them: bool = True) -> list[Violation]:
        """What is wrong, in the order of the document: up to 20 things, or only the first.

        The engine finds every violation before it tells the first, so a long document is asked for one only.
        """
        import jsonschema_rs

        if all_of_them:
            return [_violation(error) for error in islice(self._validator.iter_errors(value), MOST_ERRORS)]
        try:
            self._validator.validate(value)
        except jsonschema_rs.ValidationError as error:
            return [_violation(error)]
        return []


def schema(truth: Any, draft: Draft = "auto", formats: bool = False, resources: dict[str, Any] | None = None) -> Schema:
    """The schema that a truth stands for, compiled once. Raises `TruthError` when it is none."""
    if not isinstance(truth, dict | bool):
        raise TruthError(f"the truth must be a JSON Schema, an object or true or false; it is {brief(truth)}")
    try:
        return _cached(msgspec.json.encode((truth, resources or {})), draft, formats)
    except (ValueError, TypeError, RecursionError) as error:
        raise TruthError(f"the schema is no JSON data: {error}") from None


@lru_cache(maxsize=1024)
def _cached(content: bytes, draft: Draft, formats: bool) -> Schema:
    root, resources = msgspec.json.decode(content)
    return Schema(root, draft, formats, resources)


def path(steps: list[str | int]) -> str:
    """JSONPath of a place: `$.items[2].name`."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else _member(step) for step in steps[:20])


def _member(name: str) -> str:
    return f".{name}" if name.isidentifier() else f"[{name[:60]!r}]"


def _violation(error: jsonschema_rs.ValidationError) -> Violation:
    return Violation(path(error.instance_path), _keyword(error.schema_path), error.message[:_EXCERPT])


def _keyword(steps: list[str | int]) -> str:
    return str(steps[-1]) if steps else "false"


def _compiled(root: Any, draft: Draft, formats: bool, resources: dict[str, Any]) -> jsonschema_rs.Validator:
    try:
        import jsonschema_rs
    except ImportError:
        raise InfrastructureError(str(MissingExtra("JSON Schema", "json")), "infra.extra") from None

    def declared(uri: str) -> Any:
        if uri in resources:
            return resources[uri]
        raise LookupError(f"'{uri}' is neither in the schema nor among its resources, and nothing is fetched")

    options: dict[str, Any] = {"validate_formats": formats, "retriever": declared, "mask": "it"}
    try:
        own = root.get("$schema") if isinstance(root, dict) else None
        if own in resources:  # a dialect of the task's own has to be known before the schema is read
            options["registry"] = jsonschema_rs.Registry([(own, resources[own])], retriever=declared)
        dialect = f"D{draft[1:].replace('-', '')}Validator"
        make = jsonschema_rs.validator_for if draft == "auto" else getattr(jsonschema_rs, dialect)
        made: jsonschema_rs.Validator = make(root, **options)
        return made
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, LookupError, ValueError, TypeError) as error:
        said = str(getattr(error, "message", "") or error).split("\n", 1)[0]
        raise TruthError(f"the schema does not compile: {said[:_EXCERPT]}") from None
