"""The bridge report as a figure: where two instruments put the landmarks, and how their angles differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from modular_faces.bridge import ALL, Agreement, Instrument
from modular_faces.columns import POSE_COLUMNS

FACE_WIDTH, ANGLE_WIDTH, HEIGHT = 420, 380, 440
MOST_POINTS = 2000
"""Pictures drawn of the angles; of more, every k-th."""

_MARGIN = 46
_HEAD = 56
_BLUE, _RED, _GREY = "#2b6cb0", "#c53030", "#718096"
_ANGLE_COLORS = dict(zip(POSE_COLUMNS, ("#2b6cb0", "#2f855a", "#b7791f"), strict=True))


def bridge_svg(pairs: Sequence[tuple[Instrument, Instrument]], rows: Sequence[Agreement]) -> str:
    """Draw a line of two panels for each pair of instruments.

    Left: the mean face of the first; from each landmark an arrow of the bias, drawn threefold, and the ellipse of the
    limits of agreement at its end, to scale. Right: difference of the angles against their mean, with bias and limits.

    Parameters
    ----------
    pairs : sequence of (Instrument, Instrument)
    rows : sequence of Agreement
        Of `modular_faces.bridge.compare`.

    Returns
    -------
    str
        SVG.
    """
    width, height = FACE_WIDTH + ANGLE_WIDTH, HEIGHT * max(len(pairs), 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for number, (a, b) in enumerate(pairs):
        chosen = {
            row.measure: row for row in rows if (row.a, row.b, row.label) == (a.name, b.name, ALL)
        }
        title = (
            f"{b.name} minus {a.name}, {max((r.n for r in chosen.values()), default=0)} pictures"
        )
        parts.append(f'<g transform="translate(0 {number * HEIGHT})">')
        parts.append(_text(12, 20, title, size=14))
        parts += _face_panel(a, chosen)
        parts.append(f'<g transform="translate({FACE_WIDTH} 0)">')
        parts += _angle_panel(a, b, chosen)
        parts += ["</g>", "</g>"]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _text(x: float, y: float, text: str, *, size: int = 11, color: str = "#1a202c") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{color}">{escape(text)}</text>'


def _face_panel(a: Instrument, chosen: dict[str, Agreement]) -> Iterator[str]:
    mean = mean_face(a.landmarks)
    if mean is None or "x_0" not in chosen:
        yield _text(12, 60, "no landmarks from both")
        return
    yield _text(
        12, 38, "arrow: bias, threefold; ellipse: limits of agreement, to scale", color=_GREY
    )
    low, high = mean.min(axis=0), mean.max(axis=0)
    scale = min((FACE_WIDTH - 2 * _MARGIN), (HEIGHT - _HEAD - _MARGIN)) / float((high - low).max())
    offset = np.array([FACE_WIDTH / 2, (HEIGHT + _HEAD) / 2]) - scale * (low + high) / 2
    for k, point in enumerate(mean):
        x, y = scale * point + offset
        across, down = chosen[f"x_{k}"], chosen[f"y_{k}"]
        to_x, to_y = x + 3 * scale * across.bias, y + 3 * scale * down.bias
        r_x, r_y = (1.96 * scale * row.sd for row in (across, down))
        yield (
            f'<ellipse cx="{to_x:.1f}" cy="{to_y:.1f}" rx="{r_x:.1f}" ry="{r_y:.1f}" '
            f'fill="{_RED}" fill-opacity="0.08" stroke="{_RED}" stroke-opacity="0.4"/>'
        )
        yield (
            f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{_RED}"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{_BLUE}"/>'
        )


def mean_face(landmarks: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Mean of faces whose outer eye corners lie 100 apart, in hundredths of that distance.

    Parameters
    ----------
    landmarks : (n, 68, 2) ndarray of float64

    Returns
    -------
    (68, 2) ndarray of float64, or None
        None when no face is complete.
    """
    whole = landmarks[np.isfinite(landmarks).all(axis=(1, 2))]
    if not len(whole):
        return None
    eyes = np.linalg.norm(whole[:, 45] - whole[:, 36], axis=1)[:, None, None]
    centred = whole - whole.mean(axis=1, keepdims=True)
    mean: NDArray[np.float64] = (100 * centred / eyes).mean(axis=0)
    return mean


def _angle_panel(a: Instrument, b: Instrument, chosen: dict[str, Agreement]) -> Iterator[str]:
    rows = [chosen[name] for name in POSE_COLUMNS if name in chosen]
    if not rows:
        yield _text(12, 60, "no angles from both")
        return
    where = {name: row for row, name in enumerate(b.image_ids)}
    both = [(k, where[name]) for k, name in enumerate(a.image_ids) if name in where]
    both = both[:: -(-len(both) // MOST_POINTS)]
    first, second = (np.array([pair[k] for pair in both], np.intp) for k in (0, 1))
    difference = (b.angles[second] - a.angles[first] + 180) % 360 - 180
    mean = a.angles[first] + difference / 2
    yield _text(
        12, 38, "angle: difference against mean, degrees; lines: bias and limits", color=_GREY
    )
    across = max(5.0, float(np.nanmax(np.abs(mean))))
    reach = max(
        5.0,
        float(np.nanmax(np.abs(difference))),
        *(abs(v) for r in rows for v in (r.lower, r.upper)),
    )

    def place(x: float, y: float) -> tuple[float, float]:
        inner_width, inner_height = ANGLE_WIDTH - 2 * _MARGIN, HEIGHT - _HEAD - 2 * _MARGIN
        return (
            _MARGIN + inner_width * (x + across) / (2 * across),
            _HEAD + inner_height * (reach - y) / (2 * reach),
        )

    for value in (-reach, 0.0, reach):
        x, y = place(-across, value)
        end, _ = place(across, value)
        yield f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{end:.1f}" y2="{y:.1f}" stroke="#e2e8f0"/>'
        yield _text(8, y + 4, f"{value:+.0f}", color=_GREY)
    for value in (-across, 0.0, across):
        x, y = place(value, -reach)
        yield _text(x - 10, y + 16, f"{value:+.0f}", color=_GREY)
    for number, row in enumerate(rows):
        color = _ANGLE_COLORS[row.measure]
        column = POSE_COLUMNS.index(row.measure)
        for x_value, y_value in zip(mean[:, column], difference[:, column], strict=True):
            if np.isfinite(y_value):
                x, y = place(float(x_value), float(y_value))
                yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.6" fill="{color}" fill-opacity="0.45"/>'
        for value, dash in ((row.bias, ""), (row.lower, "4 3"), (row.upper, "4 3")):
            x, y = place(-across, value)
            end, _ = place(across, value)
            yield (
                f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{end:.1f}" y2="{y:.1f}" stroke="{color}" '
                f'stroke-dasharray="{dash}"/>'
            )
        words = f"{row.measure.removesuffix('_deg')}: bias {row.bias:+.1f}, limits {row.lower:+.1f} to {row.upper:+.1f}"
        yield _text(_MARGIN, HEIGHT - 42 + 14 * number, words, color=color)
