"""What a run may cost before it starts, where backend rekognition is asked."""

from __future__ import annotations

from modular_faces.backends.rekognition_client import estimate
from modular_faces.backends.rekognition_store import count_kept
from modular_faces.config import Config


def cost_of_run(config: Config, *, pictures: int) -> str | None:
    """Say how often Rekognition is asked at most, and what that costs; None where it is not asked.

    Parameters
    ----------
    config : Config
    pictures : int
        Of the dataset.

    Notes
    -----
    The cascade may ask once for every variant it names, the study once for every variant; what both look at is
    asked for once. The failure study
    never sends it changed pictures.
    """
    variants = {variant for backend, variant in config.study_runs() if backend == "rekognition"}
    if config.landmarks.backend == "rekognition":
        variants |= {one.variant for one in config.landmarks.cascade if one.box != "frame"}
    if not variants:
        return None
    options = config.rekognition.model_dump()
    return estimate(pictures * len(variants), count_kept(config.rekognition.cache), options)
