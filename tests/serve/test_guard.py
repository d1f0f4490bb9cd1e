"""Who may ask: the address, the Host, the Origin, the token; and how much, how slowly, how many."""

from __future__ import annotations

import asyncio
import json
import socket

import msgspec
import pytest

from referee.core.errors import UsageError
from referee.serve.app import application
from referee.serve.settings import Limits, Settings

TOKEN = "0123456789abcdef" * 2
ASKED = {"pack": "text.toml", "completion": "x"}


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", "", "0.0.0.0"]
)
def test_a_foreign_host_is_refused(served, host):
    """A name that an attacker's server rebinds to this address shows in `Host`."""
    for path in ("/healthz", "/", "/v1/packs", "/docs"):
        assert code(served.get(path, headers={"host": host})) == (403, "foreign")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:8000", "LOCALHOST:80"])
def test_the_names_of_this_machine_are_answered(served, host):
    assert served.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:1", "https://127.0.0.1.evil.example"]
)
def test_a_page_of_another_origin_is_refused(served, origin):
    assert code(served.post("/v1/score", json=ASKED, headers={"origin": origin})) == (403, "foreign")


def test_the_own_page_is_answered(served):
    own = str(served.base_url).rstrip("/")
    assert served.get("/v1/packs", headers={"origin": own}).status_code == 200
    assert code(served.get("/v1/packs", headers={"sec-fetch-site": "cross-site"})) == (403, "foreign")
    assert served.get("/v1/packs", headers={"sec-fetch-site": "same-origin"}).status_code == 200


def test_another_address_needs_a_token():
    with pytest.raises(UsageError, match="REFEREE_TOKEN"):
        Settings(host="0.0.0.0")
    with pytest.raises(UsageError, match="16 or more"):
        Settings(host="0.0.0.0", token="short")
    assert not Settings(host="0.0.0.0", token=TOKEN).loopback
    assert Settings(host="127.0.0.2").loopback


def asked_from(client, headers, settings):
    """The status that the application answers somebody at an address, without a socket."""
    return asked(application(settings), "/v1/limits", client, headers)[0]


def posted(app, body):
    """Status, headers and body of what the application answers to a request for scores, without a socket."""
    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    return asked(app, "/v1/score", ("127.0.0.1", 5), headers, json.dumps(body).encode())


def asked(app, path, client, headers, body=b""):
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": "POST" if body else "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": headers, "client": client, "scheme": "http", "server": ("x", 1), "http_version": "1.1",
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    content = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], dict(sent[0]["headers"]), json.loads(content)


def test_a_loopback_service_answers_no_other_address():
    host = [(b"host", b"localhost")]
    assert asked_from(("127.0.0.1", 5), host, Settings()) == 200
    assert asked_from(("::1", 5), host, Settings()) == 200
    assert asked_from(("192.0.2.7", 5), host, Settings()) == 403


def test_an_open_service_answers_by_address_and_given_name_and_token_only():
    settings = Settings(host="0.0.0.0", token=TOKEN, names=("judge.example",))
    told = [(b"authorization", f"Bearer {TOKEN}".encode())]
    there = ("192.0.2.7", 5)
    assert asked_from(there, [(b"host", b"192.0.2.1:8000"), *told], settings) == 200
    assert asked_from(there, [(b"host", b"judge.example"), *told], settings) == 200
    assert asked_from(there, [(b"host", b"evil.example"), *told], settings) == 403
    assert asked_from(there, [(b"host", b"192.0.2.1:8000")], settings) == 401


def test_a_loopback_service_is_not_bound_to_other_addresses(served):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; says which address would be used
        except OSError:
            pytest.skip("this machine has no other address than the loopback")
        address = probe.getsockname()[0]
    if address.startswith("127."):
        pytest.skip("this machine has no other address than the loopback")
    with (
        pytest.raises((ConnectionError, TimeoutError)),
        socket.create_connection((address, served.base_url.port), timeout=30),
    ):
        pass


def test_with_a_token_nothing_of_anybodys_is_told_without_it(open_service):
    client = open_service(token=TOKEN)
    for path in ("/v1/packs", "/v1/score", "/metrics", "/get_reward", "/nothing"):
        answer = client.get(path)
        assert code(answer) == (401, "token")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    for path in ("/healthz", "/docs", "/openapi.json"):
        assert client.get(path).status_code == 200
    for wrong in (f"Bearer {TOKEN}x", "Bearer", f"Token {TOKEN}", "Basic !", "Basic " + "A" * 40):
        assert client.get("/v1/packs", headers={"authorization": wrong}).status_code == 401
    assert client.get("/v1/packs", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert client.get("/v1/packs", auth=("referee", TOKEN)).status_code == 200


def test_every_answer_says_how_it_may_be_used(served):
    for path, policy in (
        ("/v1/packs", "default-src 'none'"),
        ("/docs", "style-src 'sha256-"),
        ("/nothing", "default-src 'none'"),
        ("/", "default-src 'none'"),
    ):
        headers = served.get(path).headers
        assert policy in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "server" not in headers
        assert "access-control-allow-origin" not in headers


def test_what_is_told_back_is_no_page(served):
    """A name from the address comes back as JSON, which no browser reads as HTML."""
    for path in ("/<script>alert(1)</script>", "/v1/packs/<img src=x>", "/v1/verifiers/<b>"):
        answer = served.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/json"


def test_a_large_body_is_refused_before_it_is_read(open_service):
    client = open_service(limits=Limits(body_bytes=10_000))
    assert code(client.post("/v1/score", json={"pack": "gsm8k", "completion": "x" * 10_000})) == (413, "large")

    def pieces():
        for _ in range(100):
            yield b" " * 1_000

    answer = client.post("/v1/score", content=pieces(), headers={"content-type": "application/json"})
    assert code(answer) == (413, "large")
    assert client.post("/v1/score", json={"pack": "gsm8k", "completion": "x"}).status_code == 200


def test_a_slow_body_is_given_up(open_service):
    client = open_service(limits=Limits(body_seconds=0.2))
    with socket.create_connection(("127.0.0.1", client.base_url.port), timeout=60) as slow:
        slow.sendall(
            b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n{"
        )
        said = slow.recv(65536)
    assert b" 408 " in said.splitlines()[0]


SLOW = '[[rules]]\nverifier = "code.stdio"\nparams = { cpu_s = 2.0, wall_s = 60.0 }\n'


def test_a_full_queue_is_an_answer_and_not_a_wait():
    """What is accepted is counted until it is answered; one more than there is room for is refused at once."""
    app = application(Settings(where="here", limits=Limits(in_flight=3)))
    app.house.open()
    asked = {"pack": "gsm8k", "completions": ["#### 18"] * 2, "truth": "18"}
    try:
        assert posted(app, asked)[0] == 200
        with app.house.desk.admitted(2):
            status, headers, body = posted(app, asked)
            assert (status, body["error"]["code"]) == (429, "full")
            assert int(headers[b"retry-after"]) >= 1
            assert posted(app, {**asked, "completions": ["#### 18"]})[0] == 200
        assert posted(app, asked)[0] == 200
        assert app.house.desk.in_flight == 0
        app.house.desk.stopping = True
        assert posted(app, asked)[0] == 503
    finally:
        app.house.close()


def test_bodies_together_have_their_room():
    app = application(Settings(limits=Limits(held_bytes=500)))
    app.held_bytes = 480
    status, headers, body = posted(app, {"pack": "gsm8k", "completion": "x"})
    assert (status, body["error"]["code"]) == (429, "full")
    assert b"retry-after" in headers
    assert app.held_bytes == 480


def test_what_is_not_judged_in_time_is_unjudged(open_service):
    client = open_service(limits=Limits(seconds=0.001))
    asked = {
        "pack": {"text": SLOW},
        "completion": "```python\nwhile True: pass\n```",
        "truth": {"inputs": ["1"], "outputs": ["1"]},
    }
    score = client.post("/v1/score", json=asked).json()["score"]
    assert score["reward"] is None
    assert [verdict["reason"] for verdict in score["verdicts"].values()] == ["infra.deadline"]
    rm = client.post(
        "/packs/r1-zero-code/rm", json={"response": "```python\nwhile True: pass\n```", "label": asked["truth"]}
    )
    assert code(rm) == (503, "away")  # a trainer that masks nothing asks again; 0 would be a lie
    assert int(rm.headers["retry-after"]) >= 1


def test_limits_are_told(served):
    assert served.get("/v1/limits").json() == msgspec.to_builtins(Limits())
