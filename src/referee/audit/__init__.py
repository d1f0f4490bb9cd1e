"""What is wrong with the ground truth, before a policy is trained on it; and what is odd about a run, while it goes on.

    audit(tasks, pack)            # study.py: every detector over every row of a file of tasks, one report
    clean(tasks, lines, out)      # clean.py: the file without the rows that are wrong, in its own format and order
    watch/                        # tags on live rollouts and alarms over a run; no tag ever changes a reward

A detector is a file in `detectors/`: what it means, what to do about it, and one function or two. What has to be known
of a family of verifiers (how a truth is written as an answer, which answers say nothing) is a file in `families/`, and
a second implementation that is asked for its opinion is a file in `second/`. Files are found by their names.
"""
