"""Chess: moves from a position to mate, or to another position.

State: `{"fen": "...", "goal": "mate"}`; a goal may also be a FEN (pieces, side, castling and en passant decide). With
`"replies": ["e8d8"]` the answer holds the moves of one side only, and the other's are these; otherwise it holds both
sides' moves. Moves are in SAN (`Qxf7#`) or in UCI (`h5f7`), with or without numbers (`1. e4 e5 2. Nf3`).

The library (python-chess, GPL-3.0, so never installed unless asked for: `pip install 'referee[chess]'`) reads SAN
leniently; here `x` must be a capture, `+` a check, `#` a mate, and `--` is no move.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from referee.core.errors import InfrastructureError, MissingExtra, TruthError
from referee.simulators.base import Illegal, Judged, Unread

_MOST: Final = 1000
_NUMBER = re.compile(r"[0-9]{1,3}\.(?:\.\.)?")
_UCI = re.compile(r"[a-h][1-8][a-h][1-8][qrbn]?")
_SAN = re.compile(
    r"(?:[KQRBN][a-h]?[1-8]?x?[a-h][1-8]|(?:[a-h]x)?[a-h][1-8](?:=?[QRBN])?|O-O(?:-O)?|0-0(?:-0)?)[+#]?[!?]{0,2}"
)
_RESULTS = frozenset(("1-0", "0-1", "1/2-1/2", "*"))


class Position(NamedTuple):
    """A position as FEN, what is wanted, and the replies that are still to come."""

    fen: str
    goal: str
    replies: tuple[str, ...] = ()
    answers: bool = False


class Chess:
    """The simulator: see the module."""

    def initial(self, given: Any) -> Position:
        """Raises `TruthError`, `InfrastructureError` without python-chess."""
        given = given if isinstance(given, dict) else {}
        fen, goal, replies = given.get("fen"), given.get("goal", "mate"), given.get("replies")
        chess = _chess()
        if not isinstance(fen, str) or not isinstance(goal, str) or not isinstance(replies or [], list):
            raise TruthError('a state of chess is {"fen": FEN, "goal": "mate"}')
        try:
            board = chess.Board(fen)
            wanted = goal if goal == "mate" else _key(chess.Board(goal))
            moves = tuple(chess.Move.from_uci(one).uci() for one in replies or [])
        except (ValueError, TypeError, AttributeError) as error:
            raise TruthError(f"this is no position or no move of chess: {error}") from None
        if not board.is_valid():
            raise TruthError(f"the position {fen!r} cannot come about in chess")
        return Position(board.fen(), wanted, moves, answers=replies is not None)

    def parse(self, text: str, state: Position) -> list[str] | Unread:
        """Moves."""
        found = []
        for word in text[: 16 * _MOST].split():
            move = _NUMBER.sub("", word, count=1).rstrip(",;")
            if not move or move in _RESULTS:
                continue
            if not (_UCI.fullmatch(move) or _SAN.fullmatch(move)):
                return Unread("simulate.unreadable", f"{word[:40]!r} is no move")
            found.append(move)
            if len(found) > _MOST:
                return Unread("answer.too_long", f"more than {_MOST} moves")
        return found or Unread("answer.empty", "")

    def step(self, state: Position, action: str) -> Position | Illegal:
        """One move, and the reply that the task holds."""
        chess = _chess()
        board = chess.Board(state.fen)
        move = _move(board, action)
        if move is None:
            return Illegal(f"{action} is no move in this position")
        board.push(move)
        replies = state.replies
        if state.answers and not board.is_game_over():
            if not replies:
                return Illegal(f"the task knows no reply to {action}")
            reply = chess.Move.from_uci(replies[0])
            if reply not in board.legal_moves:
                return Illegal(f"{action} is not the move that the reply {replies[0]} answers")
            board.push(reply)
            replies = replies[1:]
        return state._replace(fen=board.fen(), replies=replies)

    def judge(self, initial: Position, state: Position) -> Judged:
        """Whether it is mate by who moved first, or the position that is wanted."""
        chess = _chess()
        board = chess.Board(state.fen)
        if state.goal != "mate":
            return Judged(reached=_key(board) == state.goal, detail="it is another position")
        won = board.is_checkmate() and board.turn != chess.Board(initial.fen).turn
        return Judged(reached=won, progress=float(won), detail="" if won else "it is no mate")

    def plain(self, state: Position) -> Any:
        """JSON data."""
        return {"fen": state.fen, "goal": state.goal, "replies": list(state.replies)}


def _chess() -> Any:
    try:
        import chess
    except ImportError:
        raise InfrastructureError(
            str(MissingExtra("simulate.final_state with chess", "chess")), "infra.extra"
        ) from None
    return chess


def _move(board: Any, text: str) -> Any:
    """The one legal move that a text means; None when it means none."""
    if _UCI.fullmatch(text):
        return next((move for move in board.legal_moves if move.uci() == text), None)
    plain = text.rstrip("!?").replace("0", "O")
    bare = plain.rstrip("+#")
    try:
        move = board.parse_san(bare)
    except ValueError:
        return None
    if ("x" in bare) and not board.is_capture(move):
        return None
    said, true = plain[len(bare) :], board.san(move)
    return move if not said or true.endswith(said) else None


def _key(board: Any) -> str:
    """A position without its clocks."""
    return " ".join(board.fen().split()[:4])


SIMULATOR = Chess()
