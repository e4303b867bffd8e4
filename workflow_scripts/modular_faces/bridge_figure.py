"""The bridge report as a figure: where two instruments put the landmarks, and how their angles differ."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from modular_faces.bridge import ALL, Agreement, Instrument
from modular_faces.columns import POSE_COLUMNS
from modular_faces.figures import CATEGORIES, AnyChart

MOST_POINTS = 900
"""Pictures drawn of the angles; of more, every k-th."""

FACE_SIDE, ANGLE_WIDTH, ANGLE_HEIGHT = 420, 360, 96
_ARROW = 3
_CORNERS = 24


def figure_name(a: str, b: str) -> str:
    """Give the name of the files of a pair of instruments, `<a>__<b>`, spaces as underscores."""
    return "__".join(re.sub(r"\W+", "_", name) for name in (a, b))


def bridge_chart(a: Instrument, b: Instrument, rows: Sequence[Agreement]) -> AnyChart:
    """Draw how far two instruments agree over all pictures.

    Left: the mean face of the first; from each landmark a line to the bias, drawn threefold, and there the ellipse of
    the limits of agreement, to scale. Right: difference of each angle against the mean of both, with bias and limits.

    Parameters
    ----------
    a, b : Instrument
    rows : sequence of Agreement
        Of `modular_faces.bridge.compare`.

    Returns
    -------
    Altair chart
    """
    chosen = {
        row.measure: row for row in rows if (row.a, row.b, row.label) == (a.name, b.name, ALL)
    }
    pictures = max((row.n for row in chosen.values()), default=0)
    angles = [
        _angle_panel(_angle_points(a, b, POSE_COLUMNS.index(name)), chosen[name])
        for name in POSE_COLUMNS
        if name in chosen
    ]
    right = alt.vconcat(*angles, spacing=14) if angles else _sentence("no angles from both")
    title = f"{b.name} minus {a.name}, {pictures} pictures with a face from both"
    return alt.hconcat(_face_panel(a, chosen), right, spacing=40).properties(title=title)


def _sentence(text: str) -> AnyChart:
    chart: AnyChart = alt.Chart(pd.DataFrame({"text": [text]})).mark_text().encode(text="text:N")
    return chart


def _face_panel(a: Instrument, chosen: Mapping[str, Agreement]) -> AnyChart:
    mean = mean_face(a.landmarks)
    both = [
        k for k in range(68) if f"x_{k}" in chosen and mean is not None and np.isfinite(mean[k, 0])
    ]
    if mean is None or not both:
        return _sentence("no landmarks from both")
    mean = mean[both]
    across, down = ([chosen[f"{axis}_{k}"] for k in both] for axis in "xy")
    bias = np.array([[x.bias, y.bias] for x, y in zip(across, down, strict=True)])
    reach = 1.96 * np.array([[x.sd, y.sd] for x, y in zip(across, down, strict=True)])
    ends = mean + _ARROW * bias
    low, high = (ends - reach).min(axis=0), (ends + reach).max(axis=0)
    middle, half = (low + high) / 2, float((high - low).max()) / 2 * 1.03
    x = alt.X("x:Q", axis=None, scale=_between(middle[0] - half, middle[0] + half))
    y = alt.Y("y:Q", axis=None, scale=_between(middle[1] + half, middle[1] - half))
    points = pd.DataFrame(
        np.hstack([mean, ends]).round(2), columns=["x", "y", "end_x", "end_y"]
    ).assign(landmark=both)
    base = alt.Chart(points).encode(x=x, y=y, tooltip="landmark:Q")
    ellipses = alt.Chart(_ellipses(ends, reach)).encode(
        x=x, y=y, detail="landmark:N", order="corner:Q"
    )
    limits = ellipses.mark_line(
        filled=True, color=CATEGORIES[1], opacity=0.25, strokeWidth=0, interpolate="linear-closed"
    )
    lines = base.mark_rule(color=CATEGORIES[1], strokeWidth=2).encode(x2="end_x", y2="end_y")
    words = [
        "dot: landmark on the mean face of the first; line: bias, drawn threefold",
        "ellipse at its end: limits of agreement, to scale",
    ]
    chart: AnyChart = alt.layer(limits, lines, base.mark_circle(size=22)).properties(
        title=alt.TitleParams("Landmarks", subtitle=words), width=FACE_SIDE, height=FACE_SIDE
    )
    return chart


def _between(first: float, last: float) -> alt.Scale:
    return alt.Scale(domain=[round(first, 2), round(last, 2)], nice=False, zero=False)


def _ellipses(centres: NDArray[np.float64], radii: NDArray[np.float64]) -> pd.DataFrame:
    turns = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    circle = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    corners = centres[:, None] + radii[:, None] * circle
    frame = pd.DataFrame(corners.reshape(-1, 2).round(2), columns=["x", "y"])
    number = np.arange(len(frame))
    return frame.assign(landmark=number // _CORNERS, corner=number % _CORNERS)


def mean_face(landmarks: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Mean of faces whose outer eye corners lie 100 apart, in hundredths of that distance.

    Parameters
    ----------
    landmarks : (n, 68, 2) ndarray of float64

    Returns
    -------
    (68, 2) ndarray of float64, or None
        NaN for points that are never there; None when no face has all the others.
    """
    there = np.asarray(np.isfinite(landmarks).all(axis=2).any(axis=0))
    some = landmarks[:, there]
    whole = landmarks[np.isfinite(some).all(axis=(1, 2))]
    if not len(whole) or not (there[36] and there[45]):
        return None
    eyes = np.linalg.norm(whole[:, 45] - whole[:, 36], axis=1)[:, None, None]
    centred = whole - whole[:, there].mean(axis=1, keepdims=True)
    mean: NDArray[np.float64] = (100 * centred / eyes).mean(axis=0)
    return mean


def _angle_points(a: Instrument, b: Instrument, column: int) -> pd.DataFrame:
    """Mean and difference of an angle in degrees, for at most `MOST_POINTS` pictures spread over all."""
    where = {name: row for row, name in enumerate(b.image_ids)}
    both = [(k, where[name]) for k, name in enumerate(a.image_ids) if name in where]
    both = both[:: -(-len(both) // MOST_POINTS) or 1]
    first, second = (np.array([pair[k] for pair in both], np.intp) for k in (0, 1))
    difference = (b.angles[second, column] - a.angles[first, column] + 180) % 360 - 180
    mean = a.angles[first, column] + difference / 2
    frame = pd.DataFrame({"mean": mean.round(2), "difference": difference.round(2)})
    return frame.dropna()


def _angle_panel(points: pd.DataFrame, row: Agreement) -> AnyChart:
    name = row.measure.removesuffix("_deg")
    title = (
        f"{name}: bias {row.bias:+.1f} degrees, limits of agreement {row.lower:+.1f} to "
        f"{row.upper:+.1f}"
    )
    x = alt.X("mean:Q", title=f"mean {name} of both (degrees)", scale=alt.Scale(nice=True))
    y = alt.Y("difference:Q", title="difference", scale=alt.Scale(nice=True))
    lines = pd.DataFrame({"difference": [row.bias, row.lower, row.upper], "kind": ["b", "l", "l"]})
    rules = (
        alt.Chart(lines.round(3))
        .mark_rule(color=CATEGORIES[1], strokeWidth=1.5)
        .encode(
            y=y,
            strokeDash=alt.StrokeDash(
                "kind:N", scale=alt.Scale(domain=["b", "l"], range=[[1, 0], [5, 4]]), legend=None
            ),
        )
    )
    dots = alt.Chart(points).mark_circle(size=10, opacity=0.5).encode(x=x, y=y)
    chart: AnyChart = alt.layer(dots, rules).properties(
        title=title, width=ANGLE_WIDTH, height=ANGLE_HEIGHT
    )
    return chart


def summary_chart(table: pd.DataFrame) -> AnyChart:
    """Draw how many pictures each instrument finds and trusts, and how far apart each pair puts landmarks.

    Parameters
    ----------
    table : pandas.DataFrame
        From `modular_faces.bridge_summary.summary_table`.
    """
    overall = table[table["label"] == ALL]
    shares = overall[overall["measure"].isin(["found", "trusted"])].assign(name=lambda t: t["a"])
    apart = overall[overall["measure"] == "nme"].assign(name=lambda t: t["a"] + " and " + t["b"])
    left = _dots(shares, "share of pictures, with its interval", "found and trusted", percent=True)
    if apart.empty:
        return left
    title = "median distance of landmarks"
    right = _dots(apart, "% of the distance of the eye corners", title, percent=False)
    chart: AnyChart = alt.hconcat(left, right, spacing=40).resolve_scale(color="independent")
    return chart


def _dots(table: pd.DataFrame, axis: str, title: str, *, percent: bool) -> AnyChart:
    values = table[["name", "measure", "n", "value", "low", "high"]]
    scale = alt.Scale(domain=[0, 1]) if percent else alt.Scale(zero=True)
    x = alt.X("value:Q", title=axis, scale=scale, axis=alt.Axis(format="%" if percent else ""))
    y = alt.Y("name:N", title=None, sort=list(dict.fromkeys(values["name"])))
    offset = alt.YOffset("measure:N")
    color = alt.Color("measure:N", title=None, legend=alt.Legend() if percent else None)
    base = alt.Chart(values).encode(y=y, yOffset=offset, color=color)
    lines = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=axis, scale=scale), x2="high:Q"
    )
    chart: AnyChart = alt.layer(lines, base.mark_point().encode(x=x)).properties(
        title=title, width=300, height={"step": 18}
    )
    return chart
