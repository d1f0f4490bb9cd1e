"""What a browser sees: the built page by its exact names, `/docs` without anything from elsewhere, numbers for Prometheus."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from referee.data.plain import dumps
from referee.serve.routes import ROUTES

HEADS = {"content-type": "application/json"}


@pytest.fixture
def built(tmp_path):
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>x</title>")
    (folder / "assets" / "app-1.js").write_text("1")
    (folder / "assets" / "notes.key").write_text("not of a kind that is served")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


def test_the_built_page_is_served_by_its_exact_names(open_service, built):
    client = open_service(page=built)
    answer = client.get("/")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    script = client.get("/assets/app-1.js")
    assert (script.text, script.headers["content-type"]) == ("1", "text/javascript; charset=utf-8")
    assert "immutable" in script.headers["cache-control"]
    for one in (answer, script):
        assert "default-src 'none'" in one.headers["content-security-policy"]
        assert "unsafe" not in one.headers["content-security-policy"]
    for name in (
        "notes.key",
        "app-2.js",
        "../secret.txt",
        "..%2fsecret.txt",
        "%2e%2e/%2e%2e/secret.txt",
        "/etc/passwd",
    ):
        assert client.get(f"/assets/{name}").status_code == 404


def test_without_a_build_one_sentence_says_how_to_make_it_and_the_api_works(open_service, tmp_path):
    client = open_service(page=tmp_path / "nothing")
    answer = client.get("/")
    assert answer.status_code == 404
    assert "make page" in answer.text
    assert client.get("/v1/packs").status_code == 200


class _Names(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.links = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in {"src", "href", "action"}]


def test_docs_are_one_page_without_scripts_or_anything_from_elsewhere(served):
    answer = served.get("/docs")
    page = _Names()
    page.feed(answer.text)
    assert not page.tags & {"script", "link", "img", "iframe", "form"}
    assert all(link.startswith("#") or link == "/openapi.json" for link in page.links)
    for route in ROUTES:
        assert route.path in answer.text
    targets = set(re.findall(r'id="(\w+)"', answer.text))
    assert {link[1:] for link in page.links if link.startswith("#")} <= targets


def test_the_document_names_every_route_and_record(served):
    told = served.get("/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    for route in ROUTES:
        operation = told["paths"][route.path][route.method.lower()]
        assert operation["summary"]
        assert set(operation["responses"]) >= {"200", "400", "401", "403"}
    names = {
        one.rpartition("/")[2] for one in re.findall(r'"\$ref": "([^"]+)"', dumps(told).decode().replace('":"', '": "'))
    }
    assert names <= set(told["components"]["schemas"])
    identities = [one["operationId"] for path in told["paths"].values() for one in path.values()]
    assert len(identities) == len(set(identities))


def test_numbers_are_counted_by_route_and_never_by_what_a_client_made_up(served):
    served.post("/v1/score", json={"pack": "gsm8k", "completion": "#### 18", "truth": "18"})
    served.get("/v1/packs/made-up-name")
    text = served.get("/metrics").text
    assert 'referee_requests_total{route="/v1/score",status="200"}' in text
    assert 'referee_requests_total{route="/v1/packs/{name}",status="404"}' in text
    assert "made-up-name" not in text
    assert 'reward_score_total{rule="answer",verdict="pass"}' in text
    assert "reward_workers" in text


def test_long_integers_and_half_characters_do_not_hold_up_the_loop(served):
    """They are read beside the event loop, and within the limits of the library."""
    body = b'{"pack": "gsm8k", "completion": "x\\ud800", "truth": ' + b"9" * 50_000 + b"}"
    assert served.post("/v1/score", content=body, headers=HEADS).status_code == 200
    body = b'{"pack": "gsm8k", "completion": "x", "truth": ' + b"9" * 200_000 + b"}"
    answer = served.post("/v1/score", content=body, headers=HEADS)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unreadable")
    assert served.get("/healthz").json()["status"] == "ok"
