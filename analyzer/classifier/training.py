"""Labelled examples -> a trained network. Needs the `train` extra; knows nothing of files or the fast runtime."""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from datasets import Dataset
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from analyzer.classifier.examples import Example
from analyzer.classifier.inputs import encode
from analyzer.classifier.network import HEADS, Network, Outputs
from analyzer.predictions import AGREEMENT_LABELS, TARGET_LABELS

_IGNORED = -100  # what torch's cross-entropy skips
_LEARNED = ("stance", "stance_scores", "agreement", "agreement_scores", "attack", "target", "target_scores", "weight")
_SURE_WEIGHT = {1: 0.6, 2: 1.0, 3: 1.2}


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train.

    `prior` is the strength of the class-balance correction: 0 keeps the training mix, 1 undoes it. `frozen_layers`
    counts the encoder's lowest layers that stay as they are, which saves time on a large one; `learning.train` rounds
    them to four bits a weight first, which saves room.
    """

    epochs: int = 3
    batch: int = 32
    learning_rate: float = 1e-4
    frozen_layers: int = 0
    head_learning_rate: float = 1e-3
    warmup: float = 0.08
    prior: float = 0.5
    agreement_weight: float = 1.0
    attack_weight: float = 0.5
    target_weight: float = 1.0
    seed: int = 1


Report = Callable[[int, int, float], None]
"""Called after each step with the step, the number of steps and the running loss."""


def fit(
    network: Network,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    stance_labels: Sequence[str],
    *,
    settings: Settings,
    report: Report | None = None,
) -> None:
    """Train `network` in place on `examples`; the same seed and data give the same weights on one machine.

    Stance is learned with logit adjustment (Menon et al. 2021): adding the log prior to the logits during training
    keeps rare labels from being drowned. Word embeddings stay frozen: they are half of the weights, and the labelled
    data moves only the words it happens to contain.
    """
    torch.manual_seed(settings.seed)
    rng = random.Random(settings.seed)
    rows = _dataset(tokenizer, examples, stance_labels)
    log_prior = _log_prior([example.stance for example in examples], stance_labels) * settings.prior
    optimizer = _optimizer(network, settings)
    steps = settings.epochs * math.ceil(len(examples) / settings.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _slope(step, steps, settings.warmup))
    network.train()
    running, step = 0.0, 0
    for _ in range(settings.epochs):
        for batch in _batches(rows, settings.batch, rng):
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=_fast_bf16()):
                logits = network(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])
            loss = _loss(logits, batch, log_prior, settings)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            step += 1
            running += (loss.item() - running) / min(step, 100)
            if report:
                report(step, steps, running)
    network.eval()


def compute_outputs(network: Network, tokenizer: Tokenizer, examples: Sequence[Example], *, batch: int = 64) -> Outputs:
    """Return the network's outputs for the examples, in order and in full precision."""
    return Outputs(*run_batches(network, network, tokenizer, examples, batch=batch))


@torch.inference_mode()
def run_batches(
    network: Network,
    step: Callable[..., tuple[Tensor, ...]],
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    *,
    batch: int = 64,
) -> list[Tensor]:
    """Return what `step`, the network or one of its methods, gives for the examples, in order, without dropout."""
    network.eval()
    encodings = encode(tokenizer, [example.turn for example in examples])
    order = sorted(range(len(encodings)), key=lambda i: len(encodings[i].ids))
    parts = []
    for start in range(0, len(order), batch):
        chosen = [encodings[i] for i in order[start : start + batch]]
        parts.append(
            step(
                _pad([encoding.ids for encoding in chosen]),
                _pad([encoding.attention_mask for encoding in chosen]),
                _pad([encoding.type_ids for encoding in chosen]),
            )
        )
    back = torch.tensor(order).argsort()
    return [torch.cat(part)[back] for part in zip(*parts, strict=True)]


def _dataset(tokenizer: Tokenizer, examples: Sequence[Example], stance_labels: Sequence[str]) -> Dataset:
    encodings = encode(tokenizer, [example.turn for example in examples])
    stance_index = {label: i for i, label in enumerate(stance_labels)}
    agreement_index = {label: i for i, label in enumerate(AGREEMENT_LABELS)}
    target_index = {label: i for i, label in enumerate(TARGET_LABELS)}
    return Dataset.from_dict(
        {
            "input_ids": [encoding.ids for encoding in encodings],
            "token_type_ids": [encoding.type_ids for encoding in encodings],
            "stance": [stance_index.get(example.stance or "", _IGNORED) for example in examples],
            "stance_scores": [example.stance_scores or [0.0] * len(stance_labels) for example in examples],
            "agreement": [agreement_index.get(example.agreement or "", _IGNORED) for example in examples],
            "agreement_scores": [example.agreement_scores or [0.0] * len(AGREEMENT_LABELS) for example in examples],
            "attack": [float(_IGNORED) if example.attack is None else float(example.attack) for example in examples],
            "target": [target_index.get(example.target_stance or "", _IGNORED) for example in examples],
            "target_scores": [example.target_scores or [0.0] * len(TARGET_LABELS) for example in examples],
            "weight": [_SURE_WEIGHT.get(example.sure, 1.0) for example in examples],
        }
    )


def _batches(rows: Dataset, size: int, rng: random.Random) -> Iterator[dict[str, Tensor]]:
    """Yield padded batches in random order; rows of like length share a batch, so little is padding."""
    lengths = [len(ids) for ids in rows["input_ids"]]
    order = list(range(len(lengths)))
    rng.shuffle(order)
    pool = size * 50
    batches = []
    for start in range(0, len(order), pool):
        near = sorted(order[start : start + pool], key=lengths.__getitem__)
        batches += [near[i : i + size] for i in range(0, len(near), size)]
    rng.shuffle(batches)
    for batch in batches:
        columns = rows[batch]
        padded = {name: _pad(columns[name]) for name in ("input_ids", "token_type_ids")}
        padded["attention_mask"] = _pad([[1] * len(ids) for ids in columns["input_ids"]])
        labels = {name: torch.tensor(columns[name]) for name in _LEARNED}
        yield padded | labels


def _pad(rows: Sequence[Sequence[int]]) -> Tensor:
    # Widths in steps of 16: every new shape costs the matrix library a new kernel and memory it keeps.
    width = -(-max(map(len, rows)) // 16) * 16
    return torch.tensor([[*row, *[0] * (width - len(row))] for row in rows])


def _loss(logits: Outputs, batch: dict[str, Tensor], log_prior: Tensor, settings: Settings) -> Tensor:
    stance = _cross_entropy(logits.stance.float() + log_prior, batch["stance"])
    stance = stance + _distance(logits.stance.float(), batch["stance_scores"])
    agreement = _cross_entropy(logits.agreement.float(), batch["agreement"])
    agreement = agreement + _distance(logits.agreement.float(), batch["agreement_scores"])
    known = (batch["attack"] != _IGNORED).float()
    attack = functional.binary_cross_entropy_with_logits(
        logits.attack.float(), batch["attack"].clamp(min=0), reduction="none"
    )
    target = _cross_entropy(logits.target.float(), batch["target"])
    target = target + _distance(logits.target.float(), batch["target_scores"])
    total = stance + settings.agreement_weight * agreement + settings.attack_weight * known * attack
    total = total + settings.target_weight * target
    return (batch["weight"] * total).mean()


def _cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    return functional.cross_entropy(logits, labels, reduction="none")  # (batch,), 0 where the label is not known


def _distance(logits: Tensor, scores: Tensor) -> Tensor:
    """Return the cross-entropy to a teacher's scores, (batch,); 0 where there are none, as all are 0 then.

    The class-balance correction is not added: the teacher's scores already carry its own.
    """
    return -(scores * functional.log_softmax(logits, dim=1)).sum(1)


def _log_prior(labels: Sequence[str | None], names: Sequence[str]) -> Tensor:
    counts = torch.tensor([1.0 + labels.count(name) for name in names])
    return (counts / counts.sum()).log()


def _optimizer(network: Network, settings: Settings) -> torch.optim.Optimizer:
    for member in network.encoders:
        for frozen in (member.get_input_embeddings(), *member.encoder.layer[: settings.frozen_layers]):
            frozen.requires_grad_(False)
    encoder = [parameter for parameter in network.encoder.parameters() if parameter.requires_grad]
    heads = [parameter for head in HEADS for parameter in getattr(network, head).parameters()]
    return torch.optim.AdamW(
        [{"params": encoder, "lr": settings.learning_rate}, {"params": heads, "lr": settings.head_learning_rate}],
        weight_decay=0.01,
    )


def _slope(step: int, steps: int, warmup: float) -> float:
    rise = max(1, int(steps * warmup))
    return step / rise if step < rise else max(0.0, (steps - step) / max(1, steps - rise))


def _fast_bf16() -> bool:
    return bool(torch.cpu._is_avx512_bf16_supported())
