"""Ten lines that any installed wheel must get right. Run away from the checkout."""

import referee

GOOD = "<think>2 and 3 solve it.</think> <answer>\\boxed{2}</answer>"

assert referee.verify("math.number", "The answer is \\boxed{42}.", truth="42").status == "pass"
assert referee.verify("math.number", "The answer is \\boxed{41}.", truth="42").status == "fail"
pack = referee.RulePack.load("r1-zero-math")
assert abs(pack.score(GOOD, truth="2").reward - 1.1) < 1e-9
group = referee.score_group(pack, [GOOD, "no idea"], truth="2")
assert not group.silent
assert group.advantages[0] > 0 > group.advantages[1]
