"""An edited library module runs exactly the stages again that use it, and what follows from them.

Stale tables are the worst fault a workflow can have. The table below is written by hand from what each
module is for; it is not derived from the imports.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from clones import REPOSITORY, RESULTS, TINY_CONFIG, Clone, plans_after
from modular_faces.provenance import source_files, with_coefficients

SCRIPTS = REPOSITORY / "workflow_scripts"
STAGES = tuple(sorted(path.stem for path in SCRIPTS.glob("*.py")))

MEASURE = {"color", "texture", "aligned"}
DESCRIBE = MEASURE | {"descriptors"}
OPEN_MODEL = {"pose", "expression", "aligned"}
FIND = {"landmarks", "study", "interventions"}
OF_PIXELS = {"failures_means", "failures_edges", "failures_shap_pixels"}
RATES = {"failures_rates", "failures_entropy", "failures_groups"}
CAUSES = {"interventions_plan", "failures_interventions", "failures_verdict"}
READ_DESCRIPTORS = RATES | CAUSES | {"failures_shap"}
DRAWN = RATES | OF_PIXELS | {"failures_interventions", "failures_shap"}
READ_PACKS = DESCRIBE | FIND
READ_OUTPUTS = FIND | {"precomputed"}
GALLERY = {"failures_gallery"}
PAGES = GALLERY | {"failures_page"}
MODELS = {"fit_models", "model_rungs"}
READ_MESH = FIND | MODELS | OPEN_MODEL

USED_BY: dict[str, set[str]] = {
    "backends": FIND,
    "backends/__init__.py": READ_OUTPUTS | CAUSES,
    "backends/openface_output.py": READ_OUTPUTS,
    "backends/rekognition_response.py": READ_OUTPUTS,
    "layouts": {"manifest"},
    "layouts/label_files.py": {"manifest", "failures_groups"} | MODELS,
    "layouts/ratings.py": {"manifest", "failures_groups"} | MODELS,
    "layouts/matched_rows.py": {"failures_groups"} | MODELS,
    "layouts/sheet.py": {"manifest", "failures_groups"} | MODELS,
    "__init__.py": set(),
    "cli.py": set(),
    "bridge_runs.py": set(),
    "compare.py": set(),
    "config.py": set(),
    "csv_frames.py": {"backends_gallery", "backends_page", "failures_verdict", "modular_page"},
    "csv_cells.py": DRAWN
    | PAGES
    | {
        "backends_gallery",
        "backends_page",
        "bridge",
        "failures_verdict",
        "gather_aligned",
        "gather_models",
        "gather_study",
        "manifest",
        "merge",
        "modular_page",
        "modular_rescued",
    },
    "config_causes.py": CAUSES,
    "config_backends.py": set(),
    "rekognition_cost.py": set(),
    "config_dataset.py": set(),
    "config_failures.py": set(),
    "config_features.py": set(),
    "config_values.py": CAUSES,
    "config_loading.py": set(),
    "config_reference.py": set(),
    "contact_sheet.py": set(),
    "extraction.py": set(),
    "figures.py": DRAWN
    | {
        "backends_gallery",
        "backends_page",
        "bridge",
        "failures_page",
        "modular_page",
        "modular_rescued",
    },
    "inline_pictures.py": OF_PIXELS | {"backends_gallery", "failures_gallery", "modular_gallery"},
    "heads.py": set(),
    "openface_check.py": set(),
    "overlay.py": set(),
    "plan.py": set(),
    "provenance.py": set(),
    "stage_options.py": set(),
    "study_sample.py": {"study"},
    "jobs.py": set(STAGES),
    "tables.py": set(STAGES),
    "columns.py": READ_OUTPUTS
    | MODELS
    | {
        "backends_gallery",
        "backends_page",
        "bridge",
        "failures_gallery",
        "failures_groups",
        "merge",
        "modular_rescued",
        "pose",
    },
    "files.py": READ_PACKS
    | OF_PIXELS
    | {"backends_gallery", "bridge", "failures_gallery", "modular_gallery", "preprocess"},
    "images.py": READ_PACKS
    | OF_PIXELS
    | {"backends_gallery", "bridge", "failures_gallery", "modular_gallery", "preprocess"},
    "packs.py": READ_PACKS
    | OF_PIXELS
    | {"backends_gallery", "bridge", "failures_gallery", "modular_gallery", "preprocess"},
    "scan.py": OF_PIXELS
    | MODELS
    | {"failures_groups", "landmarks", "manifest", "precomputed", "preprocess", "study"},
    "listing.py": {"preprocess", "manifest", "precomputed"},
    "preprocess.py": {"preprocess"} | FIND - {"interventions"},
    "fingerprint.py": {"preprocess", "manifest"} | FIND - {"interventions"},
    "duplicates.py": {"manifest"},
    "manifest.py": {"manifest"},
    "geometry.py": DESCRIBE | READ_OUTPUTS | {"pose"} | CAUSES,
    "steps.py": DESCRIBE | READ_OUTPUTS | CAUSES,
    "cause_steps.py": DESCRIBE | READ_OUTPUTS | CAUSES,
    "step_options.py": DESCRIBE | READ_OUTPUTS | CAUSES,
    "variants.py": DESCRIBE | READ_OUTPUTS | CAUSES,
    "measure.py": DESCRIBE,
    "descriptors.py": RATES
    | MODELS
    | {
        "descriptors",
        "failures_gallery",
        "failures_shap",
        "failures_verdict",
        "interventions",
        "interventions_plan",
    },
    "regions.py": MEASURE | {"merge"},
    "region_polygons.py": MEASURE | {"merge", "modular_page"},
    "color.py": {"color", "merge"},
    "texture.py": {"texture"},
    "haralick.py": {"texture", "merge"},
    "landmarks.py": FIND,
    "detector.py": FIND,
    "face_mesh.py": FIND,
    "ibug68.py": FIND,
    "ibug68_map.py": FIND,
    "landmark_error.py": FIND | {"failures_groups"},
    "landmark_quality.py": FIND,
    "landmark_tables.py": {"landmarks", "study"},
    "head_angles.py": {"landmarks", "study"},
    "mesh_symmetry.py": READ_MESH | {"modular_page", "modular_rescued"},
    "matching.py": READ_OUTPUTS,
    "precomputed.py": READ_OUTPUTS,
    "precomputed_files.py": READ_OUTPUTS,
    "face_model.py": READ_MESH | {"modular_page", "modular_rescued"},
    "protobuf.py": READ_MESH | {"modular_page", "modular_rescued"},
    "model_pin.py": READ_MESH | {"modular_page", "modular_rescued"},
    "pose.py": FIND | {"pose"},
    "aligned.py": {"aligned"},
    "aligned_columns.py": {"aligned", "gather_aligned"},
    "blendshapes.py": {"expression"},
    "blendshape_names.py": {"expression", "merge"},
    "config_aligned.py": set(),
    "config_modular.py": set(),
    "dictionary_file.py": MODELS
    | {"aligned", "expression", "gather_aligned", "merge", "modular_page", "modular_rescued"},
    "bridge.py": {"backends_gallery", "backends_page", "bridge"},
    "bridge_figure.py": {"backends_gallery", "backends_page", "bridge"},
    "bridge_pictures.py": {"backends_gallery", "bridge"},
    "bridge_summary.py": {"backends_gallery", "backends_page", "bridge"},
    "tiles.py": {"backends_gallery", "bridge"},
    "dictionary.py": {"merge"},
    "merge.py": {"merge"},
    "summary.py": {"merge"},
    "summary_text.py": {"backends_page", "failures_page", "front_page", "modular_page"},
    "failures/verdict_section.py": {"failures_page"},
    "inference/__init__.py": set(),
    "inference/intervals.py": DRAWN
    | READ_DESCRIPTORS
    | PAGES
    | MODELS
    | {"backends_gallery", "backends_page", "bridge", "gather_models", "modular_rescued"},
    "inference/paired.py": MODELS | {"bridge", "failures_rates", "gather_models"},
    "inference/correction.py": OF_PIXELS
    | RATES
    | MODELS
    | {
        "bridge",
        "failures_gallery",
        "failures_shap",
        "failures_verdict",
        "gather_models",
        "interventions_plan",
        "modular_rescued",
    },
    "inference/effect_sizes.py": RATES
    | {
        "failures_gallery",
        "failures_means",
        "failures_shap",
        "failures_shap_pixels",
        "failures_verdict",
        "interventions_plan",
    },
    "modular": MODELS,
    "modular/gather_models.py": {"gather_models"},
    "modular/rungs.py": {"model_rungs"},
    "modular/rung_landmarks.py": {"model_rungs"},
    "modular/rung_weights.py": {"model_rungs"},
    "modular/references.py": {"gather_models"},
    "modular/module_steps.py": {"fit_models"},
    "config_models.py": set(),
    "failures/__init__.py": set(),
    "failures/outcome.py": DRAWN | READ_DESCRIPTORS | {"failures_gallery"},
    "failures/report_parts.py": DRAWN
    | PAGES
    | {"backends_page", "bridge", "failures_verdict", "modular_page", "modular_rescued"},
    "failures/entropy.py": {"failures_entropy"},
    "failures/entropy_report.py": {"failures_entropy"},
    "failures/groups.py": {"failures_groups", "failures_verdict"},
    "failures/groups_error.py": {"failures_groups"},
    "failures/groups_report.py": {"failures_groups"},
    "failures/user_tables.py": {"failures_groups"},
    "failures/parts.py": {"failures_rates"},
    "failures/gallery.py": GALLERY,
    "failures/gallery_file.py": PAGES
    | {"backends_gallery", "backends_page", "modular_gallery", "modular_page"},
    "failures/page.py": {"failures_page"},
    "failures/groupings.py": RATES
    | {"failures_gallery", "failures_shap", "failures_verdict", "interventions_plan"},
    "failures/conditions.py": CAUSES | {"interventions"},
    "failures/hash_order.py": DRAWN | READ_DESCRIPTORS | {"failures_gallery"},
    "failures/intervention_plan.py": {"interventions_plan"},
    "failures/intervention_rows.py": {"failures_interventions"},
    "failures/intervention_runs.py": {"interventions"},
    "failures/picture_measures.py": {"interventions"},
    "failures/intervention_tables.py": {"failures_interventions", "failures_verdict"},
    "failures/cures.py": {"failures_interventions", "failures_verdict"},
    "failures/remedies.py": {"failures_interventions", "failures_verdict"},
    "failures/intervention_figures.py": {"failures_interventions"},
    "failures/intervention_report.py": {"failures_interventions"},
    "failures/failure_model.py": {"failures_shap"},
    "failures/gaps.py": {"failures_shap"},
    "failures/shap_models.py": {"failures_shap"},
    "failures/shap_report.py": {"failures_shap"},
    "failures/associations.py": {"failures_verdict"},
    "failures/strata.py": {"failures_verdict"},
    "failures/signs.py": {"failures_verdict", "failures_shap"},
    "failures/verdict.py": {"failures_verdict"},
    "failures/verdict_files.py": {"failures_verdict"},
    "failures/verdict_json.py": {"failures_verdict"},
    "failures/verdict_text.py": {"failures_verdict"},
    "failures/methods_text.py": {"failures_verdict"},
    "failures/methods_references.py": {"failures_verdict"},
    "failures/methods_studies.py": {"failures_verdict"},
    "failures/rates.py": {"failures_rates"},
    "failures/rates_report.py": {"failures_rates"},
    "failures/rates_figures.py": {"failures_rates"},
    "pages/__init__.py": set(),
    "pages/parts.py": PAGES
    | {"backends_gallery", "backends_page", "front_page", "modular_gallery", "modular_page"},
    "pages/provenance_notes.py": {"backends_page", "failures_page", "front_page", "modular_page"},
    "pages/report_section.py": {"backends_page", "failures_page", "modular_page"},
    "pages/shell.py": {"backends_page", "failures_page", "front_page", "modular_page"},
    "account.py": {"efficiency", "datapackage"},
    "efficiency.py": {"efficiency", "datapackage"},
    "datapackage.py": {"efficiency", "datapackage"},
    "appended.py": set(),
    "csv_schema.py": {"efficiency", "datapackage"},
    "verify.py": set(),
    "sharing.py": set(),
    "run_file.py": {"efficiency", "datapackage"},
    "run_record.py": set(),
    "inference/permutation.py": OF_PIXELS | {"modular_rescued"},
    "failures/map_comparison.py": OF_PIXELS,
    "failures/picture_frame.py": OF_PIXELS,
    "failures/picture_sample.py": OF_PIXELS,
    "failures/picture_study.py": OF_PIXELS,
    "failures/report_words.py": OF_PIXELS
    | {
        "backends_page",
        "failures_groups",
        "failures_interventions",
        "failures_page",
        "failures_rates",
        "failures_verdict",
    },
    "failures/means.py": {"failures_means"},
    "failures/means_figures.py": {"failures_means"},
    "failures/means_report.py": {"failures_means"},
    "failures/means_tables.py": {"failures_means"},
    "failures/means_words.py": {"failures_means"},
    "failures/edge_kernels.py": {"failures_edges"},
    "failures/edges.py": {"failures_edges"},
    "failures/edges_figures.py": {"failures_edges"},
    "failures/edges_report.py": {"failures_edges"},
    "failures/edges_tables.py": {"failures_edges"},
    "failures/edges_words.py": {"failures_edges"},
    "failures/pairs.py": {"failures_edges", "failures_verdict"},
    "failures/shap_pixels.py": {"failures_shap_pixels"},
    "failures/shap_pixels_report.py": {"failures_shap_pixels"},
    "modular/collinear.py": MODELS | {"modular_page"},
    "modular/mean_face.py": {"modular_page"},
    "modular/mistake_charts.py": {"modular_page"},
    "modular/mistakes.py": {"modular_gallery"},
    "modular/model_card.py": {"modular_page"},
    "modular/page.py": {"modular_page"},
    "modular/score_parts.py": {"modular_page"},
    "modular/score_sections.py": {"modular_page"},
    "modular/reliability_section.py": {"modular_page"},
    "modular/weight_charts.py": {"modular_page"},
    "modular/weight_rows.py": {"modular_page"},
    "modular/weight_sections.py": {"modular_page"},
    "front_page.py": {"backends_page", "failures_page", "front_page", "modular_page"},
    "notebooks.py": {"notebook"},
    "modular/__init__.py": MODELS | {"modular_page"},
    "modular/face_measures.py": MODELS | {"modular_page", "modular_rescued"},
    "modular/module_blocks.py": MODELS | {"modular_page", "modular_rescued"},
    "modular/shape.py": MODELS | {"modular_page", "modular_rescued"},
    "bridge_tests.py": {"bridge"},
    "bridge_times.py": {"bridge"},
    "side_by_side/__init__.py": {"backends_page"},
    "side_by_side/charts.py": {"backends_page"},
    "side_by_side/frames.py": {"backends_gallery", "backends_page"},
    "side_by_side/gallery.py": {"backends_gallery"},
    "side_by_side/page.py": {"backends_page"},
    "side_by_side/tables.py": {"backends_page"},
    "side_by_side/words.py": {"backends_page"},
    "config_landmarks.py": set(),
    "failures/gallery_choice.py": {"failures_gallery"},
    "failures/picture_report.py": OF_PIXELS,
    "table_parts.py": {"gather_aligned", "gather_models", "gather_study", "manifest", "merge"},
    "figure_captions.py": DRAWN
    | PAGES
    | {"backends_page", "bridge", "failures_verdict", "modular_page", "modular_rescued"},
    "failures/counting.py": DRAWN | READ_DESCRIPTORS | {"failures_gallery"},
    "failures/study_rows.py": DRAWN
    | READ_DESCRIPTORS
    | {"backends_gallery", "backends_page", "bridge", "failures_gallery"},
    "failures/intervention_trials.py": {"failures_interventions", "failures_verdict"},
    "modular/alike_section.py": {"modular_page"},
    "modular/comparison_parts.py": {"modular_page"},
    "modular/coverage_parts.py": {"modular_page"},
    "modular/emotion_model.py": MODELS,
    "modular/column_steps.py": MODELS,
    "modular/encoder.py": MODELS,
    "modular/evidence_sections.py": {"modular_page"},
    "modular/folds.py": MODELS,
    "modular/linear_model.py": MODELS,
    "modular/module_charts.py": {"modular_page"},
    "modular/module_data.py": MODELS | {"modular_rescued"},
    "modular/module_shap.py": MODELS,
    "modular/page_parts.py": {"modular_page"},
    "modular/protocol.py": MODELS,
    "modular/rating_model.py": MODELS,
    "modular/resampling.py": MODELS | {"gather_models"},
    "modular/rescued.py": {"modular_rescued"},
    "modular/rescued_report.py": {"modular_rescued"},
    "modular/ridge.py": MODELS,
    "modular/score_table.py": MODELS | {"gather_models"},
    "modular/softmax.py": MODELS,
    "modular/softmax_many.py": MODELS,
    "modular/softmax_parts.py": MODELS,
    "modular/softmax_search.py": MODELS,
    "modular/specificity_parts.py": {"modular_page"},
    "modular/tasks.py": MODELS,
    "modular/weight_figures.py": {"modular_page"},
    "failures/marks.py": {"failures_verdict"},
    "failures/drawn.py": DRAWN | READ_DESCRIPTORS | {"failures_gallery"},
    "failures/study_files.py": DRAWN | READ_DESCRIPTORS | {"failures_gallery"},
    "modular/column_words.py": MODELS | {"modular_page"},
    "modular/rescued_section.py": {"modular_page"},
    "modular/scores_shown.py": {"modular_page"},
    "pages/share_mark.py": {"backends_page", "failures_page", "front_page", "modular_page"},
    "failures/descriptor_words.py": PAGES
    | {"failures_groups", "failures_rates", "failures_shap", "failures_verdict"},
    "added_mesh.py": {"landmarks"},
    "picture_figures.py": OF_PIXELS,
    "texture_columns.py": {"merge", "texture"},
    "modular/emotion_scores.py": MODELS | {"gather_models"},
    "modular/rating_scores.py": MODELS | {"gather_models"},
    "modular/region_pairs.py": {"gather_models"},
    "modular/region_section.py": {"modular_page"},
    "modular/shared_pictures.py": {"gather_models"},
}
"""The pages on models and of the front read much that other stages are for."""


PACKAGE = SCRIPTS / "modular_faces"
MODULES = tuple(sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py")))


def test_the_list_names_every_module() -> None:
    listed = {module if module in USED_BY else module.partition("/")[0] for module in MODULES}
    assert listed == set(USED_BY)


@pytest.fixture(scope="module")
def read_by() -> dict[str, set[Path]]:
    """Every file that the digest of a stage is made from."""
    return {
        stage: set(
            with_coefficients(source_files(SCRIPTS / f"{stage}.py", package=PACKAGE)),
        )
        for stage in STAGES
    }


@pytest.mark.parametrize("module", MODULES)
def test_a_module_counts_for_exactly_the_stages_that_use_it(
    read_by: dict[str, set[Path]], module: str
) -> None:
    expected = USED_BY[module if module in USED_BY else module.partition("/")[0]]
    assert {stage for stage in STAGES if PACKAGE / module in read_by[stage]} == expected


SHARDS = ("0000", "0001", "0002")


def jobs(*rules: str, gathered: tuple[str, ...] = ()) -> Counter[str]:
    return Counter([f"{rule} {shard}" for rule in rules for shard in SHARDS] + [*gathered])


EXPECTED = {
    "pose.py": jobs("pose", gathered=("merge",)),
    "modular_faces/color.py": jobs("color", gathered=("merge",)),
    "modular_faces/haralick.py": jobs("texture", gathered=("merge",)),
    "modular_faces/duplicates.py": jobs(gathered=("manifest", "merge")),
    "modular_faces/images.py": jobs(
        *("preprocess", "landmarks", "color", "texture", "pose", "expression"),
        *("study wide", "study sharpen"),
        gathered=("manifest", "merge", "gather_study"),
    ),
    "modular_faces/detector.py": jobs(
        *("landmarks", "color", "texture", "pose", "expression"),
        *("study wide", "study sharpen"),
        gathered=("merge", "gather_study"),
    ),
    "modular_faces/extraction.py": Counter(),
    "gather_study.py": Counter(["gather_study"]),
}


Plans = dict[str, Callable[[], Counter[str]]]


def edit(clone: Clone, *, path: str) -> None:
    edited = clone.folder / "workflow_scripts" / path
    edited.write_text(edited.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")


@pytest.fixture(scope="module")
def plans(finished: Clone, tmp_path_factory: pytest.TempPathFactory) -> Plans:
    changes = {path: partial(edit, path=path) for path in EXPECTED}
    return plans_after(finished, changes, tmp_path_factory.mktemp("plans"))


@pytest.mark.parametrize("path", EXPECTED)
def test_an_edited_file_runs_exactly_its_stages_again(plans: Plans, path: str) -> None:
    assert plans[path]() == EXPECTED[path]


def test_the_library_of_the_copy_is_the_one_that_runs(clone: Clone, tiny_root: Path) -> None:
    clone.configure(tiny_root, shards=1)
    module = clone.folder / "workflow_scripts" / "modular_faces" / "preprocess.py"
    module.write_text(module.read_text() + '\nraise RuntimeError("the edited copy ran")\n')
    done = clone.snakemake(RESULTS / "manifest.parquet", "--configfile", TINY_CONFIG)
    assert done.returncode != 0
    assert "the edited copy ran" in done.stdout + done.stderr
