"""Rows -> what is fitted over an encoder that stays as it is: heads, with their logits on unseen rows; an embedding."""

from collections.abc import Sequence

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from analyzer.classifier.examples import Example, thread_value
from analyzer.classifier.network import Network
from analyzer.classifier.predictor import HeadLogits
from analyzer.classifier.training import compute_outputs, run_batches
from analyzer.predictions import EMBEDDING_SIZE, TARGET_LABELS

_STRENGTH = 3.0  # of the data against the ridge, as scikit-learn's C
_FOLDS = 5
_SHORT = 0.01  # of the longest axis: what is shorter is rounding


def fit_heads(
    network: Network, tokenizer: Tokenizer, examples: Sequence[Example], stance_labels: Sequence[str]
) -> HeadLogits:
    """Fit the heads for stance and target in place by logistic regression; return the logits of each example.

    The logits of those two heads are out of fold: from weights fitted without the example's fold of threads. The other
    heads and the encoder stay as they are. A head without labelled examples stays too.
    """
    stance, agreement, attack, target, _ = compute_outputs(network, tokenizer, examples)
    pooled, compared = run_batches(network, network.vectors, tokenizer, examples)
    stance = _fit_head(network.stance, pooled, stance, examples, [e.stance for e in examples], stance_labels)
    target = _fit_head(network.target, compared, target, examples, [e.target_stance for e in examples], TARGET_LABELS)
    return HeadLogits(*(logits.double().numpy() for logits in (stance, agreement, attack, target)))


@torch.no_grad()
def fit_embedding(network: Network, tokenizer: Tokenizer, examples: Sequence[Example]) -> None:
    """Fit the embedding in place: the principal axes of the comments' mean vectors around their centre, of variance 1.

    The more topics the examples have, the better: about one topic alone, centre and axes hide what all share. Where
    examples or vectors are too few for all axes, the others stay zero.
    """
    if len(examples) < 2:
        return
    pooled, _ = run_batches(network, network.vectors, tokenizer, examples)
    means = network.comment_mean(pooled)  # (rows, hidden)
    centre = means.mean(dim=0)
    _, lengths, axes = torch.linalg.svd(means - centre, full_matrices=False)
    kept = int((lengths > _SHORT * lengths[0]).sum().clamp(max=EMBEDDING_SIZE))
    axes = axes[:kept] / lengths[:kept, None] * len(means) ** 0.5
    network.embedding.weight.zero_()
    network.embedding.bias.zero_()
    network.embedding.weight[:kept] = axes
    network.embedding.bias[:kept] = -axes @ centre


def _fit_head(
    head: nn.Linear,
    vectors: Tensor,
    logits: Tensor,
    examples: Sequence[Example],
    labels: Sequence[str | None],
    names: Sequence[str],
) -> Tensor:
    """Fit one head on the rows that have a label, and return their logits out of fold; the others' stay."""
    rows = torch.tensor([i for i, label in enumerate(labels) if label is not None])
    if not len(rows):
        return logits
    gold = torch.tensor([names.index(str(labels[i])) for i in rows])
    known = vectors[rows]
    folds = torch.tensor(_folds([examples[i].thread for i in rows]))
    found = torch.zeros(len(rows), len(names))
    for fold in sorted(set(folds.tolist())):
        weight, bias = _logistic_regression(known[folds != fold], gold[folds != fold], len(names))
        found[folds == fold] = functional.linear(known[folds == fold], weight, bias)
    weight, bias = _logistic_regression(known, gold, len(names))
    with torch.no_grad():
        head.weight.copy_(weight)
        head.bias.copy_(bias)
    logits = logits.clone()
    logits[rows] = found
    return logits


def _folds(threads: Sequence[str]) -> list[int]:
    """Return a fold for each row, all of a thread in one, by the order of the threads' hashes."""
    order = {thread: i for i, thread in enumerate(sorted(set(threads), key=thread_value))}
    return [order[thread] % _FOLDS for thread in threads]


def _logistic_regression(vectors: Tensor, gold: Tensor, labels: int) -> tuple[Tensor, Tensor]:
    """Return the weight (labels, size) and bias of a ridge-penalised softmax, every label of like weight in sum.

    The vectors' parts, each as long as the encoder's, are first brought to a mean length of 1.
    """
    counts = torch.bincount(gold, minlength=labels).clamp(min=1)
    shares = len(gold) / (counts.count_nonzero() * counts)[gold]
    scale = vectors.norm(dim=1).mean().clamp(min=1e-6)
    scaled = vectors / scale
    weight = torch.zeros(labels, vectors.shape[1], requires_grad=True)
    bias = torch.zeros(labels, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=300, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        errors = functional.cross_entropy(functional.linear(scaled, weight, bias), gold, reduction="none")
        value = _STRENGTH * (shares * errors).sum() + weight.square().sum() / 2
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return weight.detach() / scale, bias.detach()
