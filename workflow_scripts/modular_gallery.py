"""Gather the hardest mistakes of the models, for the private page."""

from typing import TYPE_CHECKING

from modular_faces.failures.gallery_file import write_gallery
from modular_faces.jobs import start_job
from modular_faces.modular.mistakes import main_rows, mistake_groups, wanted_pictures
from modular_faces.packs import read_pictures
from modular_faces.pages.parts import Gallery
from modular_faces.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
chosen = {"model": snakemake.params.main, "regions": snakemake.params.regions}
predictions = main_rows(read_table(snakemake.input.predictions).to_pandas(), **chosen)
contributions = main_rows(read_table(snakemake.input.contributions).to_pandas(), **chosen)
wanted = wanted_pictures(predictions) if len(predictions) else set()
pictures = {
    name: picture for path in snakemake.input.packs for name, picture in read_pictures(path, wanted)
}
groups = mistake_groups(predictions, contributions, pictures) if wanted else []
write_gallery(Gallery(groups), snakemake.output.pictures)
