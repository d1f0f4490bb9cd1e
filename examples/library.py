"""The judge as a library: one verdict, one reward, one group."""

import referee

verdict = referee.verify("math.number", r"Half of 85 is \boxed{42.5}.", truth="85/2")
print(verdict.status, verdict.reason, verdict.evidence)

pack = referee.RulePack.load("r1-zero-math")
completions = [
    r"<think>2 + 3 = 5 and 2 * 3 = 6.</think> <answer>\boxed{2}</answer>",
    r"<think>The roots are 2 and 3.</think> <answer>\boxed{3}</answer>",
    "The smaller root is 2.",
]
score = pack.score(completions[0], truth="2")
print(f"reward {score.reward:.2f} from {score.contributions}")

group = referee.score_group(pack, completions, truth="2")
for reward, advantage in zip(group.rewards, group.advantages, strict=True):
    print(f"reward {reward:.2f}  advantage {advantage:+.3f}")
