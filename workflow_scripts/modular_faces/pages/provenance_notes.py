"""What a page says about what made it: nothing that differs between two runs of the same thing."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from modular_faces import __version__

CHART_LIBRARIES = (
    "Vega, Vega-Lite and Vega-Embed, copyright University of Washington Interactive Data Lab and "
    "contributors, BSD-3-Clause"
)


def provenance_notes(
    *, dataset: str, pictures: int, config_digest: str, libraries: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Give dataset, versions and the digest of the config.

    Parameters
    ----------
    dataset : str
    pictures : int
    config_digest : str
        Of everything in the config that changes a result.
    libraries : mapping of str to str
        Versions of the libraries that numbers depend on.
    """
    versions = ", ".join(f"{name} {version}" for name, version in libraries.items())
    return [
        ("Dataset", dataset),
        ("Pictures", f"{pictures:,}"),
        ("modular-faces", __version__),
        ("Config", config_digest),
        ("Charts", f"Altair {alt.__version__}, Vega-Lite {alt.SCHEMA_VERSION.removeprefix('v')}"),
        ("Libraries", versions),
        ("Drawn by", CHART_LIBRARIES),
    ]
