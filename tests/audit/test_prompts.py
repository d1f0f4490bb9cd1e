"""Which prompts are the same, and which are nearly so."""

from hypothesis import given
from hypothesis import strategies as st

from referee.audit.prompts import Prompts, normal

LONG = (
    "A train leaves the old station at 9 in the morning and reaches the harbour after it has travelled {0} km; on its way "
    "it stops twice for water, once for a cow that stands between the rails, and never for anybody else, so tell how fast "
    "{1} the train on its way to the sea?"
)


def index(*prompts: str) -> Prompts:
    made = Prompts()
    for line, prompt in enumerate(prompts, 1):
        made.add(line, prompt, str(line))
    return made


def repeated(*prompts: str) -> list[list[int]]:
    return [[row.line for row in rows] for rows in index(*prompts).repeated()]


def near(*prompts: str) -> list[tuple[int, int]]:
    return sorted((pair.one.line, pair.other.line) for pair in index(*prompts).near())


def test_case_space_articles_dollars_and_end_marks_make_no_difference() -> None:
    assert repeated(
        "What is the sum of $1,000$ and 2?", "what is sum of 1000 and 2", "WHAT IS\nTHE SUM of 1000 and 2."
    ) == [[1, 2, 3]]


def test_signs_numbers_and_words_make_one() -> None:
    for other in ("What is 3 - 4?", "What is 3 + 5?", "What was 3 + 4?", "What is 3 + 4 + 0?", "What is -3 + 4?"):
        assert repeated("What is 3 + 4?", other) == []


def test_a_word_that_differs_is_near() -> None:
    assert near(LONG.format(300, "was"), LONG.format(300, "is")) == [(1, 2)]


def test_a_number_that_differs_is_another_task() -> None:
    assert near(LONG.format(300, "was"), LONG.format(310, "was")) == []


def test_short_prompts_and_other_prompts_are_not_near() -> None:
    assert near("What is the capital of France?", "What is the capital of Spain?") == []
    assert near(LONG.format(300, "was"), " ".join(reversed(LONG.format(300, "was").split()))) == []


def test_the_first_row_stands_for_repeated_ones() -> None:
    assert near(LONG.format(3, "was"), LONG.format(3, "was"), LONG.format(3, "is")) == [(1, 3)]


def test_truths_are_kept_to_be_compared() -> None:
    (rows,) = index("p", "p").repeated()
    assert [row.value() for row in rows] == ["1", "2"]


@given(st.text(), st.text())
def test_any_text_can_be_noted(one: str, other: str) -> None:
    made = index(one, other, one + " ")
    assert all(len(rows) > 1 for rows in made.repeated())
    list(made.near())
    assert normal(one.upper()) == normal(one.upper())


@given(st.lists(st.sampled_from(["red", "blue", "tall", "7", "+", "x"]), min_size=12, max_size=60))
def test_a_prompt_is_not_near_to_itself(words: list[str]) -> None:
    prompt = " ".join(words)
    assert near(prompt, prompt) == []
    assert repeated(prompt, prompt) == [[1, 2]]
