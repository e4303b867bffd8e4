"""The way to Amazon Rekognition: package, login, region, and what a run may cost."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any


class RekognitionError(RuntimeError):
    """Rekognition cannot be asked; the message names the cure."""


def check_access(options: Mapping[str, Any]) -> None:
    """Refuse before any job starts what every job would be refused.

    Parameters
    ----------
    options : mapping
        The section rekognition of the config.

    Raises
    ------
    RekognitionError
        Without consent, package, login or region. Nothing is sent.
    """
    _open_session(options)


def _open_session(options: Mapping[str, Any]) -> Any:
    if not options["consent"]:
        raise RekognitionError(
            "config key 'rekognition.consent' is false: backend rekognition sends every picture to Amazon; "
            "set it to true if you may do that with these pictures (docs/backends.md)"
        )
    session = _session(options)
    if session.get_credentials() is None:
        raise RekognitionError(
            "backend rekognition needs your own AWS login, and none was found; run `aws configure`, or set "
            "AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (docs/backends.md)"
        )
    if session.region_name is None:
        raise RekognitionError(
            "config key 'rekognition.region' is empty, and your AWS login names none; give one such as "
            "eu-west-1, where the pictures may be processed"
        )
    return session


def open_client(options: Mapping[str, Any]) -> Any:
    """Open a client that waits and tries again by botocore's own rules.

    Parameters
    ----------
    options : mapping
        The section rekognition of the config.

    Raises
    ------
    RekognitionError
    """
    session = _open_session(options)
    config = importlib.import_module("botocore.config").Config(
        retries={"mode": options["retries"], "total_max_attempts": options["attempts"]}
    )
    return session.client("rekognition", config=config)


def _session(options: Mapping[str, Any]) -> Any:
    try:
        boto3 = importlib.import_module("boto3")
    except ImportError:
        raise RekognitionError(
            "backend rekognition needs the package boto3; `pip install 'modular-faces[rekognition]'` "
            "or `pip install boto3` (docs/backends.md)"
        ) from None
    return boto3.session.Session(region_name=options["region"])


def estimate(calls: int, kept: int, options: Mapping[str, Any]) -> str:
    """Say in one line how many calls a run makes at most, and what they cost.

    Parameters
    ----------
    calls : int
        Pictures times variants that Rekognition looks at.
    kept : int
        Answers in the cache.
    options : mapping
        The section rekognition of the config.

    Examples
    --------
    >>> estimate(2500, 100, {"price": 1.0, "price_date": "2026-10", "cache": "answers"})
    'Rekognition is asked at most 2,500 times, which costs at most 2.50 USD (assuming 1.00 USD per 1,000 pictures, \
as of 2026-10: check the price of your region, rekognition.price); 100 answers in answers are not asked for again'
    """
    cost = calls * options["price"] / 1000
    return (
        f"Rekognition is asked at most {calls:,} times, which costs at most {cost:,.2f} USD "
        f"(assuming {options['price']:.2f} USD per 1,000 pictures, as of {options['price_date']}: check the price of "
        f"your region, rekognition.price); {kept:,} answers in {options['cache']} are not asked for again"
    )
