from analyzer.classifier.inputs import COMMENT_TOKENS, PARENT_TOKENS, encode, encode_windows, make_turn
from analyzer.predictions import Turn


def test_words_repeated_from_the_parent_are_masked():
    turn = make_turn(
        "“the ferry should stop at noon every day” Who told you that?", "I say the ferry should stop at noon every day."
    )
    assert turn.text == "[quote] Who told you that?"
    assert turn.parent_text == "I say the ferry should stop at noon every day."


def test_an_empty_parent_is_no_parent():
    assert make_turn("Keep the ferry.", "") == Turn("Keep the ferry.", None)


def test_comment_and_parent_are_two_segments(tokenizer):
    (encoding,) = encode(tokenizer, [Turn("keep the ferry", "stop")])
    assert encoding.tokens == ["[CLS]", "keep", "the", "ferry", "[SEP]", "stop", "[SEP]"]
    assert encoding.type_ids == [0, 0, 0, 0, 0, 1, 1]


def test_a_top_level_comment_has_an_empty_second_segment(tokenizer):
    (encoding,) = encode(tokenizer, [Turn("keep")])
    assert encoding.tokens == ["[CLS]", "keep", "[SEP]", "[SEP]"]
    assert encoding.type_ids == [0, 0, 0, 1]


def test_a_target_stands_before_the_parent(tokenizer):
    alone, reply = encode(tokenizer, [Turn("keep", target="the ferry"), Turn("keep", "stop", "the ferry")])
    assert alone.tokens == ["[CLS]", "keep", "[SEP]", "the", "ferry", "[SEP]"]
    assert reply.tokens == ["[CLS]", "keep", "[SEP]", "the", "ferry", "[UNK]", "stop", "[SEP]"]


def test_each_part_is_cut_to_its_own_share(tokenizer):
    (encoding,) = encode(tokenizer, [Turn("keep " * 1000, "stop " * 1000)])
    assert encoding.type_ids.count(0) == COMMENT_TOKENS + 2
    assert encoding.type_ids.count(1) == PARENT_TOKENS + 1


def test_a_long_comment_is_read_in_windows_that_overlap(tokenizer):
    # 300 words in windows of 128 that share 32: 0-127, 96-223, 192-299, each with the parent.
    (windows,) = encode_windows(tokenizer, [Turn(" ".join(["keep"] * 300), "stop the road")])
    assert [window.type_ids.count(0) - 2 for window in windows] == [128, 128, 108]
    assert all(window.tokens[-4:] == ["stop", "the", "road", "[SEP]"] for window in windows)
    assert [window.word_ids[1] for window in windows] == [0, 96, 192]


def test_an_ordinary_comment_is_one_window(tokenizer):
    assert [len(windows) for windows in encode_windows(tokenizer, [Turn("keep " * 128), Turn("keep " * 129)])] == [1, 2]


def test_half_an_emoji_is_read_as_an_unknown_word(tokenizer):
    (encoding,) = encode(tokenizer, [Turn("keep \ud83d", "stop \ude00")])
    assert encoding.tokens == ["[CLS]", "keep", "[UNK]", "[SEP]", "stop", "[UNK]", "[SEP]"]
