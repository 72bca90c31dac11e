"""A network small enough to train in a second, with a tokenizer of a dozen words."""

from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "keep", "build", "stop", "the", "road", "ferry"]
WORDS += ["yes", "no", "never", "always", "we", "you", "agree", "wrong", "fool", "ban"]


@pytest.fixture
def tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))  # noqa: S106 - a word, not a secret
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


@pytest.fixture
def scheme_path(tmp_path: Path) -> Path:
    path = tmp_path / "ferry.toml"
    path.write_text(
        'name = "ferry"\ntopic = "The island ferry"\n[labels]\nkeep = "Keep the ferry."\nbridge = "Build a bridge."\n'
    )
    return path
