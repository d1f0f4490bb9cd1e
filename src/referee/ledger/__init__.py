"""What is kept for ever: every score with all that is needed to compute it again.

    with Ledger("run.ledger") as ledger:      # write.py: one writer, many producers; keep() returns when it is safe
        ledger.learn(pack.spec)
        ledger.keep(scored)
    Reader("run.ledger").entries()            # read.py: at any time, from any process
    verify("run.ledger")                      # verify.py: chain, roots and contents are what they were
    replay("run.ledger")                      # replay.py: the scores, computed again, are the same to the bit

The store is SQLite (`schema.py`), append-only and chained (`chain.py`); the roots of the chain go to a file beside it
(`roots.py`). Texts of rollouts may move to Parquet, a file for each step (`texts.py`). `trainers.py` writes the files
of TRL and verl.
"""
