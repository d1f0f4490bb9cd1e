"""A process that keeps entries without end and says which are safe: `writer.py LEDGER FIRST TEXTS`."""

import sys

from tests_ledger_work import make

from referee.ledger.write import Ledger

path, first, texts = sys.argv[1], int(sys.argv[2]), sys.argv[3]
work = make(first + 3000, step=lambda place: place // 50)
with Ledger(path, texts=texts) as ledger:
    print("open", flush=True)
    sent = []
    for at in range(first, len(work), 7):
        sent.append((at, ledger.send(work[at : at + 7])))
        while len(sent) > 20 or (sent and sent[0][1].done()):
            done, future = sent.pop(0)
            future.result()
            print(done, flush=True)
    for done, future in sent:
        future.result()
        print(done, flush=True)
