"""What the study of mean pictures found, in words."""

from __future__ import annotations

import pandas as pd

from modular_faces.failures.counting import counted
from modular_faces.failures.map_comparison import FREE, LEVEL
from modular_faces.failures.picture_frame import Frame, place_in_words
from modular_faces.failures.report_parts import p_in_words, share_in_words
from modular_faces.failures.report_words import effect_in_words, listed, tested

_UNUSUAL = {
    "above_1_sd": "unusually bright (1 SD)",
    "above_2_sd": "unusually bright (2 SD)",
    "below_1_sd": "unusually dark (1 SD)",
    "below_2_sd": "unusually dark (2 SD)",
}

CAPTIONS: dict[str, tuple[str, str, str]] = {
    "pictures": (
        "Mean failure and mean success",
        "Left and middle: the average picture of each group. Right: how much brighter (red) or darker "
        "(blue) failures are at each pixel. A sharp average means that faces lie at the same place.",
        "Mean picture of the failures, of the successes, and a map of their difference in grey.",
    ),
    "differences": (
        "Where failures are brighter or darker",
        "Red: failures are brighter there, blue: darker. Further rows show only places that differ beyond "
        "chance (5 % for the four maps together; studentised permutation test of the largest "
        "difference), among all pictures, and within strata: among pictures of the same label, grey and colour "
        "apart. A row in which nothing is beyond chance is left out.",
        "Maps of the difference between failures and successes in red, green, blue and grey.",
    ),
    "unusual": (
        "Pixels that are unusually bright or dark",
        "Unusual: further than 1 or 2 standard deviations from what this pixel is in one half of the successes. "
        "Shown is how much more often (red) or less often (blue) that happens in failures than in the other half "
        "of the successes; a second row shows only where that is beyond chance, if it is anywhere.",
        "Maps: how much more often pixels of failures are unusually bright or dark.",
    ),
    "unusual_shares": (
        "How much of a picture is unusual",
        "For each picture the share of its pixels that are unusually bright or dark, grey. Dots are medians, bars "
        "hold the middle half of the pictures. If brightness were normally distributed, about 16 % of the pixels "
        "of a success would lie beyond 1 SD on either side, and 2 % beyond 2 SD.",
        "Medians and quartiles of the share of unusual pixels, failures against successes.",
    ),
    "spread": (
        "Where failures vary more or less than successes",
        "Standard deviation of each pixel over failures divided by that over successes, as a power of two: 1 is "
        "twice as variable, -1 half. Beside it, if there are any, the places where the distance from the group's "
        "own mean picture differs beyond chance.",
        "Map of how variable each pixel is in failures compared with successes.",
    ),
    "own_pixels": (
        "Bright and dark parts of each mean picture",
        "The simple reading: where a mean picture departs from its own average brightness by more than 1 (pale) "
        "or 2 (strong) standard deviations of its own pixels. It shows the layout of the picture, not a difference "
        "between groups: compare left with right.",
        "Parts of the mean failure and of the mean success beyond 1 and 2 SD of their own pixels.",
    ),
}
"""Title, caption and text for who cannot see it, of each figure."""


def findings_of(table: pd.DataFrame, frame: Frame, *, level: str) -> list[str]:
    """Say in sentences how failures differ from successes.

    Parameters
    ----------
    table : pandas.DataFrame
        From `comparison_table`, one level.
    frame : Frame
    level : str

    Returns
    -------
    list of str
    """
    sentences = []
    for compared, rows in table.groupby("compared", sort=False):
        who = "" if compared == FREE else f", compared {compared}"
        counts = rows.iloc[0]
        lead = (
            f"Level {level}{who} ({counted(int(counts['n_failures']), 'failure')}, "
            f"{counted(int(counts['n_successes']), 'success', 'successes')}): "
        )
        parts = [
            _brightness(rows),
            _places(rows, frame),
            _unusual(rows, frame),
            _spread(rows, frame),
        ]
        sentences.append(lead + " ".join(parts))
    return sentences


def _row(rows: pd.DataFrame, name: str, channel: str) -> pd.Series:
    return rows[(rows["map"] == name) & (rows["channel"] == channel)].iloc[0]


def _brightness(rows: pd.DataFrame) -> str:
    grey = _row(rows, "whole", "grey")
    numbers = (
        f"{grey['low']:+.1f} to {grey['high']:+.1f} by itself; {effect_in_words(grey['effect'])}; {tested(grey)} "
        "for the four channels"
    )
    how = "darker" if grey["difference"] < 0 else "brighter"
    text = (
        f"failures are {abs(grey['difference']):.1f} grey levels {how} on the whole ({numbers})"
        if grey["p_holm"] <= LEVEL
        else f"no difference in brightness on the whole found ({grey['difference']:+.1f} grey levels, {numbers})"
    )
    colours = rows[(rows["map"] == "whole") & (rows["channel"] != "grey")]
    most = colours.loc[colours["effect"].abs().idxmax()]
    if most["p_holm"] <= LEVEL:
        how = "darker" if most["difference"] < 0 else "brighter"
        text += (
            f"; in {most['channel']}, where they differ most, they are {abs(most['difference']):.1f} levels {how} "
            f"({effect_in_words(most['effect'])}, {tested(most)})"
        )
    return text + "."


def _places(rows: pd.DataFrame, frame: Frame) -> str:
    grey = _row(rows, "mean", "grey")
    if grey["p_holm"] > LEVEL:
        return f"No difference at any place of the grey picture found ({tested(grey)})."
    how = "darker" if grey["difference"] < 0 else "brighter"
    return (
        f"They differ most {place_in_words(grey['y'], grey['x'], frame)}, where they are "
        f"{abs(grey['difference']):.0f} grey levels {how} ({effect_in_words(grey['effect'])}, {tested(grey)}); "
        f"{share_in_words(grey['share_lower'])} of the picture is darker and "
        f"{share_in_words(grey['share_higher'])} brighter beyond chance."
    )


def _unusual(rows: pd.DataFrame, frame: Frame) -> str:
    said = []
    least = min(float(_row(rows, name, "grey")["p_holm"]) for name in _UNUSUAL)
    for name, words in _UNUSUAL.items():
        row = _row(rows, name, "grey")
        if row["p_holm"] <= LEVEL:
            how = "more" if row["difference"] > 0 else "less"
            said.append(
                f"{words} {how} often {place_in_words(row['y'], row['x'], frame)} "
                f"({100 * row['difference']:+.0f} points, {tested(row)})"
            )
    if not said:
        return (
            f"No difference in how often pixels are unusual found (corrected {p_in_words(least)})."
        )
    return f"Pixels are {listed(said)}."


def _spread(rows: pd.DataFrame, frame: Frame) -> str:
    row = _row(rows, "spread", "grey")
    if row["p_holm"] > LEVEL:
        return f"No difference in how much they vary from picture to picture found ({tested(row)})."
    how = "more" if row["difference"] > 0 else "less"
    return (
        f"They vary {how} from picture to picture {place_in_words(row['y'], row['x'], frame)} "
        f"({row['difference']:+.1f} grey levels of mean distance, {tested(row)})."
    )
