"""An Analysis -> the stance report in Markdown, the comments' words escaped so that they stay words."""

import re
from collections.abc import Iterable

from analyzer.analysis import Analysis
from analyzer.plain import clean
from analyzer.report import findings
from analyzer.report.flag_list import first_flags

# "1." and "-" matter only where a line begins.
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&$]|^[-+=])")
_LIST_NUMBER = re.compile(r"^(\d+)([.)])")


def render_markdown(analysis: Analysis, **_: object) -> str:
    """Return the report as one Markdown document."""
    sections = [
        _opening(analysis),
        _section("Stances", _stances(analysis)),
        _section("Conversation", _list(findings.conversation(analysis))),
        _section("Most contested branches", _branches(analysis)),
    ]
    if flags := first_flags(analysis):
        sections.append(_section("Flags", _list(flags)))
    sections.append(_section("In their words", _voices(analysis)))
    if issues := findings.issues(analysis):
        sections.append(_section("Mended in the thread", _list(issues)))
    sections.append(_section("How sure", _list(findings.certainty(analysis))))
    return "\n\n".join(sections) + "\n"


def escape(text: str) -> str:
    """Return one line of text with everything Markdown or HTML would act on escaped."""
    return _LIST_NUMBER.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", text))


def _opening(analysis: Analysis) -> str:
    source = f"{analysis.source.name} ({analysis.source.format})"
    title = f"# Stance report: {escape(findings.subject(analysis))}"
    about = f"Stance towards: **{escape(analysis.scheme.topic)}**. Source: {escape(clean(source))}."
    facts = (findings.headline(analysis), findings.counts(analysis), findings.shape(analysis))
    return "\n\n".join([title, about, " ".join(map(escape, facts))])


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}"


def _list(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {escape(sentence)}" for sentence in sentences)


def _stances(analysis: Analysis) -> str:
    rows = ["| stance | comments | share (95 %) |", "|---|---:|---:|"]
    for label, share in analysis.stances.items():
        rows.append(f"| {escape(label)} | {share.count} | {findings.interval(share)} |")
    return "\n".join(rows)


def _branches(analysis: Analysis) -> str:
    branches = findings.contested_branches(analysis)
    if not branches:
        return "No reply disagrees with its parent."
    return "\n".join(
        f"{number}. **{escape(branch.comment_id)}** {escape(branch.text)}: {escape(findings.branch_sentence(branch))}"
        for number, branch in enumerate(branches, 1)
    )


def _voices(analysis: Analysis) -> str:
    blocks = []
    for voice in findings.voices(analysis):
        source = f"{escape(voice.comment_id)}, confidence {findings.percent(voice.confidence)}"
        blocks.append(f"**{escape(voice.label)}** ({source}):\n\n> “{escape(voice.text)}”")
    return "\n\n".join(blocks) or "No comment takes a stance."
