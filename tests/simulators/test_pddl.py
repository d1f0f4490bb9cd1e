"""PDDL plans: the same verdict as unified-planning's validator, over plans that are right, cut, mixed and random."""

from __future__ import annotations

import random
from typing import Any

import pytest

import referee
from referee.simulators.base import Illegal, Unread
from referee.simulators.drive import simulator

BLOCKS = """(define (domain blocks) (:requirements :strips :typing)
  (:types block) ; a comment
  (:predicates (on ?x ?y - block) (table ?x - block) (clear ?x - block) (empty) (holding ?x - block))
  (:action pick-up :parameters (?x - block) :precondition (and (clear ?x) (table ?x) (empty))
    :effect (and (not (table ?x)) (not (clear ?x)) (not (empty)) (holding ?x)))
  (:action put-down :parameters (?x - block) :precondition (holding ?x)
    :effect (and (not (holding ?x)) (clear ?x) (empty) (table ?x)))
  (:action stack :parameters (?x ?y - block) :precondition (and (holding ?x) (clear ?y))
    :effect (and (not (holding ?x)) (not (clear ?y)) (clear ?x) (empty) (on ?x ?y)))
  (:action unstack :parameters (?x ?y - block) :precondition (and (on ?x ?y) (clear ?x) (empty))
    :effect (and (holding ?x) (clear ?y) (not (clear ?x)) (not (empty)) (not (on ?x ?y)))))"""
THREE = """(define (problem three) (:domain blocks) (:objects a b c - block)
  (:init (on c a) (table a) (table b) (clear c) (clear b) (empty)) (:goal (and (on a b) (on b c))))"""
GOLD = ["(unstack c a)", "(put-down c)", "(pick-up b)", "(stack b c)", "(pick-up a)", "(stack a b)"]

ROOMS = """(define (domain rooms)
  (:requirements :adl)
  (:types place thing - object ball key - thing)
  (:constants hall - place)
  (:predicates (at ?x - object ?p - place) (robot ?p - place) (locked ?p - place) (has ?t - thing) (lit))
  (:action go :parameters (?from ?to - place)
    :precondition (and (robot ?from) (not (= ?from ?to)) (or (not (locked ?to)) (exists (?k - key) (has ?k))))
    :effect (and (not (robot ?from)) (robot ?to) (forall (?t - thing) (when (has ?t) (and (at ?t ?to) (not (at ?t ?from)))))))
  (:action take :parameters (?t - thing ?p - place) :precondition (and (robot ?p) (at ?t ?p)) :effect (has ?t))
  (:action drop :parameters (?t - thing) :precondition (has ?t) :effect (not (has ?t)))
  (:action light :parameters () :precondition (forall (?b - ball) (at ?b hall)) :effect (lit)))"""
TIDY = """(define (problem tidy) (:domain rooms) (:objects cellar loft - place red blue - ball k - key)
  (:init (robot hall) (at red loft) (at blue cellar) (at k loft) (locked cellar)) (:goal (and (lit) (robot hall) (not (has red)))))"""
TIDY_GOLD = ["(go hall loft)", "(take k loft)", "(take red loft)", "(go loft cellar)", "(take blue cellar)", "(go cellar hall)", "(drop red)", "(light)"]  # fmt: skip

TASKS = {"blocks": (BLOCKS, THREE, GOLD), "rooms": (ROOMS, TIDY, TIDY_GOLD)}


def judged(text: str, name: str, **params: Any) -> referee.Verdict:
    domain, problem, _ = TASKS[name]
    truth = {"simulator": "pddl", "state": {"domain": domain, "problem": problem}}
    return referee.verify("simulate.final_state", text, truth=truth, **params)


@pytest.mark.parametrize("name", TASKS)
def test_a_gold_plan_and_its_parts(name: str):
    gold = TASKS[name][2]
    assert judged("\n".join(gold), name).reason == "simulate.reached"
    for end in range(len(gold)):
        assert judged("\n".join(gold[:end]), name).status == "fail"
    for left in range(len(gold) - 1):
        assert judged("\n".join(gold[:left] + gold[left + 1 :]), name).status == "fail"


@pytest.mark.parametrize(
    "text",
    [
        " ".join(GOLD),
        "\n".join(f"{number}. {step}" for number, step in enumerate(GOLD, 1)),
        "\n".join(f"{number}: {step.upper()} [1]" for number, step in enumerate(GOLD)),
        "\n".join(f"{step[1:-1].split()[0]}({', '.join(step[1:-1].split()[1:])})" for step in GOLD),
        "; a plan\n" + "\n".join(GOLD) + "\n; cost = 6 (unit cost)",
        "<answer>\n" + "\n".join(GOLD) + "\n</answer>",
        "```pddl\n" + "\n".join(GOLD) + "\n```",
    ],
)
def test_spellings_of_a_plan(text: str):
    assert judged(text, "blocks").status == "pass", text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(unstack c)", "simulate.illegal"),
        ("(fly c a)", "simulate.illegal"),
        ("(unstack c z)", "simulate.illegal"),
        ("unstack c a", "simulate.missed"),
        ("((unstack c a))", "simulate.unreadable"),
        ("()", "simulate.unreadable"),
        ("(on a b) (on b c)", "simulate.illegal"),
        ("(define (problem x))", "simulate.unreadable"),
        ("(unstack c a", "simulate.unreadable"),
    ],
)
def test_what_is_no_plan(text: str, reason: str):
    assert judged(text, "blocks").reason == reason


def plans(name: str, count: int) -> list[list[str]]:
    """Plans by chance: walks through states, and the gold plan mixed, cut and doubled."""
    domain, problem, gold = TASKS[name]
    one, chance = simulator("pddl"), random.Random(name)
    first = one.initial({"domain": domain, "problem": problem})
    calls = [
        f"({operator} {' '.join(objects)})".replace(" )", ")")
        for operator, schema in first.world.operators.items()
        for objects in tuples(sorted(first.known), len(schema.parameters))
    ]
    found = [chance.sample(gold, len(gold)) for _ in range(count // 3)]
    found += [[*gold, chance.choice(calls)] for _ in range(count // 3)]
    for _ in range(count // 3):
        state, walk = first, []
        for _ in range(12):
            call = chance.choice(calls)
            parsed = one.parse(call, state)
            assert not isinstance(parsed, Unread)
            following = one.step(state, parsed[0])
            if not isinstance(following, Illegal):
                state = following
                walk.append(call)
        found.append([*walk, *chance.choices(calls, k=chance.randrange(2))] or gold)
    return found


def tuples(objects: list[str], size: int) -> list[tuple[str, ...]]:
    return [()] if not size else [(one, *rest) for one in objects for rest in tuples(objects, size - 1)]


@pytest.mark.filterwarnings("ignore")  # of what the oracle is made of
@pytest.mark.parametrize("name", TASKS)
def test_unified_planning_agrees(name: str):
    shortcuts = pytest.importorskip("unified_planning.shortcuts", reason="unified-planning is the oracle")
    from unified_planning.engines import SequentialPlanValidator
    from unified_planning.exceptions import UPException
    from unified_planning.io import PDDLReader

    shortcuts.get_environment().credits_stream = None
    domain, text, gold = TASKS[name]
    reader = PDDLReader()
    problem = reader.parse_problem_string(domain, text)
    validator = SequentialPlanValidator()
    compared = set()
    for plan in [gold, *plans(name, 60)]:
        try:
            valid = bool(validator.validate(problem, reader.parse_plan_string(problem, "\n".join(plan))))
        except (UPException, AssertionError, ValueError):
            valid = False
        verdict = judged("\n".join(plan), name)
        assert (verdict.status == "pass") is valid, (plan, verdict)
        compared.add(valid)
    assert compared == {True, False}


@pytest.mark.parametrize(
    "change",
    [
        ("(:goal", "(:gaol"), ("(define (problem", "(problem"), ("(:init", "(:init (("), (":objects a b c - block)", ":objects a b c - )"),
    ],
)  # fmt: skip
def test_a_problem_that_cannot_be_read(change: tuple[str, str]):
    truth = {"simulator": "pddl", "state": {"domain": BLOCKS, "problem": THREE.replace(*change)}}
    assert referee.verify("simulate.final_state", "(pick-up b)", truth=truth).reason == "truth.unreadable"


@pytest.mark.parametrize("section", ["(:durative-action a)", "(:derived (p) (q))", "(:action a :precondition (> (fuel) 1))", "(:action a :effect (decrease (fuel) 1))", "(:action a :precondition (= (fuel) 1))"])  # fmt: skip
def test_what_is_not_understood_is_judged_by_nobody(section: str):
    truth = {"simulator": "pddl", "state": {"domain": BLOCKS[:-1] + section + ")", "problem": THREE}}
    assert referee.verify("simulate.final_state", "(pick-up b)", truth=truth).reason == "truth.unreadable"


@pytest.mark.parametrize(
    "text",
    [
        "take a\nraise a\ntake b\nraise b", '["(take a)", "(raise a)", "(take b)", "(raise b)"]',
        '{"plan": ["take(a)", "raise(a)", "take(b)", "raise(b)"]}', "- (take a)\n- (raise a)\n- (take b)\n- (raise b)",
        "Step 1: (take a)\nStep 2: (raise a)\nStep 3: (take b)\nStep 4: (raise b)", "1. take a\n2. raise a\n3. take b\n4. raise b",
    ],
)  # fmt: skip
def test_plans_as_models_write_them(text: str):
    lift = {
        "domain": "(define (domain lift) (:predicates (up ?x) (held ?x) (free)) (:action take :parameters (?x)"
        " :precondition (free) :effect (and (held ?x) (not (free)))) (:action raise :parameters (?x)"
        " :precondition (held ?x) :effect (and (up ?x) (free) (not (held ?x)))))",
        "problem": "(define (problem two) (:domain lift) (:objects a b) (:init (free)) (:goal (and (up a) (up b))))",
    }
    truth = {"simulator": "pddl", "state": lift}
    assert referee.verify("simulate.final_state", text, truth=truth).status == "pass"
    shorter = text.replace("take b", "take c").replace("take(b)", "take(c)")
    assert referee.verify("simulate.final_state", shorter, truth=truth).reason == "simulate.illegal"


def test_what_is_deleted_and_added_at_once_stays():
    drive = {
        "domain": "(define (domain d) (:requirements :typing) (:types truck - object place - object airport - place)"
        " (:predicates (at ?t - truck ?p - place) (seen ?p - (either airport place)))"
        " (:action drive :parameters (?t - truck ?f ?p - place) :precondition (at ?t ?f)"
        " :effect (and (at ?t ?p) (not (at ?t ?f)) (seen ?p) (when (seen ?p) (not (seen ?f))))))",
        "problem": "(define (problem p) (:domain d) (:objects t - truck a - airport b - place) (:init (at t a))"
        " (:goal (and (at t b) (seen a) (seen b))))",
    }
    truth = {"simulator": "pddl", "state": drive}
    said = {
        "(drive t a a) (drive t a b)": "simulate.reached",
        "(drive t a b)": "simulate.missed",
        "(drive t a b) (drive t b a) (drive t a b)": "simulate.missed",  # the second visit forgets where it came from
        "(drive t b a)": "simulate.illegal",
        "(drive a a b)": "simulate.illegal",
    }
    for text, reason in said.items():
        assert referee.verify("simulate.final_state", text, truth=truth).reason == reason, text
