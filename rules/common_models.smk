"""What the models of modules share: paths and what they are made from."""

from modular_faces.stage_options import model_options, rescued_options


def frame_of_aligned():
    """Where the eyes lie in the frame of aligned faces."""
    aligned = CONFIG.modular.aligned
    return {
        "side": aligned.side,
        "eye_distance": aligned.eye_distance,
        "eye_height": aligned.eye_height,
    }


def of_modular(name):
    """Path of a file of the models of modules."""
    return f"{RESULTS}/modular/{name}"


def of_modular_part(name):
    """Path of a file of the models of one kind of target in one region."""
    return of_modular(f"parts/{{kind}}_{{region}}/{name}")


def of_modular_parts(name):
    """Paths of that file for every kind of target and region."""
    return expand(
        of_modular_part(name),
        kind=("emotions", "ratings"),
        region=CONFIG.modular.models.regions,
    )


def of_rungs(name):
    """Path of a file of the comparison of OpenFace's landmarks with the mesh's."""
    return of_modular(f"parts/rungs_{{kind}}/{name}")


def of_all_rungs(name):
    """Paths of that file, where there are outputs of OpenFace to compare with."""
    parts = [part for part in [CONFIG.rung_part()] if part]
    return [
        of_rungs(name).format(kind=kind)
        for _ in parts
        for kind in ("emotions", "ratings")
    ]


def tables_of_models():
    """What the models are made from, beside the table of features."""
    options = options_of_models()
    given = (options["people"], options["reliability"], options["judgments"])
    return [*openface_output(), *filter(None, given)]


def openface_output():
    """OpenFace's own numbers of all pictures, where there are such."""
    return [rules.merge.output.openface] if "openface" in landmark_files() else []


def layout_of_dataset():
    """Whose published results stand beside ours: the layout, or the name where the layout is found by itself."""
    dataset = CONFIG.dataset
    return dataset.name if dataset.layout == "auto" else dataset.layout


def options_of_models():
    """What of the config changes the models."""
    return model_options(CONFIG)


def options_of_rescued():
    """What of the config changes the comparison of rescued pictures."""
    return rescued_options(CONFIG)


MODULAR_FIGURES = {
    "scores": "Scores",
    "reliability": "Reliability",
    "coverage": "Lost pictures",
    "comparisons": "Comparisons",
    "regions": "Whole picture or face",
    "rungs": "OpenFace or mesh",
    "modules": "Modules and Shapley values",
    "mistakes": "Confusion and calibration",
    "specificity": "Specificity",
    "weights": "Weights and forward patterns",
}
"""Folders of figures of the page, with what they are called in a report."""


def figures_of_models(section, title):
    """Folder of figures of the models, which enter the report of Snakemake but for private ones."""
    return report(
        directory(of_modular(f"figures/{section}")),
        patterns=["{figure,(?!private_)[A-Za-z0-9_]+}.svg"],
        caption="captions/models.rst",
        category="Models of modules",
        subcategory=title,
        labels={"figure": "{figure}"},
    )


def figures_of_modular_page():
    """Every folder of figures that the page of the models fills."""
    return [
        figures_of_models(section, title) for section, title in MODULAR_FIGURES.items()
    ]
