"""Tables of comma- or tab-separated values."""

from __future__ import annotations

import csv
import re

from referee.instructions.kinds import Judged, Nothing, kept, kind, missed, no, yes
from referee.instructions.response import Response

MOST_LINES = 200

_FENCE = re.compile(r"(`{3,}|~{3,})[^\n`~]*\n")
_SPECIAL = re.compile(r"[^\w\s]")
_QUOTED = re.compile(r'(?:^|,)[ \t]*"((?:[^"]|"")*)"[ \t]*(?=,|$)')
_ALL_QUOTED = re.compile(r'"(?:[^"]|"")*"(?:\t *"(?:[^"]|"")*")*')

_CITY = "ID,Country,City,Year,Count\n" + "\n".join(f"{at},France,Paris,2020,{at}0" for at in range(1, 8))
_GOODS = "ProductID,Category,Brand,Price,Stock\n" + "\n".join(f"{at},Toys,Acme,9.5,{at}" for at in range(1, 15))
_MARKS = '"StudentID"\t"Subject"\t"Grade"\t"Semester"\t"Score"\n' + "\n".join(
    f'"{at}"\t"Art"\t"A"\t"1"\t"9{at}"' for at in range(1, 4)
)


def _table(text: str, delimiter: str = ",") -> list[list[str]] | None:
    """The rows with their fields; a fence around all of them is taken off. None where it is no such table."""
    text = text.strip("\n ")
    fence = _FENCE.match(text)
    if fence and text.endswith(f"\n{fence[1]}"):
        text = text[fence.end() : -len(fence[1])].strip("\n ")
    if "\0" in text or text.count("\n") > MOST_LINES:
        return None
    try:
        rows = list(csv.reader(text.split("\n"), delimiter=delimiter, skipinitialspace=True, strict=True))
    except csv.Error:
        return None
    return [[field.strip() for field in row] for row in rows]


def _shaped(rows: list[list[str]] | None, header: list[str], count: int) -> str:
    """What is wrong with the shape of a table; nothing where all is right."""
    if rows is None or not rows:
        return "no table"
    if rows[0] != header:
        return f"the header is {', '.join(rows[0])!r:.80}"
    if len(rows) != count + 1:
        return f"{len(rows) - 1:,} rows; {count} asked for"
    for number, row in enumerate(rows[1:], 1):
        if len(row) != len(header):
            return f"{len(row):,} fields in row {number}; {len(header)} asked for"
        if not all(row):
            return f"an empty field in row {number}"
    return ""


@kind(
    "custom:csv_city",
    Nothing,
    yes(_CITY),
    yes(f"```csv\n{_CITY}\n```", "in a fence"),
    no(_CITY.rpartition("\n")[0], "six rows"),
    no(_CITY.replace("City", "Town"), "another column"),
    no(_CITY.replace("1,France", "1,Paris, France"), "a field too many"),
    no(f"Here it is:\n{_CITY}", "text before it"),
    no("ID,Country,City,Year,Count\n" + ",,,,\n" * 7, "attack: empty fields"),
)
def csv_city(response: Response, _asked: Nothing) -> Judged:
    """A table of comma-separated values with the columns ID, Country, City, Year, Count and seven rows."""
    wrong = _shaped(_table(response.text), ["ID", "Country", "City", "Year", "Count"], 7)
    return Judged(not wrong, wrong or "seven rows")


@kind(
    "custom:csv_special_character",
    Nothing,
    yes(_GOODS.replace("Acme", '"A&B, Inc."', 1)),
    no(_GOODS, "no such field"),
    no(_GOODS.replace("Acme", '"Acme"', 1), "no special character in it"),
    no(_GOODS.replace("Acme", "A&B", 1), "no quotation marks"),
    no(_GOODS.rpartition("\n")[0].replace("Acme", '"A&B"', 1), "13 rows"),
)
def csv_special_character(response: Response, _asked: Nothing) -> Judged:
    """Columns ProductID, Category, Brand, Price, Stock; 14 rows; in double quotes a field with a special character."""
    wrong = _shaped(_table(response.text), ["ProductID", "Category", "Brand", "Price", "Stock"], 14)
    if wrong:
        return missed(wrong)
    fields = [field for line in response.lines for field in _QUOTED.findall(line)]
    special = next((field for field in fields if _SPECIAL.search(field)), None)
    return kept(f"{special!r:.60}") if special is not None else missed("no quoted field has a special character")


@kind(
    "custom:csv_quotes",
    Nothing,
    yes(_MARKS),
    no(_MARKS.replace('"Art"', "Art", 1), "a field without marks"),
    no(_MARKS.replace("\t", ","), "commas"),
    no(_MARKS.rpartition("\n")[0], "two rows"),
)
def csv_quotes(response: Response, _asked: Nothing) -> Judged:
    """Tab-separated columns StudentID, Subject, Grade, Semester, Score; three rows; each field in double quotes."""
    wrong = _shaped(_table(response.text, "\t"), ["StudentID", "Subject", "Grade", "Semester", "Score"], 3)
    if wrong:
        return missed(wrong)
    bare = next(
        (
            line
            for line in response.lines
            if not line.startswith(("```", "~~~")) and not _ALL_QUOTED.fullmatch(line.strip())
        ),
        None,
    )
    return kept("three rows") if bare is None else missed(f"not every field in double quotes: {bare!r:.60}")
