"""The curves of the runs as one SVG picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT, LEFT, TOP, PLOT_W, PLOT_H = 760, 380, 60, 50, 520, 270


class Line(NamedTuple):
    """One curve: points are (step, share in [0, 1])."""

    name: str
    colour: str
    points: Sequence[tuple[int, float]]
    dashed: bool = False


def picture(title: str, lines: Sequence[Line], steps: int, marks: Sequence[tuple[int, str]]) -> str:
    """The SVG text. marks: steps at which something happened, and what."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" style="font: 12px sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="24" style="font-size: 15px">{title}</text>',
    ]
    for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        y = _y(share)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{LEFT + PLOT_W}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share:.0%}</text>')
    parts += [
        f'<text x="{_x(step, steps):.1f}" y="{TOP + PLOT_H + 18}" text-anchor="middle">{step}</text>'
        for step in range(0, steps + 1, max(steps // 6, 1))
    ]
    parts.append(f'<text x="{LEFT + PLOT_W / 2}" y="{HEIGHT - 12}" text-anchor="middle">step</text>')
    for step, words in marks:
        x = _x(step, steps)
        parts.append(
            f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{TOP + PLOT_H}" stroke="#888" stroke-dasharray="2 3"/>'
        )
        parts.append(f'<text x="{x + 4:.1f}" y="{TOP - 6}" fill="#555">{words}</text>')
    for place, line in enumerate(lines):
        points = " ".join(f"{_x(step, steps):.1f},{_y(share):.1f}" for step, share in line.points)
        dash = ' stroke-dasharray="5 4"' if line.dashed else ""
        parts.append(f'<polyline points="{points}" fill="none" stroke="{line.colour}" stroke-width="2"{dash}/>')
        y = TOP + 14 + 20 * place
        x = LEFT + PLOT_W + 16
        parts.append(f'<line x1="{x}" y1="{y}" x2="{x + 22}" y2="{y}" stroke="{line.colour}" stroke-width="2"{dash}/>')
        parts.append(f'<text x="{x + 28}" y="{y + 4}">{line.name}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _x(step: int, steps: int) -> float:
    return LEFT + PLOT_W * step / max(steps, 1)


def _y(share: float) -> float:
    return TOP + PLOT_H * (1 - share)
