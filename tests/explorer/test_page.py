"""The page that ``save`` writes: small, closed to the network, and proof against any label."""

import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser

import pytest

import autograd
from autograd import Value, explore, primitive, scoped
from autograd.explorer.assets import MODULES, STATIC, script
from autograd.primitives import table

HOSTILE = 'a|b<c>"</script><script>alert(1)</script>{0} {out} \\N &amp; --> ]]> <!-- %s \u2028'


class Parsed(HTMLParser):
    """Tags, and the text within each element of a kind."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.within, self.last = [], {}, ("", "")
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.last = (tag, dict(attributes).get("id", ""))

    def handle_data(self, data):
        self.within[self.last] = self.within.get(self.last, "") + data


def chain(n):
    y = Value(0.5, label="x")
    for i in range(n // 2):
        y = autograd.tanh(y * 1.1) if i % 2 else y + Value(0.1 * i, label=f"w{i}")
    return y


def policy_of(page):
    (policy,) = [a["content"] for _, a in page.tags if "http-equiv" in a]
    return policy


def test_a_page_of_200_nodes_is_at_most_100_kilobytes(tmp_path):
    explorer = explore(chain(200), title="two hundred")
    assert 190 <= len(explorer.order) <= 320
    assert explorer.save(tmp_path / "page.html").stat().st_size <= 100_000


def test_the_policy_forbids_network_and_allows_the_pages_own_script_by_hash():
    page = Parsed(explore(chain(6)).html)
    policy = policy_of(page)
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert not re.search(r"https?:|\*|blob:|data:", policy)
    packed = page.within["script", "program"]
    program = zlib.decompress(base64.b64decode(packed))
    assert base64.b64encode(hashlib.sha256(program).digest()).decode() in policy


def test_the_page_refers_to_nothing_outside():
    page = Parsed(explore(chain(6)).html)
    assert not {"link", "img", "iframe", "object", "form"} & {tag for tag, _ in page.tags}
    assert not [a for _, a in page.tags if {"src", "href", "style", "onclick"} & set(a)]
    assert not re.search(r"https?://|\bfetch\(|XMLHttpRequest|WebSocket|\beval\(", script())


@pytest.mark.parametrize(
    "text", [HOSTILE, "x\n\x00\ud800\u202e", "</script>", "é漢🙂", "w" * 10_000]
)
def test_labels_scopes_and_titles_are_text_whatever_they_are(text):
    y = scoped(text, lambda v: v * 3, Value(2.0, label=text))
    page = Parsed(explore(y, title=text).html)
    assert [tag for tag, _ in page.tags].count("script") == 3
    snapshot = json.loads(page.within["script", "snapshot"])
    shown = snapshot["names"][1][0]
    assert shown.isprintable()
    assert len(shown) <= 60


def test_ops_of_users_are_text_too():
    evil = primitive("evil </script>", lambda x: x, lambda out, x: (1.0,), symbol="<b>{0}")
    try:
        page = Parsed(explore(evil(Value(1.0))).html)
        assert [tag for tag, _ in page.tags].count("script") == 3
    finally:
        del table["evil </script>"]


def test_the_page_is_the_same_each_time_and_holds_no_address():
    first, second = explore(chain(20)).html, explore(chain(20)).html
    assert first == second
    assert not re.search(r"0x[0-9a-f]{6,}", first)


def test_a_line_of_the_program_is_named_without_its_folder():
    def forward():
        x = Value(2.0)
        return x * x  # made here

    ((line, _),) = explore(forward).snapshot["lines"]
    assert 'File "test_page.py"' in line
    assert "return x * x" in line


def test_only_html_can_be_saved(tmp_path):
    with pytest.raises(ValueError, match=r"must end in \.html; draw\(loss\)"):
        explore(chain(4)).save(tmp_path / "page.svg")


@pytest.mark.parametrize("wrong", [3.0, "x", None, [Value(1.0)], lambda: 3.0])
def test_only_a_value_can_be_explored(wrong):
    with pytest.raises(TypeError, match=r"explore\(value\): value must be a Value, or a function"):
        explore(wrong)


def test_what_is_to_be_unfolded_must_be_in_the_graph():
    with pytest.raises(ValueError, match="unfold"):
        explore(chain(4), unfold=Value(1.0))


def test_every_module_of_the_explorer_is_in_the_page_and_no_name_is_used_twice():
    assert sorted(MODULES) == sorted(path.name for path in STATIC.glob("*.js"))
    top = []
    for module in MODULES:
        text = (STATIC / module).read_text("utf-8")
        top += re.findall(r"^(?:export )?(?:async )?(?:const|let|function|class) (\w+)", text, re.M)
    assert sorted(set(top)) == sorted(top)


@pytest.mark.parametrize("module", MODULES)
def test_each_module_imports_only_what_comes_before_it(module):
    text = (STATIC / module).read_text("utf-8")
    for imported in re.findall(r'from "\./(.+?)"', text):
        assert MODULES.index(imported) < MODULES.index(module)
