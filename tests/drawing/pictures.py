"""What the tests of pictures share: parsers, hostile text, a tiny module."""

import xml.etree.ElementTree as ET
from html.parser import HTMLParser

from autograd import Value, dot, scoped, tanh

SVG = "{http://www.w3.org/2000/svg}"

# Every character that means something to DOT, its HTML-like labels, SVG, HTML or a terminal.
HOSTILE = 'a|b<c>"</script>{} \\N \\l \\G &amp; &#65; --> ]]> %s \\'
UNPRINTABLE = "x\n\t\x00\x1b[31m\ud800\u202e\ufffe"
UNPRINTABLE_SHOWN = "x\\n\\t\\x00\\x1b[31m\\ud800\\u202e\\ufffe"


def texts(svg: str) -> list[str]:
    """The visible texts of an SVG, no-break spaces made plain."""
    return [(t.text or "").replace("\xa0", " ") for t in ET.fromstring(svg).iter(SVG + "text")]


def groups(svg: str, kind: str) -> list[ET.Element]:
    """The groups that draw a "node", an "edge" or a "cluster"."""
    return [g for g in ET.fromstring(svg).iter(SVG + "g") if g.get("class") == kind]


class Page(HTMLParser):
    """Tags and texts of an HTML page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data


class Layer:
    """A layer of one neuron, whose call is scoped."""

    def __init__(self, *weights: float) -> None:
        self.w = [Value(w) for w in weights]
        self.b = Value(0.5)

    def named_parameters(self):
        for i, w in enumerate(self.w):
            yield f"w.{i}", w
        yield "b", self.b

    def __call__(self, xs, name="layer"):
        return scoped(name, lambda xs: [tanh(dot(self.w, xs, self.b))], xs, source=self)


class Network:
    """Two layers, each a scope within the network's."""

    def __init__(self) -> None:
        self.layers = [Layer(1.0, -2.0), Layer(3.0)]

    def named_parameters(self):
        for i, layer in enumerate(self.layers):
            for name, value in layer.named_parameters():
                yield f"layers.{i}.{name}", value

    def __call__(self, *xs):
        def forward(xs):
            for i, layer in enumerate(self.layers):
                xs = layer(xs, f"layers.{i}")
            return xs[0]

        return scoped("network", forward, list(xs), source=self)
