"""For any portal: what `dump` writes is valid, and a plan from it has nothing to do; what is left out is told."""

from __future__ import annotations

from reconciler.manifest.check import check
from reconciler.manifest.dump.layout import SPLITS, written
from reconciler.manifest.dump.transcript import transcribe
from reconciler.manifest.parse import parse
from reconciler.manifest.resolve import resolve
from reconciler.manifest.words import quoted
from reconciler.model.change import Item
from reconciler.plan.make import make_plan
from tests.properties.generate import TODAY, Case
from tests.properties.test_plan import for_any_case


@for_any_case
def test_a_plan_from_a_dump_has_nothing_to_do(case: Case) -> None:
    """Whatever the split: no change, nothing held, waiting or blocked; unlisted is only what a finding tells of."""
    observed = case.observed
    said = transcribe(observed)
    plans = []
    for split in SPLITS.values():
        texts = written(split({"name": "acme", "region": "eu"}, said), said.findings)
        documents = []
        for name, text in texts.items():
            document, findings = parse(text, name, inside=name)
            assert (findings, document is None) == ([], False), text
            assert document is not None
            documents.append(document)
        desired, meaning = resolve(documents, TODAY)
        wrong = [str(each) for each in (*check(documents), *meaning) if each.severity == "error"]
        assert (wrong, desired is None) == ([], False)
        assert desired is not None
        plan = make_plan(desired, observed)
        assert [change.key for change in plan.changes] == []
        assert (plan.held, plan.waiting, plan.blocked) == ((), (), ())
        plans.append({(str(item.subject), item.reason) for item in plan.unlisted})
        told = [finding.message for finding in said.findings]
        assert [item for item in plan.unlisted if not is_told(item, told)] == []
    assert plans[0] == plans[1] == plans[2]


def is_told(item: Item, messages: list[str]) -> bool:
    """Whether a finding names one of the things that the item is about."""
    subject = item.subject
    things = [ref.name for ref in (subject.developer, subject.team, subject.application, subject.api) if ref]
    return any(quoted(thing).lower() in message.lower() for thing in things for message in messages)
