"""Packs by name and by text: what is offered, what is wrong and where, and nothing that is read from elsewhere."""

from __future__ import annotations

import pytest

from referee.packs.load import bundled
from referee.verifiers import ids

GOOD = 'name = "mine"\n\n[[rules]]\nverifier = "math.number"\nweight = 1.0\n'


def check(client, text, kind="toml"):
    answer = client.post("/v1/packs/check", json={"text": text, "format": kind})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_all_bundled_packs_are_offered_with_their_text(served):
    rows = served.get("/v1/packs").json()["packs"]
    assert {row["id"] for row in rows} == set(bundled())
    assert [row["id"] for row in rows if row["default"]] == [rows[0]["id"]]
    for row in rows:
        page = served.get(f"/v1/packs/{row['id']}").json()
        assert check(served, page["text"], page["format"])["pack"]["digest"] == row["digest"] == page["digest"]


def test_a_good_text_is_told(served):
    found = check(served, GOOD)
    assert found["ok"]
    assert found["faults"] == []
    assert found["pack"]["answer"] == "math.number"
    assert found["pack"]["rules"][0]["weight"] == 1.0


@pytest.mark.parametrize(
    ("text", "path", "line", "column"),
    [
        (GOOD.replace("weight = 1.0", "weight = -1.0"), "$.rules[0].weight", 5, 1),
        (GOOD.replace("math.number", "math.numbr"), "$.rules[0].verifier", 4, 1),
        (GOOD.replace("weight", "wieght"), "$.rules[0].wieght", 5, 1),
        (GOOD + 'params = { take = "lst" }\n', "$.rules[0].params.take", 6, 12),
        (GOOD + "[[rules\n", "$", 6, 8),
        ("", "$", None, None),
        ("name = 'x'", "$", None, None),
    ],
)
def test_a_fault_has_its_place(served, text, path, line, column):
    found = check(served, text)
    assert not found["ok"]
    assert found["pack"] is None
    fault = found["faults"][0]
    assert fault["message"]
    assert (fault["path"], fault["line"], fault["column"]) == (path, line, column)


def test_yaml_and_json_are_checked_too(served):
    assert check(served, "rules:\n  - verifier: math.number\n", "yaml")["ok"]
    assert check(served, '{"rules": [{"verifier": "math.number"}]}', "json")["ok"]
    fault = check(served, "rules:\n  - verifier: math.number\n    weight: heavy\n", "yaml")["faults"][0]
    assert (fault["path"], fault["line"], fault["column"]) == ("$.rules[0].weight", 3, 5)


def test_small_texts_that_are_large_data_are_refused(served):
    levels = "\n".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]" for n in range(12))
    bomb = f"a0: &a0 [x, x]\n{levels}\nrules: *a12\n"
    fault = check(served, bomb, "yaml")["faults"][0]
    assert "alias" in fault["message"]
    assert fault["line"] == 2
    deep = check(served, "a: " + "[" * 5_000, "yaml")["faults"][0]
    assert "levels" in deep["message"] or "not readable" in deep["message"]
    assert "bytes" in check(served, "#" * 70_000)["faults"][0]["message"]
    assert not check(served, "rules = " + "[" * 60_000)["ok"]
    assert not check(served, "[" * 60_000, "json")["ok"]


def test_no_file_of_the_machine_is_read(served, tmp_path):
    secret = tmp_path / "secret.toml"
    secret.write_text(GOOD)
    for name in (str(secret), "..%2fsecret.toml", "secret.toml", "%2Fetc%2Fpasswd"):
        assert served.get(f"/v1/packs/{name}").status_code == 404
    assert served.post("/v1/score", json={"pack": str(secret), "completion": "x"}).status_code == 422


def test_a_given_file_is_offered_under_its_name_and_watched(open_service, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    client = open_service(packs=(str(path), "gsm8k"))
    rows = client.get("/v1/packs").json()["packs"]
    assert [row["id"] for row in rows[:2]] == ["mine", "gsm8k"]
    assert rows[0]["default"]
    asked = {"pack": "mine", "completion": "The answer is \\boxed{2}.", "truth": "2"}
    assert client.post("/v1/score", json=asked).json()["score"]["reward"] == 1.0
    path.write_text(GOOD.replace("weight = 1.0", "weight = 0.25"))
    assert client.post("/v1/score", json=asked).json()["score"]["reward"] == 0.25
    assert "0.25" in client.get("/v1/packs/mine").json()["text"]


def test_all_verifiers_are_told(served):
    rows = served.get("/v1/verifiers").json()["verifiers"]
    assert {row["id"] for row in rows} >= set(ids())
    assert all(row["about"].endswith(".") for row in rows)
    page = served.get("/v1/verifiers/math.number").json()
    assert {one["name"] for one in page["parameters"]} >= {"channel", "take"}
    assert any(case["status"] == "fail" for case in page["cases"])
    assert "## Truth" in page["page"]
    assert served.get("/v1/verifiers/math.numbr").status_code == 404
    assert served.get("/v1/verifiers/..%2fconftest").status_code == 404


def test_reasons_are_told_in_words(served):
    assert served.get("/v1/reasons").json()["reasons"]["answer.missing"] == "no answer in the final segment"
