"""The series of a soak as one small picture (SVG): a panel for each kind, a line for each program."""

from collections.abc import Mapping
from html import escape

from services.cli.bench.soak.growth import KINDS, Series

WIDTH, HEIGHT, LEFT, RIGHT, TOP = 720, 120, 60, 190, 24
COLORS = ("#1b6ca8", "#c2571a", "#2e7d32", "#8e24aa", "#b71c1c", "#00838f", "#6d4c41", "#5f6b76")


def draw(series: Mapping[str, Mapping[str, Series]]) -> str:
    """Return the picture; each panel begins at 0, so that a flat line looks flat."""
    panels = [_panel(kind, each, row * (HEIGHT + TOP)) for row, (kind, each) in enumerate(series.items())]
    tall = len(panels) * (HEIGHT + TOP) + TOP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {tall}" font-family="sans-serif"'
    return "\n".join([f'{head} font-size="10">', '<rect width="100%" height="100%" fill="#fff"/>', *panels, "</svg>\n"])


def _panel(kind: str, series: Mapping[str, Series], y: int) -> str:
    most = max((value for each in series.values() for _, value in each), default=0.0) or 1.0
    last = max((minute for each in series.values() for minute, _ in each), default=0.0) or 1.0
    floor = y + TOP + HEIGHT - TOP
    drawn = [
        f'<text x="{LEFT}" y="{y + 16}" font-weight="bold">{kind}, {KINDS[kind].unit}</text>',
        f'<text x="{LEFT - 6}" y="{y + TOP + 8}" text-anchor="end">{most:,.0f}</text>',
        f'<text x="{LEFT - 6}" y="{floor}" text-anchor="end">0</text>',
        f'<text x="{WIDTH - RIGHT}" y="{floor + 12}" text-anchor="end">{last:.0f} min</text>',
        f'<path d="M{LEFT} {floor}H{WIDTH - RIGHT}" stroke="#999"/>',
    ]
    for place, (name, each) in enumerate(series.items()):
        color = COLORS[place % len(COLORS)]
        points = " ".join(_point(minute / last, value / most, y) for minute, value in each)
        drawn.append(f'<polyline fill="none" stroke="{color}" stroke-width="1.5" points="{points}"/>')
        label = f"{escape(name)} {each[-1][1]:,.0f}"
        drawn.append(f'<text x="{WIDTH - RIGHT + 8}" y="{y + TOP + 8 + place * 11}" fill="{color}">{label}</text>')
    return "\n".join(drawn)


def _point(across: float, up: float, y: int) -> str:
    x = LEFT + across * (WIDTH - RIGHT - LEFT)
    return f"{x:.1f},{y + TOP + (1 - up) * (HEIGHT - TOP):.1f}"
