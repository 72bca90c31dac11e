from analyzer.classifier.evaluation import Evaluation, HeadScore
from analyzer.classifier.folder import ModelConfig
from analyzer.report.model_card import render_model_card
from analyzer.scheme import Scheme


def test_a_card_names_labels_data_and_scores():
    scheme = Scheme(
        "ferry", "the island ferry", {"keep": "Keep the ferry.", "bridge": "Build a bridge.", "none": "Else."}
    )
    training = {"encoder": "small", "rows": 24, "data": {"rows.jsonl": "ab12"}}
    config = ModelConfig("mine", scheme.labels, "ff", 1.0, 1.0, 1.0, 0.55, training)
    by_label = {"keep": 0.5, "bridge": 0.7, "none": 0.6}
    counts = {"keep": 8, "bridge": 8, "none": 8}
    stance = HeadScore(24, 0.6, 0.4, 0.8, 0.62, by_label, counts, 0.17, None, None, None)
    card = render_model_card(config, scheme, Evaluation(stance, None, None, None, None, None, None, None))
    assert card.startswith('# Model card: mine\n\nStances towards "the island ferry" in comments, from small.')
    assert "- `bridge`: Build a bridge." in card
    assert "24 rows in:\n\n- `rows.jsonl`, sha256 ab12" in card
    assert "    stance      macro-F1 0.600  (95 % 0.400 to 0.800, 24 rows)" in card
    assert "Below a confidence of 0.55 the answer is `unclear`." in card
