"""modular-faces: one table from a folder of faces. Data flows in the order of the includes."""

from snakemake.utils import min_version

min_version("9.14")


if "dataset" not in config:

    configfile: "config/config.yaml"


include: "rules/common.smk"
include: "rules/common_study.smk"
include: "rules/common_pages.smk"
include: "rules/common_models.smk"
include: "rules/common_run.smk"
include: "rules/preprocess.smk"
include: "rules/precomputed.smk"
include: "rules/landmarks.smk"
include: "rules/color.smk"
include: "rules/texture.smk"
include: "rules/pose.smk"
include: "rules/expression.smk"
include: "rules/aligned.smk"
include: "rules/merge.smk"
include: "rules/study.smk"
include: "rules/backends_page.smk"
include: "rules/descriptors.smk"
include: "rules/causes.smk"
include: "rules/failures.smk"
include: "rules/failures_page.smk"
include: "rules/modular.smk"
include: "rules/modular_page.smk"
include: "rules/report.smk"
include: "rules/notebooks.smk"
include: "rules/account.smk"


rule all:
    default_target: True
    input:
        final_files,
        rules.efficiency.output,
        rules.datapackage.output,
