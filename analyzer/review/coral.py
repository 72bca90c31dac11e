"""Coral's external moderation phase: a signed comment in, `None` (let it pass) or flags out.

The contract is Coral's EXTERNAL_MODERATION_PHASES.md and server/src/core/server/services/comments/pipeline/phases/
external.ts: the JSON body is signed with HMAC-SHA256 under every active secret ("sha256=HEX,sha256=HEX"), and holds
neither a time nor the comment's id. Only attack and links decide; the stance is never looked at.
"""

import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, select

from analyzer.errors import ConflictError, RefusedError, ReviewError
from analyzer.flags import default_thresholds
from analyzer.formats.html_text import html_to_text
from analyzer.plain import without_surrogates
from analyzer.predictions import Predictor, Turn
from analyzer.review.store import Store, bodies, now

REPLAY_SECONDS = 600
_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})")
_LINK = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Phase:
    """How the endpoint answers: Coral's signing secrets, and the attack probability and links that raise a flag.

    With `withhold` a flagged comment waits for a moderator, as in Coral's own toxicity phase. `seconds` is the time
    an answer may take; Coral goes on without one.
    """

    secrets: tuple[str, ...]
    attack: float = default_thresholds()["attack"]["probability"]
    links: int = int(default_thresholds()["spam"]["links"])
    withhold: bool = False
    seconds: float = 2.0


def check_signature(store: Store, phase: Phase, header: str, body: bytes) -> None:
    """Raise RefusedError unless the body is signed with one of the secrets, ConflictError where it was sent before.

    The same bytes within ten minutes count as sent before.
    """
    given = _SIGNATURE.findall(header)[:10]
    expected = [hmac.new(secret.encode(), body, "sha256").hexdigest() for secret in phase.secrets]
    if not any(hmac.compare_digest(one, other) for one in given for other in expected):
        raise RefusedError("the signature does not fit the body")
    with store.writing() as connection:
        connection.execute(delete(bodies).where(bodies.c.at < now(seconds=-REPLAY_SECONDS)))
        digest = sha256(body).hexdigest()
        if connection.execute(select(bodies.c.at).where(bodies.c.digest == digest)).first():
            raise ConflictError("this request was sent before")
        connection.execute(bodies.insert().values(digest=digest, at=now()))


def judge(body: bytes, phase: Phase, predictor: Predictor) -> dict[str, Any] | None:
    """Return Coral's answer to a request that was checked; None where the comment may pass.

    Raises ReviewError for a body that is not of Coral's form. A comment in a language the model cannot read passes.
    """
    try:
        request = json.loads(body)
        action, text = request["action"], request["comment"]["body"]
    except (ValueError, KeyError, TypeError) as error:
        raise ReviewError(f"not a request of Coral's: {error!r}") from error
    if action not in ("NEW", "EDIT") or not isinstance(text, str):
        raise ReviewError("not a request of Coral's: action is NEW or EDIT, comment.body a text")
    links = set(_LINK.findall(text))
    text = without_surrogates(html_to_text(text))
    if not text.strip():
        return None
    (prediction,) = predictor.predict([Turn(text)])
    reasons = []
    if prediction.attack >= phase.attack and prediction.stance.reason != "language":
        reasons.append("COMMENT_DETECTED_TOXIC")
    if len(links) >= phase.links:
        reasons.append("COMMENT_DETECTED_SPAM")
    return _answer(reasons, phase) if reasons else None


def _answer(reasons: Sequence[str], phase: Phase) -> dict[str, Any]:
    answer: dict[str, Any] = {"actions": [{"actionType": "FLAG", "reason": reason} for reason in reasons]}
    return answer | ({"status": "SYSTEM_WITHHELD"} if phase.withhold else {})
