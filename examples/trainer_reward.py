"""The judge as a trainer's reward function, in the form in which TRL's GRPOTrainer calls one.

GRPOTrainer(..., reward_funcs=referee.reward_function("r1-zero-math"))
"""

import math

import referee

reward = referee.reward_function("r1-zero-math")

# What the trainer hands over: completions as text or messages, and the columns of the data set by name.
batch = {
    "prompts": ["What is 6 times 7?"] * 3,
    "completions": [
        [{"role": "assistant", "content": r"<think>6 * 7 = 42.</think> <answer>\boxed{42}</answer>"}],
        [{"role": "assistant", "content": r"<think>6 + 7 = 13.</think> <answer>\boxed{13}</answer>"}],
        [{"role": "assistant", "content": "42"}],
    ],
    "ground_truth": ["42"] * 3,
}
rewards = reward(**batch)
print(rewards)

# A truth that nobody can read is not the policy's fault: no reward, rather than a reward of 0.
truths = ["42", {"not": "a number"}, "42"]
print("unjudged:", [math.isnan(value) for value in reward(batch["completions"], truths)])
