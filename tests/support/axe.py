"""What axe-core finds on a page: in our own elements, and in those that are Streamlit's."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.support.real import npm

FOUND = """(only) => axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } }, ...(only.length ? { runOnly: { type: 'rule', values: only } } : {}) }).then((result) => {
  const element = (target) => target.flat().reduce((root, selector) => (root.shadowRoot ?? root).querySelector(selector), document);
  const ours = (el) => el.getRootNode() instanceof ShadowRoot || Boolean(el.closest('[data-testid="stHtml"]'));
  const place = (el) => el.closest('[data-testid]')?.dataset.testid ?? el.localName;
  return result.violations.flatMap((rule) => rule.nodes.map((node) => { const el = element(node.target); return [rule.id, place(el), ours(el), node.target.flat().join(' ')]; }));
})"""


class Found(NamedTuple):
    """A rule that an element breaks: the nearest test id of Streamlit's around it, whether the element is ours, and its selector."""

    rule: str
    place: str
    ours: bool
    selector: str


def found(page: Any, *only: str) -> list[Found]:
    """What is wrong with the page as it is now, by all rules or by these."""
    page.evaluate((npm() / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    return [Found(*each) for each in page.evaluate(FOUND, list(only))]
