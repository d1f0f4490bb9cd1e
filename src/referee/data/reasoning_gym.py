"""Tasks of reasoning-gym: its prompts and truths, with this project's scoring.

reasoning-gym makes any number of tasks from a seed. Its own scores pay constants in places (an answer that is contained
in the right one, the truth of a text that is not empty, any use of the numbers 1, 3 and 8 for every puzzle of 24), so
only its questions and answers are taken: `problems("countdown", seed=7, size=100)` gives each with the verifier that
judges it. Data sets whose right answers cannot be told by one of our verifiers are not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from referee.core.errors import InfrastructureError, UnknownName

INSTALL: Final = "pip install reasoning-gym"
_SOKOBAN = str.maketrans({"*": "@", "%": "+", "@": "$", "X": ".", "$": "*", "+": "#", "-": " "})


class Made(NamedTuple):
    """One task: what is asked, the id of the verifier that decides it, and an answer that is right."""

    name: str
    prompt: str
    verifier: str
    truth: Any
    gold: str


Reader = Callable[[Mapping[str, Any]], tuple[str, Any]]


def _simulated(simulator: str, state: Callable[[Mapping[str, Any]], Any]) -> Reader:
    def read(entry: Mapping[str, Any]) -> tuple[str, Any]:
        return "simulate.final_state", {"simulator": simulator, "state": state(entry["metadata"])}

    return read


def _number(entry: Mapping[str, Any]) -> tuple[str, Any]:
    return "math.answer", str(entry["answer"])


def _text(entry: Mapping[str, Any]) -> tuple[str, Any]:
    return "text.exact", str(entry["answer"])


def _chance(entry: Mapping[str, Any]) -> tuple[str, Any]:
    rational = entry["metadata"]["rational"]
    return "math.answer", f"{rational['numerator']}/{rational['denominator']}"


def _yard(metadata: Mapping[str, Any]) -> dict[str, str]:
    lines = [line.rstrip() for line in metadata["gamestr"].split("\n") if line.strip()]
    return {"grid": "\n".join("".join(line.split(" ")).translate(_SOKOBAN) for line in lines)}


_NUMBERS: Final = (
    "aiw", "basic_arithmetic", "binary_alternation", "chain_sum", "circuit_logic", "complex_arithmetic", "count_bits",
    "decimal_chain_sum", "gcd", "largest_island", "lcm", "leg_counting", "letter_counting", "maze", "products",
    "rotten_oranges", "simple_equations",
)  # fmt: skip
_TEXTS: Final = (
    "caesar_cipher", "color_cube_rotation", "course_schedule", "family_relationships", "game_of_life_halting",
    "isomorphic_strings", "needle_haystack", "spell_backward", "syllogism", "zebra_puzzles",
)  # fmt: skip
READERS: Final[dict[str, Reader]] = {
    "countdown": _simulated("countdown", lambda data: {"numbers": list(data["numbers"]), "target": data["target"]}),
    "puzzle24": _simulated("countdown", lambda data: {"numbers": list(data["numbers"]), "target": 24}),
    "sudoku": _simulated("sudoku", lambda data: {"grid": data["puzzle"]}),
    "mini_sudoku": _simulated("sudoku", lambda data: {"grid": data["puzzle"]}),
    "sokoban": _simulated("sokoban", _yard),
    "coin_flip": _chance,
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(_TEXTS, _text),
}


def problems(name: str, *, seed: int = 0, size: int = 100, **options: Any) -> Iterator[Made]:
    """Tasks of one data set, the same for the same seed and version of reasoning-gym. `options` are the data set's own.

    Raises `UnknownName` for a data set that is not here, `InfrastructureError` without reasoning-gym.
    """
    if name not in READERS:
        raise UnknownName("data set of reasoning-gym", name, sorted(READERS))
    try:
        import reasoning_gym
    except ImportError as error:
        raise InfrastructureError(f"tasks of reasoning-gym need it: {INSTALL} ({error})", "infra.extra") from None
    for entry in reasoning_gym.create_dataset(name, seed=seed, size=size, **options):
        yield made(name, entry)


def made(name: str, entry: Mapping[str, Any]) -> Made:
    """One entry of reasoning-gym as a task."""
    verifier, truth = READERS[name](entry)
    gold = truth if name == "coin_flip" else entry["answer"]  # its own answer is rounded
    return Made(name, str(entry["question"]), verifier, truth, str(gold))
