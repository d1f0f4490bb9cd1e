import pytest

from referee.core.errors import UnknownName, UsageError
from referee.train.config import load_config

TEXT = """
out = "run"
steps = 10
[model]
path = "somewhere"
[[data]]
path = "tasks.jsonl"
pack = "r1-zero-math"
[sample]
prompts = 4
"""


@pytest.fixture
def load(tmp_path):
    def load(*overrides, text=TEXT):
        path = tmp_path / "config.toml"
        path.write_text(text)
        return load_config(path, overrides)

    return load


def test_a_config_and_its_defaults(load):
    config = load()
    assert (config.steps, config.model.path, config.data[0].pack) == (10, "somewhere", "r1-zero-math")
    assert (config.sample.group, config.loss.aggregation, config.optim.lr) == (16, "dapo", 1e-6)


def test_overrides_are_dotted_and_typed(load):
    config = load("sample.group=8", "loss.beta=0.01", "data.0.share=0.5", "model.path=/a/b", 'log=["tensorboard"]')
    assert (config.sample.group, config.loss.beta, config.data[0].share) == (8, 0.01, 0.5)
    assert (config.model.path, config.log) == ("/a/b", ("tensorboard",))
    assert load("model.checkpointing=true").model.checkpointing is True


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("sample.grup=8", "there is no field 'grup'; did you mean 'group'? (at $.sample.grup)"),
        ("sample.group=1", "'group' must be a whole number, 2 or more; got 1 (at $.sample.group)"),
        ("sample.group=many", "'group' must be a whole number, 2 or more; got the text 'many' (at $.sample.group)"),
        ("loss.aggregation=dapoo", "did you mean 'dapo'? (at $.loss.aggregation)"),
        ("loss.advantages=seeds", "did you mean 'seed'?"),
        ("data.0.prompt=none", "'none' holds no {prompt} (at $.data[0].prompt)"),
        ("data.0.share=0", "no source is ever drawn from; give one a share above 0"),
        ("data.1.path=x", "there is no table '1' in the config"),
        ("data.0=x", "'0' is no name of a field"),
        ("steps", "an override is PATH=VALUE, like sample.group=8; got 'steps'"),
        ("data=[]", "a run needs tasks; add a table [[data]]"),
        ("step=3", "there is no field 'step'; did you mean 'steps'? (at $.step)"),
        ("optim.lr=0", "'lr' must be a number, more than 0; got 0 (at $.optim.lr)"),
    ],
)
def test_a_wrong_value_names_its_place_and_what_it_must_be(override, message, load):
    with pytest.raises(UsageError) as caught:
        load(override)
    assert message in str(caught.value)


def test_a_field_that_is_missing_is_named(load):
    with pytest.raises(UsageError, match=r"missing required field `prompts`.*\(at \$.sample\)"):
        load(text=TEXT.replace("prompts = 4", ""))


def test_a_file_that_is_no_toml_or_not_there(load, tmp_path):
    with pytest.raises(UsageError, match="not readable as TOML"):
        load(text="steps = ")
    with pytest.raises(UsageError, match=r"there is no file .*none\.toml"):
        load_config(tmp_path / "none.toml")
    with pytest.raises(UnknownName, match="did you mean 'r1-zero'"):
        load_config("r1-zer")


def test_the_bundled_recipe_is_the_published_one():
    config = load_config("r1-zero")
    assert config.sample.group == 16
    assert [one.pack for one in config.data] == ["r1-zero-math", "r1-zero-code"]
    assert (config.optim.lr, config.loss.beta, config.sample.temperature, config.sample.prompts) == (
        3e-6,
        0.001,
        1.0,
        32,
    )
