"""The scaling curve as a picture: CPU seconds by developers, both axes by powers of ten."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from math import log10
from pathlib import Path

from table import Row

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 560, 320, 64, 44, 20
COLOURS = {"validate": "#1a7f37", "plan": "#0969da"}
_COST = re.compile(r"cost, (\w+), ([0-9,]+) developers")


def draw(path: str, rows: Iterable[Row]) -> None:
    """Write an SVG of the rows of `cost`; nothing where there are none."""
    curves: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for row in rows:
        found = _COST.fullmatch(row.name)
        if found and row.unit == "CPU s":
            curves[found[1]].append((int(found[2].replace(",", "")), row.measured))
    if curves:
        Path(path).write_text(_svg(curves), encoding="utf-8")


def _svg(curves: dict[str, list[tuple[int, float]]]) -> str:
    points = [point for curve in curves.values() for point in curve]
    first, last = (int(log10(side(n for n, _ in points))) for side in (min, max))
    low, high = -1, max(2, int(log10(max(s for _, s in points))) + 1)

    def x(number: float) -> float:
        return round(LEFT + (log10(number) - first) / max(last - first, 1) * (WIDTH - LEFT - 90), 1)

    def y(seconds: float) -> float:
        return round(HEIGHT - BOTTOM - (log10(seconds) - low) / (high - low) * (HEIGHT - BOTTOM - TOP), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        ' role="img" aria-label="CPU seconds by developers" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for power in range(first, last + 1):
        at = x(10**power)
        parts.append(f'<path d="M{at} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        parts.append(f'<text x="{at}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{10**power:,}</text>')
    for power in range(low, high + 1):
        at = y(10**power)
        parts.append(f'<path d="M{LEFT} {at}H{WIDTH - 90}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4}" text-anchor="end">{10.0**power:g} s</text>')
    for name, curve in curves.items():
        line = " ".join(f"{x(n)},{y(s)}" for n, s in sorted(curve))
        colour, (end, seconds) = COLOURS[name], max(curve)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(n)}" cy="{y(s)}" r="3" fill="{colour}"/>' for n, s in curve]
        parts.append(f'<text x="{x(end) + 8}" y="{y(seconds) + 4}" fill="{colour}">{name}</text>')
    middle = (LEFT + WIDTH - 90) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">developers</text></svg>')
    return "\n".join(parts) + "\n"
