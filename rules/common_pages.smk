"""What the failure study and the pages share: paths, figures, what each page is made from."""

from modular_faces.stage_options import failure_options, options_digest, page_options


def of_failures(name):
    """Path of a file of the failure study."""
    return f"{RESULTS}/failures/{name}"


def of_interventions(part):
    """Path of what one of the jobs that change pictures found."""
    return of_failures(f"interventions/{part}.parquet")


def parts_of_interventions():
    """How many jobs change pictures: one for every 500 that are drawn at most, of two kinds at two levels."""
    most = min(4 * CONFIG.failures.sample, PLAN.count)
    return max(1, -(-most // 500))


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


def of_backends(name):
    """Path of a file of the page of the backends."""
    return f"{RESULTS}/backends/{name}"


def pictures_of_backends_page():
    """Pictures for the page of the backends, but never for one that may be shared."""
    return [] if CONFIG.share else [rules.backends_gallery.output.pictures]


def notebooks_of_run():
    """Notebooks to run; those that show pictures are left out where the results are shared."""
    return ["weights"] if CONFIG.share else ["backends", "face_masking", "weights"]


def inputs_of_notebook(wildcards):
    """What a notebook reads: the study, or the table and the models."""
    packs = of_all_shards("pictures.arrow")
    if wildcards.notebook == "backends":
        return {
            "study": rules.gather_study.output.table,
            "manifest": rules.manifest.output.table,
            "bridge": list(rules.bridge.output),
            "packs": packs,
        }
    return {
        "features": rules.merge.output.features,
        "mesh": rules.merge.output.mesh,
        "scores": rules.gather_models.output.scores,
        "weights": rules.gather_models.output.weights,
        "packs": packs,
    }


def options_of_failures(study):
    """What of the config changes the result of a study of the failures."""
    return failure_options(CONFIG, study)


def given_table(path):
    """A table of the user's own, where there is one, as input."""
    return [path] if path else []


def digest_of_config():
    """Digest of everything in the config that changes a result, wherever the dataset lies."""
    table = metadata_of_table()["config_sha256"]
    return options_digest({"table": table, "pages": page_options(CONFIG)})


def provenance_of_page():
    """What a page says about what made it."""
    return {
        "dataset": CONFIG.dataset.name,
        "pictures": PLAN.count,
        "config_digest": digest_of_config(),
        "libraries": library_versions(),
    }
