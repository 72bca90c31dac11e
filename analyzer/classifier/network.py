"""The torch module: one encoder, or several side by side, four heads and an embedding. For training and export only."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from analyzer.predictions import AGREEMENT_LABELS, EMBEDDING_SIZE, TARGET_LABELS

HEADS = ("stance", "agreement", "attack", "target")


class Outputs(NamedTuple):
    """What the heads say before any softmax or sigmoid, and where the comment lies among others."""

    stance: Tensor  # (batch, labels)
    agreement: Tensor  # (batch, 3)
    attack: Tensor  # (batch,)
    target: Tensor  # (batch, 3)
    embedding: Tensor  # (batch, 64)


class Network(nn.Module):
    """A BERT-shaped encoder with heads for stance, agreement, attack and stance towards a target in words.

    The heads see three vectors side by side: the [CLS] vector, the mean of the comment's tokens and the mean of the
    second part's, its parent or a target. Agreement and a stance towards a target also see the product of the two.
    Several encoders, in a ModuleList, read the same tokens, and their vectors stand side by side.

    The embedding, the mean of the comment's tokens on a few axes, is not learned with the heads: all zero until
    `probing.fit_embedding` finds the axes.
    """

    def __init__(self, encoder: nn.Module, stance_labels: int, *, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        hidden = sum(member.config.hidden_size for member in self.encoders)
        self.dropout = nn.Dropout(dropout)
        self.stance = nn.Linear(3 * hidden, stance_labels)
        self.agreement = nn.Linear(4 * hidden, len(AGREEMENT_LABELS))
        self.attack = nn.Linear(3 * hidden, 1)
        self.target = nn.Linear(4 * hidden, len(TARGET_LABELS))
        self.embedding = nn.Linear(hidden, EMBEDDING_SIZE).requires_grad_(False)
        nn.init.zeros_(self.embedding.weight)
        nn.init.zeros_(self.embedding.bias)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Outputs:
        """Return the outputs for token ids, mask and types, each (batch, tokens); type 1 marks the second part."""
        pooled, compared = self.vectors(input_ids, attention_mask, token_type_ids)
        return Outputs(
            self.stance(pooled),
            self.agreement(compared),
            self.attack(pooled).squeeze(1),
            self.target(compared),
            self.embedding(self.comment_mean(pooled)),
        )

    def comment_mean(self, pooled: Tensor) -> Tensor:
        """Return the part of the heads' vectors that is the mean of the comment's tokens, (batch, hidden)."""
        hidden = self.embedding.in_features
        return pooled[:, hidden : 2 * hidden]

    @property
    def encoders(self) -> list[Any]:
        """The encoder, or each of those that stand side by side."""
        return [*self.encoder] if isinstance(self.encoder, nn.ModuleList) else [self.encoder]

    def vectors(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the heads see: (batch, 3 * hidden), and with the product (batch, 4 * hidden)."""
        states = torch.cat(
            [_states(encoder, input_ids, attention_mask, token_type_ids) for encoder in self.encoders], dim=2
        )  # (batch, tokens, hidden)
        second_mask = (attention_mask * token_type_ids).to(states.dtype)
        comment_mask = (attention_mask * (1 - token_type_ids)).to(states.dtype)
        comment, second = _mean(states, comment_mask), _mean(states, second_mask)
        pooled = self.dropout(torch.cat([states[:, 0], comment, second], dim=1))
        return pooled, torch.cat([pooled, self.dropout(comment * second)], dim=1)


def new_network(encoder: str | Path, stance_labels: int) -> Network:
    """Return a network with untrained heads over a pretrained encoder: a folder or a name on the model hub."""
    loaded = AutoModel.from_pretrained(
        encoder, attn_implementation="eager", dtype=torch.float32, add_pooling_layer=False
    )
    return Network(loaded, stance_labels)


def empty_network(encoder_config: dict[str, Any] | list[dict[str, Any]], stance_labels: int) -> Network:
    """Return a network with nothing learned, its encoder or encoders in the shape that `encoder_config` describes."""
    if isinstance(encoder_config, list):
        return Network(nn.ModuleList(map(_empty_encoder, encoder_config)), stance_labels)
    return Network(_empty_encoder(encoder_config), stance_labels)


def describe_encoder(network: Network) -> dict[str, Any] | list[dict[str, Any]]:
    """Return what `empty_network` needs: the shape of the encoder, as it differs from the defaults of its kind."""
    shapes = [{"model_type": e.config.model_type, **e.config.to_diff_dict()} for e in network.encoders]
    return shapes if isinstance(network.encoder, nn.ModuleList) else shapes[0]


@torch.no_grad()
def side_by_side(networks: Sequence[Network]) -> Network:
    """Return one network with the encoders of all: its logits are the means of theirs, its embedding is their sum.

    They must read the same tokens and know the same labels.
    """
    joined = Network(nn.ModuleList([network.encoder for network in networks]), networks[0].stance.out_features)
    for name in HEADS:
        heads = [getattr(network, name) for network in networks]
        sizes = [network.encoder.config.hidden_size for network in networks]  # type: ignore[union-attr]
        parts = [head.weight.split(size, dim=1) for head, size in zip(heads, sizes, strict=True)]
        joined_head: nn.Linear = getattr(joined, name)
        joined_head.weight.copy_(torch.cat([part for vector in zip(*parts, strict=True) for part in vector], dim=1))
        joined_head.weight.div_(len(networks))
        joined_head.bias.copy_(torch.stack([head.bias for head in heads]).mean(dim=0))
    joined.embedding.weight.copy_(torch.cat([network.embedding.weight for network in networks], dim=1))
    joined.embedding.bias.copy_(torch.stack([network.embedding.bias for network in networks]).sum(dim=0))
    return joined


def _empty_encoder(encoder_config: dict[str, Any]) -> nn.Module:
    config = AutoConfig.for_model(**encoder_config, attn_implementation="eager")
    encoder: nn.Module = AutoModel.from_config(config, add_pooling_layer=False)  # type: ignore[no-untyped-call]
    return encoder


def _states(encoder: Any, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
    # MPNet has no table of token types; there the types only tell the two means apart.
    reads_types = getattr(encoder.config, "type_vocab_size", 0) > 1
    types = {"token_type_ids": token_type_ids} if reads_types else {}
    states: Tensor = encoder(input_ids=input_ids, attention_mask=attention_mask, **types).last_hidden_state
    return states


def _mean(states: Tensor, mask: Tensor) -> Tensor:
    return (states * mask.unsqueeze(2)).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
