"""Code that is put behind a program, in its own jail: what a call needs beyond a function and plain arguments.

Linked lists and trees are made of the lists that a truth writes, and written as such again; a result of a subclass, a
`Fraction` or a `range` becomes the plain value that it stands for; a test looks at an argument after the call. Nothing
of it is trusted: it runs beside the program, which may have changed it, and what it returns is a claim like any other.
"""

from __future__ import annotations

from typing import Final

RUN: Final = "_referee_run"
PROBE: Final = "_referee_probe"

# LeetCode's definitions, in front of the program; one that brings its own replaces them.
NODES: Final = """\
class ListNode:
    def __init__(self, val=0, next=None):
        self.val = val
        self.next = next


class TreeNode:
    def __init__(self, val=0, left=None, right=None):
        self.val = val
        self.left = left
        self.right = right
"""

SHIM: Final = """

def _referee_run(what, *given):
    return globals()["_referee_" + what](*given)


def _referee_calls(path, views, after, takes, gives, loose, args, kwargs):
    args = [_referee_made(kind, one) for kind, one in zip([*takes, *[None] * len(args)], args)]
    value = _referee_function(path)(*args, **kwargs)
    for name, operands in views:
        value = _referee_view(name, value, *operands)
    value = None if gives == "void" else _referee_plain(_referee_written(gives, value), loose)
    if not after:
        return value
    kinds = [*takes, *[None] * len(args)]
    return [value] + [_referee_plain(_referee_written(kinds[at], args[at]), loose) for at in after]


def _referee_raised(path, takes, args, kwargs):
    args = [_referee_made(kind, one) for kind, one in zip([*takes, *[None] * len(args)], args)]
    try:
        _referee_function(path)(*args, **kwargs)
    except BaseException as error:
        return [type.__dict__["__name__"].__get__(kind) for kind in type.__dict__["__mro__"].__get__(type(error))]
    return []


def _referee_session(entry, steps, void, loose):
    made, values = None, []
    for method, args in steps:
        if method == "__init__":
            made, value = globals()[entry](*args), None
        else:
            value = getattr(made, method)(*args)
        values.append(None if method in void else _referee_plain(value, loose))
    return values


def _referee_probes(number, views, loose):
    value = globals()[f"_referee_probe_{number}"]()
    for name, operands in views:
        value = _referee_view(name, value, *operands)
    return _referee_plain(value, loose)


def _referee_function(path):
    owner, _, method = path.partition(".")
    found = globals()[owner]
    return getattr(found(), method) if method else found


def _referee_view(name, value, *operands):
    if name == "[]":
        return value[operands[0]]
    if name == "[:]":
        return value[slice(*operands)]
    if name == "not":
        return not value
    if name.startswith("."):
        return getattr(value, name[1:])(*operands)
    import builtins
    return getattr(builtins, name)(value, *operands)


def _referee_made(kind, value):
    if not kind or value is None:
        return value
    if kind.endswith("[]"):
        return [_referee_made(kind[:-2], one) for one in value]
    def node(one):
        try:
            return globals()[kind](one)
        except TypeError:
            made = globals()[kind]()
            made.val = one
            return made
    if kind == "ListNode":
        head = None
        for one in reversed(value):
            made = node(one)
            made.next, head = head, made
        return head
    rest = iter(value)
    root = next(rest, None)
    if root is None:
        return None
    root = node(root)
    line = [root]
    for parent in line:
        for side in ("left", "right"):
            one = next(rest, None)
            child = None if one is None else node(one)
            setattr(parent, side, child)
            if child is not None:
                line.append(child)
    return root


def _referee_written(kind, value):
    if not kind or kind == "void":
        return value
    if kind.endswith("[]"):
        return [_referee_written(kind[:-2], one) for one in value]
    found = []
    if kind == "ListNode":
        while value is not None:
            found.append(value.val)
            value = value.next
            if len(found) > 200000:
                raise ValueError("a linked list without end")
        return found
    line = [value]
    for one in line:
        found.append(None if one is None else one.val)
        if one is not None:
            line += [one.left, one.right]
        if len(found) > 400000:
            raise ValueError("a tree without end")
    while found and found[-1] is None:
        found.pop()
    return found


def _referee_plain(value, loose=False, depth=0):
    if depth > 90:
        return value
    if isinstance(value, dict):
        pairs = dict.items(value)
        return {_referee_plain(key, loose, depth + 1): _referee_plain(one, loose, depth + 1) for key, one in pairs}
    for kind in (list, tuple, set, frozenset):
        if isinstance(value, kind):
            return kind([_referee_plain(one, loose, depth + 1) for one in kind.__iter__(value)])
    for kind, made in ((bool, bool), (int, int.__int__), (float, float.__float__), (str, str.__str__)):
        if isinstance(value, kind):
            return made(value)
    home = type(value).__module__.partition(".")[0]
    if home in ("fractions", "decimal"):
        return int(value) if value == value // 1 else float(value)
    if home == "numpy" and (loose or not getattr(value, "ndim", 1)):
        return _referee_plain(value.tolist(), loose, depth + 1)
    if not loose or value is None or isinstance(value, (bytes, bytearray, complex)):
        return value
    if hasattr(value, "__await__"):
        import asyncio
        async def wait():
            return await value
        return _referee_plain(asyncio.run(wait()), loose, depth + 1)
    if hasattr(value, "keys") and hasattr(value, "__getitem__"):
        return _referee_plain(dict(value), loose, depth + 1)
    if hasattr(value, "__iter__"):
        return [_referee_plain(one, loose, depth + 1) for one in value]
    return value
"""
