"""Log-probabilities of completions, whatever is done to make them cheap."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from referee.core.errors import UsageError
from referee.train import policy
from referee.train.config import ModelConfig
from referee.train.losses import token_logprobs
from referee.train.policy import Row, buckets, logprobs, spread

ROWS = [
    Row([5, 6, 7], [8, 9, 10, 11], [0.0] * 4, 1.0),
    Row([12], [13], [0.0], -1.0),
    Row([14, 15, 16, 17, 18], [19, 20], [0.0] * 2, 0.5),
]


def plainly(model, row):
    """One row at a time, through the whole model."""
    logits = model(torch.tensor([row.prompt + row.tokens])).logits[0, len(row.prompt) - 1 : -1]
    return token_logprobs(logits, torch.tensor(row.tokens)).tolist()


@pytest.mark.parametrize("kind", ["qwen2", "llama"])
@pytest.mark.parametrize("piece", [1 << 24, 150])
def test_rows_together_equal_rows_alone(kind, piece, make_model, monkeypatch):
    monkeypatch.setattr(policy, "PIECE", piece)  # 150 logits are two tokens of this vocabulary
    model = make_model(kind)
    found, mask = logprobs(model, ROWS)
    assert found.shape == mask.shape == (3, 4)
    assert mask.sum(-1).tolist() == [4, 1, 2]
    for place, row in enumerate(ROWS):
        count = len(row.tokens)
        assert found[place, :count].tolist() == pytest.approx(plainly(model, row), abs=1e-5)
        assert not found[place, count:].any()


def test_gradients_do_not_depend_on_the_pieces(make_model, monkeypatch):
    found = []
    for piece in (1 << 24, 150):
        monkeypatch.setattr(policy, "PIECE", piece)
        model = make_model()
        logprobs(model, ROWS)[0].sum().backward()
        found.append(torch.cat([weight.grad.flatten() for weight in model.parameters()]))
    torch.testing.assert_close(*found, atol=1e-5, rtol=1e-4)


def test_a_model_that_scales_its_logits_does_so_itself(tokenizer):
    from transformers import Gemma2Config, Gemma2ForCausalLM

    torch.manual_seed(0)
    model = Gemma2ForCausalLM(
        Gemma2Config(
            vocab_size=len(tokenizer), hidden_size=16, intermediate_size=16, num_hidden_layers=1, head_dim=8,
            num_attention_heads=2, num_key_value_heads=1, final_logit_softcapping=0.5, initializer_range=1.0,
        )
    )  # fmt: skip
    found, _ = logprobs(model, ROWS)
    assert found[0].tolist() == pytest.approx(plainly(model, ROWS[0]), abs=1e-5)


def test_numbers_are_spread_over_rows():
    assert spread([[1.0, 2.0], [3.0]], torch.zeros(2, 3)).tolist() == [[1.0, 2.0, 0.0], [3.0, 0.0, 0.0]]


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=30), st.integers(1, 60))
def test_buckets_hold_every_row_once_and_keep_the_budget(sizes, budget):
    rows = [Row([0] * prompt, [0] * count, [], 0.0) for prompt, count in sizes]
    parts = list(buckets(rows, budget))
    assert sorted(place for part in parts for place in part) == list(range(len(rows)))
    for part in parts:
        longest = max(rows[place].length for place in part)
        assert len(part) == 1 or longest * len(part) <= budget
    lengths = [rows[place].length for part in parts for place in part]
    assert lengths == sorted(lengths, reverse=True)


def test_rows_of_unlike_length_go_apart_once_there_are_enough():
    lengths = [40, 39, 38, 20, 19, 5, 4, 3]
    rows = [Row([0], [0] * length, [], 0.0) for length in lengths]
    assert list(buckets(rows, 800)) == [[0, 1, 2], [3, 4, 5, 6, 7]]  # 100 tokens are enough: 3 x 40, and not 2 x 20
    assert list(buckets(rows, 160)) == [[0, 1, 2], [3, 4], [5, 6, 7]]
    assert list(buckets(rows, 80)) == [[0, 1], [2], [3, 4], [5, 6], [7]]


def test_no_model_and_no_tokenizer_are_one_sentence(tmp_path):
    with pytest.raises(UsageError, match=r"no tokenizer in .* \(at \$.model.path\)"):
        policy.load_tokenizer(str(tmp_path))
    with pytest.raises(UsageError, match=r"no model in .* \(at \$.model.path\)"):
        policy.load_model(ModelConfig(path=str(tmp_path)), trained=True)


def test_a_tokenizer_is_read_as_it_was_written(make_model, tmp_path):
    """Beside a Qwen2 model, AutoTokenizer reads it with the splitting of Qwen2's, which knows no such word."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.WordLevel({"?": 0, "<eos>": 1, "one two": 2, "three": 3}, unk_token="?"))
    made.pre_tokenizer = pre_tokenizers.Split(",", "removed")
    make_model().save_pretrained(tmp_path)
    PreTrainedTokenizerFast(tokenizer_object=made, eos_token="<eos>", unk_token="?").save_pretrained(tmp_path)
    found = policy.load_tokenizer(str(tmp_path))
    assert found("one two,three,four").input_ids == [2, 3, 0]
    assert found.pad_token == "<eos>"


@pytest.mark.parametrize(("precision", "dtype"), [("bf16", torch.bfloat16), ("float32", torch.float32)])
def test_what_is_trained_is_float32(precision, dtype, make_model, tmp_path):
    make_model().save_pretrained(tmp_path)
    config = ModelConfig(path=str(tmp_path), precision=precision)
    assert policy.load_model(config, trained=True).dtype == torch.float32
    reference = policy.load_model(config, trained=False)
    assert reference.dtype == dtype
    assert not any(weight.requires_grad for weight in reference.parameters())
    assert not reference.training
