"""What another implementation thinks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict


class SecondDisagrees(Detector):
    """Forms of the truth that ought to be right, which a second implementation accepts and our rule refuses."""

    id = "second.disagrees"
    means = "A second implementation accepts a form of the truth that this pack refuses: perhaps a false negative."
    fix = "Look at the form: either the pack is too strict for this data, or the other is too loose."
    level = "note"
    drop = False

    def asks(self, item: Item, study: Study) -> Iterator[str]:
        for second in study.seconds:
            for form in second.forms_of(item):
                yield from study.family.completions(form, study.judge)[:1]

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:
        if not study.has_truth(item):
            return
        for second in study.seconds:
            for form, theirs in second.opinions(item):
                verdict = judged[study.family.completions(form, study.judge)[0]]
                if verdict.status == "unjudged" or theirs is None:
                    continue
                ours = verdict.status == "pass"
                second.count(ours=ours, theirs=theirs)
                if theirs and not ours:
                    shown = f"{form[:80]!r} for {str(item.truth)[:60]!r}"
                    yield Found(item.line, f"{second.name} accepts {shown}; ours says {verdict.reason}")
