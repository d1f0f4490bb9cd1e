"""A JSON Schema that the empty object satisfies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from referee.audit.families.json import is_schema
from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict


class SchemaEmptyObject(Detector):
    """`required` was forgotten, or the keywords do not apply to objects."""

    id = "schema.empty_object"
    means = "The document {} satisfies the schema: two characters earn the full reward."
    fix = "List what must be there under `required`, or drop the row."
    families = ("json",)

    def asks(self, item: Item, study: Study) -> Iterable[str]:  # noqa: ARG002
        return study.family.completions("{}", study.judge) if is_schema(study.judge) else ()

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:
        if study.has_truth(item) and any(judged[text].status == "pass" for text in self.asks(item, study)):
            yield Found(item.line, "{} is valid")
