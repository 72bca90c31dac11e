"""An Analysis -> the JSON-ready document that the JSON report prints; its keys are a contract with a version."""

from typing import Any

from analyzer import __version__
from analyzer.analysis import Analysis, Quotation, StanceShare
from analyzer.thread import Thread

FORMAT_VERSION = 1


def to_document(analysis: Analysis) -> dict[str, Any]:
    """Return the document of an analysis: dicts, lists, strings, numbers and None only."""
    source = analysis.source
    return {
        "format_version": FORMAT_VERSION,
        "analyzer_version": __version__,
        "model": {"name": analysis.model_name, "sha256": analysis.model_sha256},
        "scheme": {"name": analysis.scheme.name, "labels": list(analysis.scheme.labels)},
        "source": {"name": source.name, "format": source.format, "sha256": source.sha256},
        "thread": _thread(analysis.thread),
        "comments": [_comment(analysis, i) for i in range(len(analysis.thread.comments))],
        "metrics": analysis.metrics.as_dict(),
        "stances": {label: _share(share) for label, share in analysis.stances.items()},
        "flags": [flag.as_dict() for flag in analysis.flags],
    }


def _thread(thread: Thread) -> dict[str, Any]:
    return {
        "id": thread.id,
        "title": thread.title,
        "declared": thread.declared,
        "found": thread.found,
        "missing": thread.missing,
        "deleted": thread.deleted,
        "hidden": thread.hidden,
        "issues": [
            {"kind": issue.kind, "comment_id": issue.comment_id, "detail": issue.detail} for issue in thread.issues
        ],
    }


def _comment(analysis: Analysis, i: int) -> dict[str, Any]:
    thread = analysis.thread
    comment = thread.comments[i]
    parent = thread.parents[i]
    prediction = analysis.predictions[i]
    return {
        "id": comment.id,
        "parent_id": thread.comments[parent].id if parent >= 0 else None,
        "depth": thread.depths[i],
        "status": comment.status,
        "author": comment.author,
        "created": comment.created.isoformat() if comment.created else None,
        "text": comment.text,
        "quotes": [_quote(quotation) for quotation in analysis.quotations[i]],
        "stance": prediction.stance.as_dict() if prediction else None,
        "agreement": prediction.agreement.as_dict() if prediction and prediction.agreement else None,
        "attack": {"score": prediction.attack} if prediction else None,
    }


def _share(share: StanceShare) -> dict[str, Any]:
    shown = {"count": share.count, "share": share.share, "low": share.low, "high": share.high}
    return shown | ({"too_few": True} if share.too_few else {})


def _quote(quotation: Quotation) -> dict[str, Any]:
    return {"start": quotation.start, "end": quotation.end, "from": quotation.source_id}
