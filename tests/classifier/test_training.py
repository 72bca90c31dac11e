"""The whole way from labelled rows to a model folder, on a network of a few thousand weights."""

import base64
import json

import numpy as np
import onnx
import pytest
import torch
from torch import nn
from transformers import BertConfig, BertModel

from analyzer.classifier.engine import quick_engine
from analyzer.classifier.examples import Example, read_examples, split_by_thread
from analyzer.classifier.export import export_float, export_int8, read_weights, round_to_four_bits
from analyzer.classifier.inputs import encode
from analyzer.classifier.learning import train, write_folder
from analyzer.classifier.network import Network, describe_encoder, empty_network, side_by_side
from analyzer.classifier.predictor import TargetPredictor, load_predictor, model_feed
from analyzer.classifier.probing import fit_embedding
from analyzer.classifier.training import Settings, compute_outputs, fit, run_batches
from analyzer.errors import DataError, ModelError
from analyzer.predictions import Turn

LABELS = ("keep", "bridge", "none")
TINY = BertConfig(
    vocab_size=20,
    hidden_size=16,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=32,
    attn_implementation="eager",
    initializer_range=0.3,  # words far enough apart to be told from each other without learning them
)


@pytest.fixture
def examples(tmp_path):
    kinds = [("keep the ferry", "keep"), ("build the road", "bridge"), ("yes no", "none")]
    rows = [
        {
            "text": f"{text} {'always' if i % 2 else 'never'}",
            "stance": stance,
            "thread": f"t{i}",
            "attack": int(i % 6 == 0),
        }
        | {"parent_text": "we stop", "relation": ("agree", "disagree")[i % 2]}
        for i in range(24)
        for text, stance in [kinds[i % 3]]
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return read_examples([path], LABELS)


@pytest.fixture
def network() -> Network:
    torch.manual_seed(0)
    return Network(BertModel(TINY), len(LABELS))


def trained(network, tokenizer, examples) -> Network:
    fit(
        network,
        tokenizer,
        examples,
        LABELS,
        settings=Settings(epochs=25, batch=8, learning_rate=3e-3, head_learning_rate=1e-2),
    )
    return network


def test_training_learns_rules_that_one_word_carries(network, tokenizer, examples):
    logits = compute_outputs(trained(network, tokenizer, examples), tokenizer, examples)
    assert [LABELS[i] for i in logits.stance.argmax(1)] == [example.stance for example in examples]


def test_a_stance_towards_a_target_depends_on_the_target(network, tokenizer, examples, scheme_path, tmp_path):
    # Who wants the ferry is against the road, so the same words get both labels.
    sides = {
        ("keep", "ferry"): "favor",
        ("keep", "road"): "against",
        ("build", "ferry"): "against",
        ("build", "road"): "favor",
    }
    rows = [
        Example(Turn(f"{verb} {word}", target=target), f"t{i}", target_stance=side)
        for i, word in enumerate(("always", "never", "yes", "no"))
        for (verb, target), side in sides.items()
    ]
    trained(network, tokenizer, [*examples, *rows])
    predictor, _ = write_folder(network, tokenizer, examples[:12], scheme_path, tmp_path / "ferry", training={})
    ferry, road, own = predictor.predict(
        [Turn("keep yes", "we stop", "ferry"), Turn("keep yes", None, "road"), Turn("keep yes")]
    )
    assert (ferry.stance.best, road.stance.best, list(own.stance.scores)) == ("favor", "against", list(LABELS))
    assert (ferry.agreement is None, road.agreement is None) == (False, True)
    assert TargetPredictor(predictor, "road").predict([Turn("keep yes")])[0].stance == road.stance


def test_a_student_takes_over_its_teacher_s_scores(network, tokenizer, examples):
    scores = {"keep": (0.7, 0.2, 0.1), "bridge": (0.1, 0.6, 0.3), "none": (0.0, 0.1, 0.9)}
    taught = [Example(example.turn, example.thread, stance_scores=scores[example.stance]) for example in examples]
    probabilities = compute_outputs(trained(network, tokenizer, taught), tokenizer, taught).stance.softmax(1)
    expected = [scores[example.stance] for example in examples]
    np.testing.assert_allclose(probabilities.numpy(), expected, atol=0.15)


def test_a_student_takes_over_its_teacher_s_scores_towards_a_target(network, tokenizer):
    scores = {"ferry": (0.7, 0.2, 0.1), "road": (0.1, 0.3, 0.6)}
    taught = [
        Example(Turn(f"we {word}", target=target), f"t{i}", target_scores=scores[target])
        for i, word in enumerate(("always", "never", "yes", "no"))
        for target in scores
    ] * 3
    probabilities = compute_outputs(trained(network, tokenizer, taught), tokenizer, taught).target.softmax(1)
    expected = [scores[example.turn.target] for example in taught]
    np.testing.assert_allclose(probabilities.numpy(), expected, atol=0.15)


def test_exported_file_gives_the_network_s_logits(network, tokenizer, examples, tmp_path):
    expected = compute_outputs(trained(network, tokenizer, examples), tokenizer, examples)
    export_float(network, tmp_path / "float.onnx")
    engine = quick_engine(tmp_path / "float.onnx")
    outputs = engine.run(model_feed(encode(tokenizer, [example.turn for example in examples])))
    for exported, own in zip(outputs, expected, strict=True):
        np.testing.assert_allclose(exported, own.numpy(), atol=1e-4)


def test_the_embedding_is_the_comment_s_mean_on_its_principal_axes(network, tokenizer, examples, tmp_path):
    texts = ["keep", "the ferry", "stop the road", "yes", "no never", "we agree", "fool", "you ban", "always wrong"]
    rows = [Example(Turn(text), text) for text in texts]
    nn.init.ones_(network.embedding.weight)  # an earlier fit
    fit_embedding(network, tokenizer, rows)
    pooled, _ = run_batches(network, network.vectors, tokenizer, rows)
    means = pooled[:, 16:32].numpy()  # after [CLS], before the parent's
    spread = means - means.mean(axis=0)
    own = compute_outputs(network, tokenizer, rows).embedding.numpy()
    np.testing.assert_allclose(own[:, :8].T @ own[:, :8] / 9, np.eye(8), atol=1e-3)  # nine rows span eight axes
    assert not own[:, 8:].any()
    first = np.linalg.eigh(spread.T @ spread)[1][:, -1]
    assert abs(np.corrcoef(spread @ first, own[:, 0])[0, 1]) == pytest.approx(1, abs=1e-3)
    export_float(network, tmp_path / "float.onnx")
    outputs = quick_engine(tmp_path / "float.onnx").run(model_feed(encode(tokenizer, [row.turn for row in rows])))
    np.testing.assert_allclose(outputs[4], own, atol=1e-3)


def test_a_prediction_holds_the_embedding_s_direction(network, tokenizer, examples, scheme_path, tmp_path):
    predictor, _ = write_folder(network, tokenizer, examples, scheme_path, tmp_path / "m", training={})
    own = compute_outputs(network, tokenizer, examples[:1]).embedding[0].numpy()
    (prediction,) = predictor.predict([examples[0].turn])
    numbers = np.frombuffer(base64.b64decode(prediction.embedding), np.int8)
    assert np.abs(numbers).max() == 127
    cosine = numbers @ own / np.linalg.norm(numbers.astype(float)) / np.linalg.norm(own)
    assert cosine > 0.95  # the file's weights are rounded


def test_a_model_without_fitted_axes_gives_no_embedding(network, tokenizer, scheme_path, tmp_path):
    predictor, _ = write_folder(network, tokenizer, [], scheme_path, tmp_path / "m", training={})
    assert predictor.predict([Turn("keep the ferry")])[0].embedding is None


def test_four_bits_hold_whole_multiples_of_a_scale_a_block():
    layer = nn.Linear(64, 1)
    with torch.no_grad():
        layer.weight.zero_()
        layer.weight[0, :3] = torch.tensor([-0.8, 0.75, 0.1])  # at scale 0.8 / 8, 0.75 would become 0.7, off by 0.05
        layer.weight[0, 32:34] = torch.tensor([0.8, -0.7])  # scale 0.1 holds both
    round_to_four_bits(layer)
    scale = 0.8 / 7.6
    np.testing.assert_allclose(layer.weight[0, :3].tolist(), [-8 * scale, 7 * scale, scale], rtol=1e-6)
    np.testing.assert_allclose(layer.weight[0, 32:34].tolist(), [0.8, -0.7], rtol=1e-6)
    assert not layer.weight[0, 3:32].any()


def test_rounded_layers_are_stored_in_four_bits_and_read_back(tokenizer, examples, tmp_path):
    network = network_of(hidden_size=64, num_hidden_layers=2, intermediate_size=64)
    round_to_four_bits(network.encoder.encoder.layer[0])
    export_int8(network, tmp_path / "model.onnx")
    stored = {len(tensor.dims) == 3 and tensor.name for tensor in onnx.load(tmp_path / "model.onnx").graph.initializer}
    assert (
        sum("Q4" in str(name) for name in stored) == 6
    )  # query, key, value, attention output, two of the feed-forward
    weights = read_weights(tmp_path / "model.onnx")
    for name, own in network.state_dict().items():
        exact = name.startswith("encoder.encoder.layer.0.")
        np.testing.assert_allclose(weights[name].numpy(), own.numpy(), atol=1e-6 if exact else 0.02)
    assert_same_logits(tmp_path / "model.onnx", network, tokenizer, examples)


@pytest.fixture
def wide_network():
    return network_of(hidden_size=384, num_hidden_layers=1, intermediate_size=384)


def test_large_matrices_are_stored_in_int8_with_a_scale_an_output_and_read_back(
    wide_network, tokenizer, examples, tmp_path
):
    export_int8(wide_network, tmp_path / "model.onnx")
    graph = onnx.load(tmp_path / "model.onnx").graph
    assert sum(node.op_type == "MatMulIntegerToFloat" for node in graph.node) == 6
    weights = read_weights(tmp_path / "model.onnx")
    name = "encoder.encoder.layer.0.attention.self.query.weight"  # (out, in)
    own = wide_network.state_dict()[name]
    half_a_step = own.abs().amax(1, keepdim=True) / 127 / 2
    assert ((weights[name] - own).abs() <= half_a_step * 1.001).all()
    assert (weights[name] - own).abs().max() > half_a_step.max() / 2
    assert_same_logits(tmp_path / "model.onnx", wide_network, tokenizer, examples, atol=0.1)  # they are -2 to 2


def test_a_comment_s_logits_do_not_depend_on_its_batch(wide_network, tokenizer, tmp_path):
    export_int8(wide_network, tmp_path / "model.onnx")
    engine = quick_engine(tmp_path / "model.onnx")
    pair = encode(tokenizer, [Turn("keep the ferry"), Turn("no never", "we agree")])
    together, alone = engine.run(model_feed(pair)), engine.run(model_feed(pair[:1]))
    for both, one in zip(together, alone, strict=True):
        np.testing.assert_allclose(both[0], one[0], atol=1e-4)


def test_word_embeddings_in_four_bits_are_read_back(tokenizer, examples, tmp_path):
    torch.manual_seed(0)
    shape = {**TINY.to_dict(), "vocab_size": 1 << 15, "hidden_size": 64}  # as large as tables must be to be shrunk
    network = Network(BertModel(BertConfig(**shape, attn_implementation="eager"), add_pooling_layer=False), len(LABELS))
    table = network.encoder.get_input_embeddings()
    round_to_four_bits(table)
    export_int8(network, tmp_path / "model.onnx")
    stored = {tensor.name: tensor for tensor in onnx.load(tmp_path / "model.onnx").graph.initializer}
    assert list(stored["encoder.embeddings.word_embeddings.weight"].dims) == [1 << 15, 32]  # two weights a byte
    weights = read_weights(tmp_path / "model.onnx")
    np.testing.assert_allclose(weights["encoder.embeddings.word_embeddings.weight"], table.weight.detach(), atol=1e-6)
    assert_same_logits(tmp_path / "model.onnx", network, tokenizer, examples)


def test_networks_side_by_side_give_the_mean_of_their_logits(network, tokenizer, examples):
    torch.manual_seed(1)
    other = Network(BertModel(BertConfig(**{**TINY.to_dict(), "hidden_size": 32})), len(LABELS))
    for own in (network, other):
        nn.init.normal_(own.embedding.weight)
        nn.init.normal_(own.embedding.bias)
    pair = side_by_side([network, other])
    joined, *apart = (compute_outputs(own, tokenizer, examples) for own in (pair, network, other))
    for both, one, two in zip(joined[:4], apart[0][:4], apart[1][:4], strict=True):
        np.testing.assert_allclose(both, (one + two) / 2, atol=1e-5)
    np.testing.assert_allclose(joined.embedding, apart[0].embedding + apart[1].embedding, atol=1e-4)
    again = empty_network(describe_encoder(pair), len(LABELS))
    again.load_state_dict({name: value for name, value in pair.state_dict().items() if ".pooler." not in name})
    np.testing.assert_allclose(
        compute_outputs(again, tokenizer, examples).stance, compute_outputs(pair, tokenizer, examples).stance, atol=1e-5
    )


def network_of(**shape):
    torch.manual_seed(0)
    config = BertConfig(**{**TINY.to_dict(), **shape}, attn_implementation="eager")
    network = Network(BertModel(config, add_pooling_layer=False), len(LABELS))
    for parameter in network.parameters():
        if parameter.ndim == 1:
            nn.init.normal_(parameter)  # the exporter keeps equal tensors once, under one name
    return network


def assert_same_logits(path, network, tokenizer, examples, *, atol=0.05):
    outputs = quick_engine(path).run(model_feed(encode(tokenizer, [example.turn for example in examples])))
    for exported, own in zip(outputs, compute_outputs(network, tokenizer, examples), strict=True):
        np.testing.assert_allclose(exported, own.numpy(), atol=atol)


def test_a_written_folder_predicts_and_checks_itself(network, tokenizer, examples, scheme_path, tmp_path):
    trained(network, tokenizer, examples)
    folder = tmp_path / "ferry"
    predictor, _ = write_folder(network, tokenizer, examples[:12], scheme_path, folder, training={"seed": 1})
    reply, top_level = predictor.predict([Turn("keep the ferry always", "we stop"), Turn("build the road never")])
    assert max(reply.stance.scores, key=reply.stance.scores.get) == "keep"
    assert sum(reply.stance.scores.values()) == pytest.approx(1.0)
    assert top_level.agreement is None
    assert predictor.scheme.labels == LABELS
    (folder / "model.onnx").write_bytes(b"not the weights")
    with pytest.raises(ModelError, match="sha256 differs"):
        load_predictor(folder)


def test_a_large_file_is_continued_beside_it(network, tokenizer, examples, scheme_path, tmp_path, monkeypatch):
    whole, _ = write_folder(network, tokenizer, examples, scheme_path, tmp_path / "whole", training={})
    monkeypatch.setattr("analyzer.classifier.export._FILE_BYTES", 20_000)
    monkeypatch.setattr("analyzer.classifier.export._SMALL", 500)
    parts, _ = write_folder(network, tokenizer, examples, scheme_path, tmp_path / "parts", training={})
    files = sorted(path.name for path in (tmp_path / "parts").glob("model.onnx*"))
    assert files[:2] == ["model.onnx", "model.onnx.1"]
    turns = [example.turn for example in examples]
    np.testing.assert_array_equal(parts.logits(turns)[0], whole.logits(turns)[0])
    (tmp_path / "parts" / files[-1]).write_bytes(b"not the weights")
    with pytest.raises(ModelError, match="sha256 differs"):
        load_predictor(tmp_path / "parts")


@pytest.fixture
def first(network, tokenizer, examples, scheme_path, tmp_path):
    """A written model folder, for training to go on from."""
    described = {"encoder_config": {"model_type": "bert", **TINY.to_diff_dict()}}
    trained(network, tokenizer, examples)
    return write_folder(
        network, tokenizer, examples[:12], scheme_path, tmp_path / "first", training=described
    ).predictor


def write_rows(path, rows):
    path.write_text("\n".join(json.dumps({"text": text, "stance": stance}) for text, stance in rows))
    return path


ONE_OF_EACH = [("keep the ferry", "keep"), ("build the road", "bridge"), ("yes no", "none")]


def test_training_goes_on_from_a_written_folder(first, examples, scheme_path, tmp_path, monkeypatch):
    monkeypatch.setattr("analyzer.classifier.learning._FEW", 0)
    still = Settings(epochs=1, learning_rate=0.0, head_learning_rate=0.0)
    path = write_rows(tmp_path / "rows.jsonl", ONE_OF_EACH)
    second, _ = train([path], scheme_path, tmp_path / "second", encoder=str(tmp_path / "first"), settings=still)
    turns = [example.turn for example in examples]
    for before, after in zip(first.logits(turns), second.logits(turns), strict=True):
        np.testing.assert_allclose(after, before, atol=0.05)


def test_a_few_rows_teach_the_stance_head_and_leave_the_others(first, examples, scheme_path, tmp_path):
    # The labels change places, which no head of the first model could know.
    others = {"keep": "bridge", "bridge": "none", "none": "keep"}
    rows = [(text, others[stance]) for text, stance in ONE_OF_EACH] * 4
    path = write_rows(tmp_path / "rows.jsonl", rows)
    second, _ = train([path], scheme_path, tmp_path / "second", encoder=str(tmp_path / "first"))
    assert [second.predict([Turn(text)])[0].stance.best for text, _ in rows[:3]] == ["bridge", "none", "keep"]
    turns = [example.turn for example in examples]
    before, after = first.logits(turns), second.logits(turns)
    np.testing.assert_allclose(after.agreement, before.agreement, atol=0.05)
    np.testing.assert_allclose(after.attack, before.attack, atol=0.05)


def test_a_few_rows_are_scored_by_heads_that_did_not_see_them(first, scheme_path, tmp_path):
    # The same words get two labels: a head that saw a row could still not do better than the other label.
    rows = [("keep the ferry", "keep"), ("build the road", "bridge"), ("yes no", "none")]
    path = tmp_path / "rows.jsonl"
    path.write_text(
        "\n".join(
            json.dumps({"text": text, "stance": stance if thread else "none", "thread": f"t{thread}"})
            for thread in range(2)
            for text, stance in rows
        )
    )
    _, scores = train([path], scheme_path, tmp_path / "second", encoder=str(tmp_path / "first"))
    # Taught by t0 alone, all is "none"; taught by t1 alone, all are their own labels: 1 right in 3, and 1 in 3.
    assert scores.stance.rows == 6
    assert scores.stance.accuracy == pytest.approx(1 / 3)


def test_a_label_without_a_row_is_named(first, scheme_path, tmp_path):
    path = write_rows(tmp_path / "rows.jsonl", ONE_OF_EACH[:2])
    with pytest.raises(DataError, match="no row has the label 'none'"):
        train([path], scheme_path, tmp_path / "second", encoder=str(tmp_path / "first"))


def test_predictions_come_back_in_order_whatever_the_lengths(network, tokenizer, examples, scheme_path, tmp_path):
    predictor, _ = write_folder(
        trained(network, tokenizer, examples), tokenizer, [], scheme_path, tmp_path / "m", training={}
    )
    turns = [Turn("keep " * n) for n in (60, 1, 30, 2)]
    together = predictor.logits(turns)[0]
    alone = np.concatenate([predictor.logits([turn])[0] for turn in turns])
    np.testing.assert_allclose(together, alone, atol=1e-3)


def test_a_long_comment_has_the_mean_of_its_windows(network, tokenizer, examples, scheme_path, tmp_path):
    predictor, _ = write_folder(
        trained(network, tokenizer, examples), tokenizer, [], scheme_path, tmp_path / "m", training={}
    )
    heard = []
    turns = [Turn("stop"), Turn("keep " * 128 + "build " * 96), Turn("ban")]
    pooled = predictor.logits(turns, progress=heard.append)
    # Words 0-127 and 96-223, so both windows weigh the same.
    halves = predictor.logits([Turn("keep " * 128), Turn("keep " * 32 + "build " * 96)])
    assert sum(heard) == 3
    for together, apart in zip(pooled, halves, strict=True):
        np.testing.assert_allclose(together[1], apart.mean(axis=0), atol=1e-3)


def test_threads_are_never_split(examples):
    kept, held_out = split_by_thread(examples * 2, 0.3)
    assert len(kept) + len(held_out) == 48
    assert {example.thread for example in kept}.isdisjoint(example.thread for example in held_out)
    assert held_out


def test_an_incomplete_folder_names_what_is_missing(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"scheme\.toml is missing"):
        load_predictor(tmp_path)
