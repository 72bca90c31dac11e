"""How the model `accurate` is put together: an all-mpnet-base-v2 taught like `small`, and a `small`, side by side.

    python models/accurate.py renumber sentence-transformers/all-mpnet-base-v2 mpnet
    analyzer train ROWS.jsonl … --scheme SCHEME.toml --encoder mpnet --frozen-layers 6 --epochs 1 --learning-rate 6e-5 \
        -o large
    python models/accurate.py join large models/small models/accurate --scheme SCHEME.toml --rows HELD_OUT.jsonl

Both encoders know the same words, so once MPNet's are numbered as BERT's one tokenizer serves both. The second line is
the nearest command to how the shipped larger encoder was taught: that loop ended by the clock and mixed its rows anew
(models/LOG.md, "the larger model, and it ships"), so the line gives a model of the same kind, not its weights. The
`small` it was joined with is the one before the one that ships, which is its pupil (models/small.py).
"""

import argparse
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModel, AutoTokenizer

from analyzer.classifier.examples import read_examples
from analyzer.classifier.export import round_to_four_bits
from analyzer.classifier.folder import weights_sha256
from analyzer.classifier.learning import go_on_from, published_encoder, write_folder
from analyzer.classifier.network import describe_encoder, side_by_side
from analyzer.scheme import read_scheme

SPECIAL = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>", "[MASK]": "<mask>"}


def main() -> None:
    """Do one of the two steps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(dest="step", required=True)
    first = steps.add_parser("renumber")
    first.add_argument("encoder", help="all-mpnet-base-v2: a folder, or its name on the model hub")
    first.add_argument("out", type=Path)
    second = steps.add_parser("join")
    second.add_argument("folders", type=Path, nargs=2)
    second.add_argument("out", type=Path)
    second.add_argument("--scheme", type=Path, required=True)
    second.add_argument("--rows", type=Path, nargs="+", required=True, help="labelled, and neither was trained on them")
    options = parser.parse_args()
    if options.step == "renumber":
        renumber(options.encoder, options.out)
    else:
        join(options.folders, options.scheme, options.rows, options.out)


def renumber(encoder: str, out: Path) -> None:
    """Write the encoder with its words numbered as MiniLM numbers them, and MiniLM's tokenizer."""
    tokenizer = AutoTokenizer.from_pretrained(published_encoder())
    numbers = AutoTokenizer.from_pretrained(encoder).get_vocab()
    words = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    model = AutoModel.from_pretrained(encoder, dtype=torch.float32)
    weights = model.state_dict()
    table = "embeddings.word_embeddings.weight"
    weights[table] = weights[table][[numbers[SPECIAL.get(word, word)] for word, _ in words]]
    config = AutoConfig.from_pretrained(
        encoder, vocab_size=len(words), pad_token_id=0, bos_token_id=101, eos_token_id=102
    )
    renumbered = AutoModel.from_config(config)
    renumbered.load_state_dict(weights)
    renumbered.save_pretrained(out)
    tokenizer.save_pretrained(out)


@torch.no_grad()
def join(folders: list[Path], scheme_path: Path, rows: list[Path], out: Path) -> None:
    """Write the two models as one, the word embeddings in four bits, so that all stays under 110 MB."""
    scheme = read_scheme(scheme_path)
    (first, tokenizer), (second, _) = (go_on_from(folder, scheme.labels) for folder in folders)
    first.embedding.weight.zero_()  # one is enough, and the flags' thresholds were chosen for that of `small`
    first.embedding.bias.zero_()
    network = side_by_side([first, second])
    for encoder in network.encoders:
        round_to_four_bits(encoder.get_input_embeddings())
    training = {
        "encoder": "two side by side",
        "encoder_config": describe_encoder(network),
        "parts": {folder.name: weights_sha256(folder) for folder in folders},
    }
    write_folder(network, tokenizer, read_examples(rows, scheme.labels), scheme_path, out, training=training)


if __name__ == "__main__":
    main()
