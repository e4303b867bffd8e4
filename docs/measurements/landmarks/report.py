r"""Tables and figures of docs/landmarks.md from the readings of `collect.py`.

    python docs/measurements/landmarks/report.py --readings build/readings_*.npz \
        --renders build/renders --figures docs/images

All figures are those of the people of the group `test`, but for the quality of renders and of pictures without a
face, which are those of `fresh`. A face is found when the cascade accepted a mesh
and its `landmark_quality` reaches `--trust`. NME is the mean error of the 68 points in percent: of
the distance of the outer eye corners (ION) and of the size of their box, median and 90th percentile of
the faces found; error curves count lost faces as lost. For renders `own` is the error against the
renders' own definition of the points (a map learnt on other renders). The angles' constant nod is
that of the people of the group `calibrate`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib as mpl
import numpy as np
from fit_quality import probabilities
from numpy.typing import NDArray
from pose_report import constant_nod, pose_cells, pose_summary
from readings import Readings, load
from scipy.stats import beta

from modular_faces.face_model import FaceModel
from modular_faces.landmark_error import cumulative_errors
from modular_faces.landmark_quality import quality_coefficients

mpl.use("agg")
import matplotlib.pyplot as plt

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]

LIMITS = np.linspace(0, 0.15, 151)


def upper_bound(count: int, total: int) -> float:
    """Upper end of the two-sided 95 % interval of a share (Clopper & Pearson 1934)."""
    return float(beta.ppf(0.975, count + 1, total - count)) if count < total else 1.0


def percent(values: Array) -> str:
    """Median and 90th percentile in percent."""
    known = values[np.isfinite(values)]
    return "{:.2f}, {:.2f}".format(*np.percentile(100 * known, [50, 90])) if known.size else ""


def level_table(readings: Readings, found: Bools, source: str, pose: Array) -> list[str]:
    """Rows for every kind and level of stress of one source."""
    kind, level = readings.text("kind"), readings.numbers("level")
    known = readings.columns["pose"]
    here = (readings.text("group") == "test") & (readings.text("source") == source)
    render = source == "render"
    head = "| stress | level | n | found % | ION | box | found and > 8 % |"
    head += " own | bias, MAE yaw | pitch | roll | geodesic |" if render else ""
    lines = [head, "|" + "---|" * (head.count("|") - 1)]
    for name in dict.fromkeys(kind[here].tolist()):
        for value in sorted(set(level[here & (kind == name)].tolist())):
            rows = here & (kind == name) & (level == value)
            good = rows & found
            cells = [
                name,
                f"{value:g}",
                str(rows.sum()),
                f"{100 * good.sum() / rows.sum():.1f}",
                percent(readings.ion[good]),
                percent(readings.box[good]),
                f"{100 * (good & ~readings.right).sum() / rows.sum():.1f}",
            ]
            if render:
                cells.append(percent(readings.own[good]))
                cells += pose_cells(pose[good], known[good]) if good.any() else [""] * 4
            lines.append("| " + " | ".join(cells) + " |")
    return lines


def non_face_table(readings: Readings, found: Bools, group: str) -> list[str]:
    """Non-faces that were accepted by presence, and that are trusted by quality."""
    kind = readings.text("kind")
    here = (readings.text("group") == group) & (readings.text("source") == "none")
    lines = [
        "| patches | n | presence >= .5 | upper 95 % bound | trusted | upper 95 % bound |",
        "|---|---|---|---|---|---|",
    ]
    for name in [*dict.fromkeys(kind[here].tolist()), "all"]:
        rows = here & ((kind == name) | (name == "all"))
        total = int(rows.sum())
        cells = [name, str(total)]
        for which in (readings.accepted, found):
            count = int((rows & which).sum())
            cells += [
                f"{count} ({100 * count / total:.2f} %)",
                f"{100 * upper_bound(count, total):.2f} %",
            ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def tail_table(readings: Readings) -> list[str]:
    """90th percentile of the error on crops with its 95 % interval, people drawn with replacement."""
    kind, group = readings.text("kind"), readings.text("group")
    rng = np.random.default_rng(0)
    lines = ["| pictures | people | n | 90th percentile |", "|---|---|---|---|"]
    for name in ("raf100", "xtight100"):
        for people in ("calibrate", "test"):
            errors = 100 * readings.ion[(kind == name) & (group == people) & readings.accepted]
            drawn = rng.choice(errors, (2000, len(errors)))
            low, high = np.percentile(np.percentile(drawn, 90, axis=1), [2.5, 97.5])
            tail = f"{np.percentile(errors, 90):.2f} ({low:.2f} to {high:.2f})"
            lines.append(f"| {name} | {people} | {len(errors)} | {tail} |")
    return lines


def stage_table(readings: Readings) -> list[str]:
    """Which attempt of the cascade gave the first mesh with a presence of .5, by source."""
    stage, source = readings.numbers("stage"), readings.text("source")
    test = readings.text("group") == "test"
    lines = ["| pictures | n | none | 1st | 2nd | 3rd | 4th |", "|---|---|---|---|---|---|---|"]
    for name in dict.fromkeys(source[test].tolist()):
        rows = test & (source == name)
        counts = [str(int((stage[rows] == k).sum())) for k in range(5)]
        lines.append(f"| {name} | {rows.sum()} | {' | '.join(counts)} |")
    return lines


def curves(readings: Readings, found: Bools, path: Path) -> None:
    """Cumulative error curves by set, lost faces counted as lost."""
    kind, source = readings.text("kind"), readings.text("source")
    test = readings.text("group") == "test"
    sets = {
        "raf100": (kind == "raf100", "k-"),
        "xtight100": (kind == "xtight100", "k--"),
        "raf100, 48 px and back": (kind == "raf100 48 px and back", "k:"),
        "OMI, blur sigma 3": ((kind == "blur sigma") & (readings.numbers("level") == 3), "C0-"),
        "OMI, rolled 60": ((kind == "roll") & (np.abs(readings.numbers("level")) == 60), "C1-"),
        "OMI, 24 pixels": ((kind == "pixels") & (readings.numbers("level") == 24), "C2-"),
        "OMI, left half covered": (
            (kind == "left covered") & (readings.numbers("level") == 0.5),
            "C3-",
        ),
    }
    figure, axis = plt.subplots(figsize=(6, 4))
    for name, (rows, style) in sets.items():
        chosen = rows & test & (source == "omi")
        if chosen.any():
            errors = np.where(found, readings.error, np.nan)[chosen]
            axis.plot(
                100 * LIMITS, 100 * cumulative_errors(errors, LIMITS), style, label=name, lw=1.3
            )
    axis.axvline(8, color="0.7", lw=0.8)
    axis.text(8.1, 2, "wrong beyond 8 %", fontsize=7, color="0.4")
    axis.set(xlabel="error of 68 points, % (ION; box beyond 30° of yaw)", ylabel="pictures, %")
    axis.set(xlim=(0, 15), ylim=(0, 101))
    axis.legend(fontsize=7, loc="upper left", bbox_to_anchor=(0.62, 0.8))
    _save(figure, path)


def stress_figure(readings: Readings, found: Bools, path: Path) -> None:
    """Found and right by kind and level, both sources."""
    kind, level, source = readings.text("kind"), readings.numbers("level"), readings.text("source")
    test = readings.text("group") == "test"
    faces = test & (source != "none")
    single = {"none", "grey", "random"} | {k for k in set(kind.tolist()) if "100" in k}
    kinds = [k for k in dict.fromkeys(kind[faces].tolist()) if k not in single]
    columns = 5
    height = -(-len(kinds) // columns)
    figure, axes = plt.subplots(
        height, columns, figsize=(2.3 * columns, 2.0 * height), sharey=True, squeeze=False
    )
    for axis, name in zip(axes.ravel(), kinds, strict=False):
        for where, colour in (("omi", "C0"), ("render", "C1")):
            rows = faces & (kind == name) & (source == where)
            if not rows.any():
                continue
            levels = sorted(set(level[rows].tolist()))
            for style, what in (("-", found), (":", found & readings.right)):
                shares = [100 * what[rows & (level == v)].mean() for v in levels]
                axis.plot(levels, shares, colour + style, marker=".", ms=4, lw=1.2)
        axis.set_title(name, fontsize=8)
        axis.tick_params(labelsize=7)
        axis.set_ylim(0, 103)
    for axis in axes[:, 0]:
        axis.set_ylabel("pictures, %", fontsize=8)
    for axis in axes.ravel()[len(kinds) :]:
        axis.axis("off")
    last = axes.ravel()[-1] if len(kinds) < axes.size else None
    if last is not None:
        for label, style in (
            ("OMI: found", "C0-"),
            ("OMI: found and right", "C0:"),
            ("renders: found", "C1-"),
            ("renders: found and right", "C1:"),
        ):
            last.plot([], [], style, label=label)
        last.legend(fontsize=7, loc="center")
    _save(figure, path)


def quality_figure(readings: Readings, quality: Array, path: Path) -> None:
    """Reliability diagram by domain, and risk against coverage."""
    source, kind = readings.text("source"), readings.text("kind")
    group = readings.text("group")
    judged = readings.accepted & ~readings.doubtful
    test, fresh = (group == "test") & judged, (group == "fresh") & judged & (source != "omi")
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6))
    edges = np.linspace(0, 1, 11)
    cropped = np.char.find(kind, "100") >= 0
    domains = {
        "OMI crops, test people": test & (source == "omi") & cropped,
        "OMI under stress, test people": test & (source == "omi") & ~cropped,
        "renders, fresh people": fresh & (source == "render"),
        "the same and non-faces": fresh,
    }
    for name, chosen in domains.items():
        place = np.minimum((quality[chosen] * 10).astype(int), 9)
        share = [
            readings.right[chosen][place == b].mean() if (place == b).sum() >= 8 else np.nan
            for b in range(10)
        ]
        left.plot((edges[:-1] + edges[1:]) / 2, share, marker="o", ms=3, lw=1, label=name)
        order = np.argsort(-quality[chosen], kind="stable")
        wrong = np.cumsum(~readings.right[chosen][order]) / np.arange(1, chosen.sum() + 1)
        right.plot(
            100 * np.arange(1, chosen.sum() + 1) / chosen.sum(), 100 * wrong, lw=1.2, label=name
        )
    left.plot([0, 1], [0, 1], color="0.7", lw=0.8)
    left.set(xlabel="landmark_quality", ylabel="share right", title="reliability (8 or more a bin)")
    right.set(
        xlabel="kept, surest first, %", ylabel="wrong among them, %", title="risk and coverage"
    )
    left.legend(fontsize=7)
    _save(figure, path)


def _save(figure: plt.Figure, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main() -> None:
    """Print the tables and draw the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--readings", type=Path, nargs="+", required=True)
    parser.add_argument("--data", type=Path, help="OMI and OpenFace")
    parser.add_argument("--renders", type=Path)
    parser.add_argument("--figures", type=Path, help="folder for the figures")
    parser.add_argument("--trust", type=float, default=0.5)
    options = parser.parse_args()
    readings = load(FaceModel.load(None), options.readings, options.renders, options.data)
    *_, quality = probabilities(readings, quality_coefficients())
    found = readings.accepted & (quality >= options.trust)
    nod = constant_nod(readings)
    pose = readings.pose - np.array([0.0, nod, 0.0])
    print(f"constant nod: {nod:.2f} degrees\n")
    for source in ("omi", "render"):
        if (readings.text("source") == source).any():
            print(
                f"### {source}\n\n" + "\n".join(level_table(readings, found, source, pose)) + "\n"
            )
    for group in ("test", "fresh"):
        print("\n".join(pose_summary(readings, found, pose, group)) + "\n")
    print("\n".join(stage_table(readings)) + "\n")
    if (readings.text("source") == "omi").any():
        print("\n".join(tail_table(readings)) + "\n")
    for group in ("test", "fresh"):
        if ((readings.text("source") == "none") & (readings.text("group") == group)).any():
            print(f"{group}\n" + "\n".join(non_face_table(readings, found, group)) + "\n")
    if options.figures:
        options.figures.mkdir(parents=True, exist_ok=True)
        curves(readings, found, options.figures / "landmark_errors.png")
        stress_figure(readings, found, options.figures / "landmark_stress.png")
        quality_figure(readings, quality, options.figures / "landmark_quality.png")


if __name__ == "__main__":
    main()
