"""A freshly trained model -> its card in Markdown: what it is for, what it was taught, its scores, what to mind."""

from analyzer.classifier.evaluation import Evaluation
from analyzer.classifier.folder import ModelConfig
from analyzer.report.scores import render_scores
from analyzer.scheme import Scheme


def render_model_card(config: ModelConfig, scheme: Scheme, evaluation: Evaluation) -> str:
    """Return the card of a model that `train` wrote, with its scores on the rows held out."""
    training = config.training
    labels = "\n".join(f"- `{label}`: {definition}" for label, definition in scheme.definitions.items())
    data = "\n".join(f"- `{name}`, sha256 {digest}" for name, digest in training["data"].items())
    scores = render_scores(evaluation, model=config.name, test_set="rows it did not learn from")
    scores = "\n".join(f"    {line}".rstrip() for line in scores.splitlines())
    return f"""# Model card: {config.name}

Stances towards "{scheme.topic}" in comments, from {training["encoder"]}.

## Labels

{labels}

## Data

{training["rows"]} rows in:

{data}

Whoever shares this model should add who labelled these rows, under which rules, and on which terms.

## Scores

{scores}

## Mind

It knows the topic, the sites and the manner of the rows it was taught on, and no others. Judge it by other rows:
`analyzer evaluate ROWS.jsonl --model FOLDER`. Below a confidence of {config.unclear_below:.2f} the answer is `unclear`.
"""
