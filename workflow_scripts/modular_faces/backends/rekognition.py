"""Amazon Rekognition: DetectFaces with all attributes, a call for each picture, every answer kept.

https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectFaces.html
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from modular_faces.backends import Answer, Face, Stage
from modular_faces.backends.rekognition_client import RekognitionError, open_client
from modular_faces.backends.rekognition_picture import filled_up, picture_bytes, picture_hash
from modular_faces.backends.rekognition_response import face_of_parts, numbers_of
from modular_faces.backends.rekognition_store import ResponseStore
from modular_faces.variants import Applied

FAULTS_OF_A_PICTURE = ("InvalidImageFormatException", "ImageTooLargeException")
"""What Rekognition says of a picture it cannot read; whatever else goes wrong is no picture's fault."""

logger = logging.getLogger(__name__)


class RekognitionBackend:
    """Asks Rekognition for the faces of pictures that it was not yet asked about.

    Parameters
    ----------
    options : mapping
        The section rekognition of the config.
    """

    name = "rekognition"
    frame_finds = False
    mesh_partners = None

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options

    @cached_property
    def _client(self) -> Any:
        """Opened when the first picture is sent: what is answered already needs no login."""
        return open_client(self._options)

    def certainty(self, face: Face) -> float:
        """Rekognition's confidence that there is a face, 0 to 1; it has no measure of its landmarks."""
        return face.detector_score

    def find(self, pictures: Iterable[tuple[str, Applied]], *, stage: Stage) -> Iterator[Answer]:
        """Find all faces; see `modular_faces.backends.Backend`.

        Raises
        ------
        RekognitionError
            When it does not answer: throttled longer than the configured attempts, no login, no network.
            What it answered so far is kept, so that the next run goes on from there.
        """
        store = ResponseStore(self._options["cache"], variant=stage.variant)
        asked = kept = 0
        for image_id, applied in pictures:
            if stage.box == "frame":
                yield Answer(image_id, ())
                continue
            picture = filled_up(applied.picture)
            key = picture_hash(picture)
            response = store.read(key)
            if response is None:
                response = self._ask(picture_bytes(picture), image_id)
                store.write(key, response, image_id=image_id)
                asked += 1
            else:
                kept += 1
            faces = [
                face_of_parts(numbers_of(detail), picture.shape)
                for detail in response["FaceDetails"]
            ]
            yield Answer(image_id, faces, failed="Fault" in response)
        logger.info("Rekognition: %d pictures sent, %d answers were there already", asked, kept)

    def _ask(self, content: bytes, image_id: str) -> dict[str, Any]:
        faults = importlib.import_module("botocore.exceptions")
        try:
            response = self._client.detect_faces(Image={"Bytes": content}, Attributes=["ALL"])
        except faults.ClientError as error:
            code = error.response["Error"]["Code"]
            if code in FAULTS_OF_A_PICTURE:
                logger.exception("Rekognition cannot read %s", image_id)
                return {"FaceDetails": [], "Fault": code}
            raise RekognitionError(_stopped(str(error))) from error
        except faults.BotoCoreError as error:
            raise RekognitionError(_stopped(str(error))) from error
        return {"FaceDetails": response["FaceDetails"]}


def _stopped(why: str) -> str:
    return (
        f"Rekognition does not answer: {why}; what it answered so far is kept, and the next run asks "
        "for the rest only (docs/backends.md)"
    )
