"""What is odd about a run, while it goes on: tags on rollouts, alarms over steps. Nothing here changes a reward.

    Scored (live or from a ledger)  ->  tags of the rollout  ->  figures of the step  ->  alarms

`tags.py` says what a rollout looks like, `window.py` adds up a step, `checks.py` holds each alarm, `live.py` watches a
run that is being trained (it stands before the ledger as a keeper), `ledger.py` one that is or was kept.
"""
