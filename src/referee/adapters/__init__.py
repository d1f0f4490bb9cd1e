"""Floor 7: the judge in the reward slot of the trainers and evaluators that people use.

Each module is a thin door in one framework's words; none but `verl_manager` imports its framework before it is called.
What they share: `judge` (a pack, its scores, plain numbers), `truths` (which column holds the truth), `window` (single
calls that arrive together are scored together).

| module | what the framework gets | a rollout without a reward |
|---|---|---|
| `trl` | `reward_function`, sync and async; `reward_functions`, one for each rule | masked |
| `verl`, `verl_manager` | `compute_score`, sync and async; `RewardManager`, batched | `unjudged`, with `judged` 0 |
| `openrlhf` | `reward_func` for a file; `routes` for HTTP | `unjudged`, with `judged` 0 |
| `slime` | `custom_rm` for samples and groups; `normalize`; `routes` for HTTP | masked |
| `nemo_gym` | `routes` for a resources server | `mask_sample` |
| `verifiers` | `reward` of a task; `rubric_reward` for rubrics | an error on the trace: left out |
| `open_instruct` | `verifier`, a class | `unjudged` |
| `inspect_ai` | `scorer` | unscored |
| `lm_eval` | `process_results`, `answers` | NaN, left out by `nanmean` |
"""
