"""What a service answers when it cannot answer: a status, a code, a sentence, and where."""

from __future__ import annotations

from referee.core.errors import InfrastructureError, PackError, RefereeError, UnknownName
from referee.core.types import Record

# Status -> code and what it means, for the document.
MEANINGS: dict[int, tuple[str, str]] = {
    400: ("unreadable", "The body is no JSON."),
    401: ("token", "The token is missing or wrong."),
    403: ("foreign", "The address, the Host or the Origin is not one that this service answers."),
    404: ("unknown", "There is nothing of that name."),
    405: ("method", "The path answers other methods."),
    408: ("slow", "The body did not come in time."),
    413: ("large", "The body is larger than this service reads."),
    415: ("type", "The body is declared as something other than application/json."),
    422: ("refused", "The request is JSON and asks for what cannot be done; the message says where and why."),
    429: ("full", "The queue is full; ask again after Retry-After seconds."),
    500: ("failed", "A fault of the service."),
    503: ("away", "Nobody can judge now, or the time was over; ask again after Retry-After seconds."),
}
RETRY_S = 1


class Fault(RefereeError):
    """A request that is answered with an error."""

    def __init__(self, status: int, message: str, path: str = "") -> None:
        super().__init__(message)
        self.status, self.path = status, path


class Told(Record, frozen=True, kw_only=True, omit_defaults=True):
    """code: one word for programs. message: a sentence for people. path: where in the request, when that is known."""

    code: str
    message: str
    path: str = ""


class Refusal(Record, frozen=True, kw_only=True):
    """The body of every answer that is an error."""

    error: Told


def refusal(status: int, message: str, path: str = "") -> Refusal:
    """The body of an error."""
    return Refusal(error=Told(code=MEANINGS[status][0], message=message, path=path))


def as_fault(error: RefereeError) -> Fault:
    """The answer that an error of the library stands for."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, InfrastructureError):
        return Fault(503, str(error))
    if isinstance(error, PackError):
        return Fault(422, error.problem, error.path)
    if isinstance(error, UnknownName):
        return Fault(404 if error.kind in {"run", "ledger", "pack"} else 422, str(error))
    return Fault(422, str(error))
