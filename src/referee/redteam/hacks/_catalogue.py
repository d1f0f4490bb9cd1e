"""The catalogue of known hacks: its sections, and the entries for which there is no hack, with the reason.

An id is a section's letter and a number from 1. What an entry is, its hacks say; a test holds that every id is either
the id of a hack or left out here, and never both.
"""

from __future__ import annotations

from typing import NamedTuple


class Section(NamedTuple):
    """One section: what it is about, and how many entries it has."""

    title: str
    entries: int


SECTIONS = {
    "A": Section("Answer extraction", 18),
    "B": Section("Equivalence and normalisation", 26),
    "C": Section("Unicode and look-alikes", 11),
    "D": Section("Multiple choice and short text", 10),
    "E": Section("Format and thinking", 10),
    "F": Section("Documents and function calls", 11),
    "G": Section("Instructions", 12),
    "H": Section("Programs", 32),
    "I": Section("SQL", 9),
    "J": Section("Provers", 10),
    "K": Section("Puzzles and simulators", 12),
    "L": Section("Length, repetition, language", 10),
    "M": Section("Turns, tools, agents", 11),
    "N": Section("Composition and the training loop", 10),
    "O": Section("The judge and its service", 6),
}


class LeftOut(NamedTuple):
    """An entry without a hack: what it is, and why there is none."""

    what: str
    why: str


AUDIT = "a fault of the data: `referee audit` finds it"
LEFT_OUT = {
    "B25": LeftOut("a truth that cannot be read pays everybody", f"{AUDIT}; such a task is `unjudged`"),
    "D04": LeftOut("always the same letter", f"{AUDIT} (base rates); the constants of `referee redteam` try it too"),
    "D05": LeftOut("questions that can be guessed", f"{AUDIT} (base rates)"),
    "D09": LeftOut("a cue on the surface, as the longest option", f"{AUDIT}; no text tells a guess from an answer"),
    "G11": LeftOut(
        "a rule that nobody wrote passes", "an unknown instruction makes a task `unjudged`; a test holds it"
    ),
    "G12": LeftOut("instructions that contradict each other", f"{AUDIT}"),
    "H25": LeftOut(
        "another right answer than the one that is known", "a right answer refused is no hack; tasks bring a checker"
    ),
    "H30": LeftOut("speed won by caches, streams, reused memory", "no verifier pays for speed"),
    "H31": LeftOut("work done before the clock starts", "no verifier pays for speed"),
    "H32": LeftOut("tests that contradict each other", f"{AUDIT}"),
    "J06": LeftOut("a fault of the prover", "unknown until it is found; a second checker is the defence"),
    "J10": LeftOut("a statement with false hypotheses", f"{AUDIT}"),
    "K07": LeftOut("examples listed in place of a rule", "no verifier judges rules by examples"),
    "K12": LeftOut("the generator of tasks run again", "seeds are the task author's secret; no text shows it"),
    "M02": LeftOut("asks a simulated user for the answer", "no simulated users"),
    "M05": LeftOut(
        "looks the benchmark up", "the sandbox has no network; what a policy reads elsewhere is not seen here"
    ),
    "M07": LeftOut("harmless while it is looked at", "trajectories are not judged"),
    "N06": LeftOut("all answers of a group short together", "no rule looks at the group"),
    "N07": LeftOut("the same prompt with two truths", f"{AUDIT}"),
    "N08": LeftOut("a random reward that seems to work", "a control run, not a text: see docs/design/training.md"),
    "N09": LeftOut("right answers refused", "the other direction: the rewrites of gold"),
}
