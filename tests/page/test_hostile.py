"""200 hostile rollouts: none makes an element, a request, a dialog or a word on the console, and nothing stays hidden."""

from __future__ import annotations

import random
import unicodedata

PLAIN_PACK = 'name = "plain"\n\n[[rules]]\nname = "answer"\nverifier = "math.answer"\nparams = { channel = "boxed" }\n'
BASE = "http://192.0.2.1/"  # reserved for documentation: nobody is there
MARKUP = (
    "<script>window.owned = 1</script>",
    "<img src=x onerror='window.owned = 1'>",
    f"<img src={BASE}a.png>",
    "<svg onload='window.owned = 1'><script>window.owned = 1</script></svg>",
    "</textarea><script>window.owned = 1</script>",
    "</mark></span></div><iframe srcdoc='<script>parent.owned = 1</script>'></iframe>",
    f"<link rel=stylesheet href={BASE}a.css><style>@import '{BASE}b.css'; * {{ display: none }}</style>",
    f"<meta http-equiv=refresh content='0;url={BASE}'>",
    f"<base href={BASE}>",
    f"<a href='javascript:window.owned = 1' autofocus onfocus='window.owned = 1'>{BASE}</a>",
    f"[click]({BASE}) ![see]({BASE}a.png)",
    f"<form action={BASE}><button>go</button></form><object data={BASE}></object><embed src={BASE}>",
    "{{constructor.constructor('window.owned = 1')()}} ${window.owned = 1} {@html '<b>x</b>'} <%= 7 * 7 %>",
    "<template><math><mi><table><mglyph><style><!--</style><img src=x onerror=window.owned=1></template>",
    "<noscript><p title='</noscript><img src=x onerror=window.owned=1>'>",
    "<!--><script>window.owned = 1</script>--> ]]> <![CDATA[ <details open ontoggle='window.owned = 1'>",
    "<title>owned</title><body onload='window.owned = 1'><video><source onerror='window.owned = 1'></video>",
    '"><img src=x onerror=alert(1)>\' onmouseover=alert(1) style=color:red x="',
)  # fmt: skip
HIDDEN = (
    "\u202e", "\u2066", "\u2067\u202c\u2069", "\u200b" * 40, "\u200d\u200c\ufeff", "\u00ad", "\x00", "\x1b[2J\x1b[31m", "\x07\x08\x7f",
    "\x85\x9b", "\u2028\u2029", "\u3164\uffa0\u2800", "\ue000\uf8ff", "\ud83d", "\udc00\ud800", "\U000e0041\U000e007f", "\ufe0f" * 9,
    "a" + "\u0301" * 300, "\u0628\u0627\u0644", "\u05e9\u05dc\u05d5\u05dd", "\U0001f468\u200d\U0001f469", "\uffff\ufdd0", "\u061c", "\r\n\r\t\v\f",
)  # fmt: skip
MAY_SHOW = frozenset("\n ")


def rollouts(count: int, seed: int) -> list[str]:
    """Markup, hidden characters and answers, mixed; always the same for a seed."""
    chance = random.Random(seed)
    made = []
    for index in range(count):
        parts = chance.choices(MARKUP, k=chance.randint(1, 3)) + chance.choices(HIDDEN, k=chance.randint(1, 4))
        parts.append(chance.choice(["\\boxed{2}", "\\boxed{<b>2</b>}", "\\boxed{" + chance.choice(HIDDEN) + "2}", ""]))
        chance.shuffle(parts)
        made.append("".join(parts) + ("<b>" * 2_000 if index % 40 == 0 else ""))
    return made


def hidden_characters(text: str) -> set[str]:
    """The characters in a text that nobody sees, or that move others."""
    return {
        sign for sign in set(text) - MAY_SHOW
        if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"} or sign in "\u115f\u1160\u2800\u3164\uffa0\ufe0f"
    }  # fmt: skip


def test_200_hostile_rollouts_create_no_element_no_request_and_no_word_on_the_console(fresh, page_url, packed, settled):
    texts = rollouts(200, seed=9)
    page = None
    for start in range(0, 200, 8):
        state = {
            "text": PLAIN_PACK,
            "format": "toml",
            "prompt": MARKUP[start % 18],
            "truth": "2",
            "rollouts": texts[start : start + 8],
        }
        fragment = f"#/pack?s={packed(state)}"
        if page is None:
            page = fresh(fragment)
        else:
            with page.expect_response("**/v1/explain"):
                page.goto(f"{page_url}/{fragment}")
            settled(page)
        shown = page.locator("[data-hostile]")
        # One for each rollout, and those within what the rules found stay closed until they are asked for.
        for summary in page.locator("summary").all():
            summary.click()
        assert page.locator("[data-hostile]").count() >= 8
        tags = page.evaluate(
            "() => [...new Set([...document.querySelectorAll('[data-hostile] *')].map(one => one.tagName))].sort()"
        )
        assert set(tags) <= {"BDI", "MARK", "SPAN"}
        strangers = "script:not([src^='./assets/']), img, iframe, object, embed, base, form, video, template, math, style, body *[onload], [onerror], [onfocus]"
        assert page.locator(strangers).count() == 0
        assert page.evaluate("window.owned") is None
        assert page.title() == "Pack editor · referee"
        for text in shown.all_inner_texts():
            assert hidden_characters(text) == set()
        # What is said about them, reasons and faults included; a Tab stands between the cells of a table.
        assert hidden_characters(page.locator("main").inner_text()) <= {"\t"}


def test_a_pack_from_a_hostile_link_hides_nothing_either(fresh, packed):
    rule = '[[rules]]\nname = "an\\u202Eswer\\u200B<img src=x>"\nverifier = "math.answer"\n'
    state = {"text": rule, "format": "toml", "prompt": "", "truth": "2", "rollouts": ["\\boxed{2}"]}
    page = fresh(f"#/pack?s={packed(state)}")
    name = page.get_by_role("rowheader").first
    assert name.inner_text().startswith("anRLOswerZWSP<img src=x>")
    broken = {**state, "text": rule.replace("math.answer", "ma\\u202eth")}
    other = fresh(f"#/pack?s={packed(broken)}")
    assert "RLO" in other.locator("[data-faults]").inner_text()
    assert hidden_characters(other.locator("main").inner_text()) <= {"\t"}


def test_a_rollout_without_end_is_cut_and_shown_on_request(fresh, packed):
    state = {
        "text": PLAIN_PACK,
        "format": "toml",
        "prompt": "",
        "truth": "2",
        "rollouts": ["<b>word</b> " * 20_000 + "\\boxed{2}"],
    }
    page = fresh(f"#/pack?s={packed(state)}")
    text = page.get_by_label("Rollout 1 with what the rules found")
    assert 3_000 < len(text.inner_text()) < 8_000
    assert text.locator("mark").inner_text() == "2"  # the evidence is shown though it lies far beyond the cut
    page.get_by_role("button", name="Show more").click()
    assert len(text.inner_text()) > 12_000


def test_what_reorders_or_hides_is_a_symbol(fresh, packed):
    state = {
        "text": PLAIN_PACK,
        "format": "toml",
        "prompt": "",
        "truth": "2",
        "rollouts": ["\u202e24\u202c\u200b\u200b\u200b\x00 \\boxed{2}"],
    }
    page = fresh(f"#/pack?s={packed(state)}")
    text = page.get_by_label("Rollout 1 with what the rules found")
    assert text.locator(".symbol").all_inner_texts() == ["RLO", "PDF", "ZWSP\u00d73", "NUL"]
    assert text.locator(".symbol").first.get_attribute("title") == "U+202E right-to-left override"
