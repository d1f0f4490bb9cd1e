"""The judge over HTTP, and the page.

    referee serve --port 8000 --pack r1-zero-math --ledger run.ledger

`app.py` makes the ASGI application from `settings.py`; `routes.py` is the table of all that it answers, from which the
OpenAPI document is made too (`openapi.py`). Each route is a function from a record to a record (`records.py`).
`guard.py` stands before all of them: who may ask, and how much. `desk.py` has rollouts judged by the pool, which is the
library's own: there is one implementation of "score".
"""
