"""All published kinds are there, and judging them reads nothing from outside."""

import subprocess
import sys

from referee.instructions.kinds import kinds
from referee.instructions.reference import known

# IFEval's registry; IFBench's; what open-instruct's IFEvalG adds to IFEval's.
PUBLISHED = {
    "IFEval": """
        keywords:existence keywords:frequency keywords:forbidden_words keywords:letter_frequency
        language:response_language length_constraints:number_sentences length_constraints:number_paragraphs
        length_constraints:number_words length_constraints:nth_paragraph_first_word
        detectable_content:number_placeholders detectable_content:postscript detectable_format:number_bullet_lists
        detectable_format:constrained_response detectable_format:number_highlighted_sections
        detectable_format:multiple_sections detectable_format:json_format detectable_format:title
        combination:two_responses combination:repeat_prompt startend:end_checker startend:quotation
        change_case:capital_word_frequency change_case:english_capital change_case:english_lowercase
        punctuation:no_comma
    """,
    "IFBench": """
        count:word_count_range count:unique_word_count count:conjunctions count:person_names count:numbers
        count:punctuation count:words_japanese count:pronouns count:keywords_multiple ratio:stop_words
        ratio:sentence_type ratio:sentence_balance ratio:overlap ratio:sentence_words words:alphabet words:vowel
        words:consonants words:palindrome words:prime_lengths words:start_verb words:repeats words:odd_even_syllables
        words:last_first words:paragraph_last_first words:no_consecutive words:keywords_specific_position
        words:words_position sentence:alliteration_increment sentence:keyword sentence:increment format:parentheses
        format:quotes format:options format:newline format:emoji format:line_indent format:quote_unquote format:list
        format:thesis format:sub-bullets format:no_bullets_bullets format:title_case format:output_template
        format:no_whitespace custom:multiples custom:mcq_count_length custom:reverse_newline custom:word_reverse
        custom:character_reverse custom:sentence_alphabet custom:european_capitals_sort custom:csv_city
        custom:csv_special_character custom:csv_quotes custom:date_format_list repeat:repeat_change
        repeat:repeat_simple repeat:repeat_span
    """,
    "IFEvalG": """
        copy:repeat_phrase copy:copy new:copy_span_idx copy:copying_simple copy:copying_multiple
        detectable_format:sentence_hyphens detectable_format:square_brackets detectable_format:bigram_wrapping
        keywords:no_adjacent_consecutive keywords:word_once keywords:word_count_different_numbers
        keywords:exclude_word_harder keywords:palindrome keywords:keyword_specific_position keywords:start_end
        paragraphs:paragraphs paragraphs:paragraphs2 first_word:first_word_sent first_word:first_word_answer
        last_word:last_word_sent last_word:last_word_answer punctuation:punctuation_dot
        punctuation:punctuation_exclamation count:lowercase_counting count:counting_composition count:count_unique
        count:count_increment_word letters:letter_counting letters:letter_counting2
    """,
}

OUTSIDE = """
import sys
from referee.instructions.kinds import kinds
from referee.instructions.reference import known
from referee.verifiers import find
from referee.core.types import Rollout, Task
from referee.engine.drive import judge

follow = find("instruct.follow")


def walk():
    for kind in kinds().values():
        for mode in ("corrected", "reference") if known(kind.id) else ("corrected",):
            for example in kind.examples:
                truth = {"instruction_id_list": [kind.id], "kwargs": [example.kwargs]}
                yield judge(follow, Rollout(text=example.text), Task(truth=truth), follow.params({"mode": mode}))


first = list(walk())  # libraries and the language model are loaded


def outside(event, args):
    if event == "open" or event.startswith(("socket.", "subprocess.", "os.", "urllib.", "shutil.", "ctypes.dlopen")):
        raise RuntimeError(f"{event} {args}")


sys.addaudithook(outside)
assert list(walk()) == first
try:
    open("/dev/null")
except RuntimeError:
    print("watched", len(first))
"""


def test_every_published_kind_is_there():
    found = {name: lines.split() for name, lines in PUBLISHED.items()}
    assert {name: len(ids) for name, ids in found.items()} == {"IFEval": 25, "IFBench": 58, "IFEvalG": 29}
    assert sorted(one for ids in found.values() for one in ids) == list(kinds())
    assert sorted(found["IFEval"]) == [name for name in kinds() if known(name)]


def test_judging_opens_no_file_and_no_connection():
    done = subprocess.run([sys.executable, "-c", OUTSIDE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("watched")
