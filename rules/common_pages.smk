"""What the failure study and the pages share: paths, figures, what each page is made from."""

from modular_faces.stage_options import failure_options, options_digest


def of_failures(name):
    """Path of a file of the failure study."""
    return f"{RESULTS}/failures/{name}"


def figures_of(folder, study, title):
    """Folder of a study's figures, which enter the report of Snakemake but for private ones."""
    return report(
        directory(f"{RESULTS}/{folder}/figures/{study}"),
        patterns=["{figure,(?!private_)[A-Za-z0-9_]+}.svg"],
        caption="captions/study.rst",
        category=folder.capitalize(),
        subcategory=title,
        labels=labels_of_figure,
    )


def labels_of_figure(wildcards):
    """What the report of Snakemake calls a figure: its name without the level, and the level."""
    words = wildcards.figure.split("_")
    level = next((word for word in words if word in ("found", "trusted")), "both")
    name = " ".join(word for word in words if word != level)
    return {"figure": name, "level": level}


def reports_of(folder):
    """What every rule of a folder of studies says for the page, in the order of the rules."""
    return [
        one.output.report
        for one in workflow.rules
        if one.name.startswith(f"{folder}_") and "report" in one.output.keys()
        if not (CONFIG.share and one.name.endswith("_gallery"))
    ]


def output_of(rule_name, output):
    """An output of a rule above, as a list; empty where the rules make no such thing."""
    return [
        getattr(one.output, output)
        for one in workflow.rules
        if one.name == rule_name and output in one.output.keys()
    ]


def gallery_of_page():
    """Pictures for the page, but never for one that may be shared."""
    return [] if CONFIG.share else output_of("failures_gallery", "pictures")


def pictures_of_modular_page():
    """Pictures for the page of the models, but never for one that may be shared."""
    return [] if CONFIG.share else [rules.modular_gallery.output.pictures]


def notebooks_of_run():
    """Notebooks to run; one that shows pictures is left out where the results are shared."""
    return ["weights"] if CONFIG.share else ["face_masking", "weights"]


def options_of_failures(study):
    """What of the config changes the result of a study of the failures."""
    return failure_options(CONFIG, study)


def given_table(path):
    """A table of the user's own, where there is one, as input."""
    return [path] if path else []


def digest_of_config():
    """Digest of everything in the config that changes a result, wherever the dataset lies."""
    given = {"groups_table", "truth_table"}
    failures = CONFIG.failures.model_dump(exclude=given)
    table = metadata_of_table()["config_sha256"]
    return options_digest({"table": table, "failures": failures})
