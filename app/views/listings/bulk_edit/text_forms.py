"""Changing texts: set, replace, put around, case, keywords, the detail page, sizes in inches."""

from __future__ import annotations

import re
from typing import Any, cast

from app.services.listings.bulk_edit.operations import (
    AddKeyword,
    AddTag,
    AddText,
    ChangeCase,
    ConvertInches,
    FixFindings,
    InsertDetail,
    Operation,
    RemoveKeyword,
    RemoveTag,
    ReplaceText,
    SetText,
    StripTags,
)
from app.services.listings.bulk_edit.texts import pattern_of
from app.services.listings.fixes import fixable_rules
from app.views.listings.bulk_edit.parts import Form, Line, Lines, OptionBox, Surroundings, check_box
from app.views.widgets.ground import row
from app.views.widgets.label import Label

CASES = ("title", "sentence", "upper", "lower")
ENDS = ("start", "end")


class SetTextForm(Form):
    """Another text in place of the old one."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self.field = field
        self.text: Line | Lines = Lines() if field == "detail_html" else Line()
        self.add("text", self.text)

    def fill(self, operation: SetText) -> None:
        """The text."""
        put = self.text.setPlainText if isinstance(self.text, Lines) else self.text.setText
        put(operation.text)

    def operation(self) -> Operation | None:
        """The text; an empty one is not meant."""
        text = self.text.toPlainText() if isinstance(self.text, Lines) else self.text.text().strip()
        return SetText(self.field, text) if text else None


class ReplaceForm(Form):
    """A text, or a pattern, in place of another."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self.field = field
        self.find, self.replacement = Line(), Line("bulk_edit.nothing")
        self.is_regex, self.match_case = check_box("bulk_edit.is_regex"), check_box("bulk_edit.match_case")
        self.add("find", self.find)
        self.add("replacement", self.replacement)
        checks = row(gap=12)
        for box in (self.is_regex, self.match_case):
            checks.addWidget(box)
            self.watch(box)
        checks.addStretch(1)
        self.lines.addLayout(checks)

    def prefill(self, text: str) -> None:
        """A word, to be found whole: `apple` is no part of `pineapple`."""
        is_latin = text.isascii()
        self.find.setText(rf"\b{re.escape(text)}\b" if is_latin else text)
        self.is_regex.setChecked(is_latin)

    def fill(self, operation: ReplaceText) -> None:
        """All of it."""
        self.find.setText(operation.find)
        self.replacement.setText(operation.replacement)
        self.is_regex.setChecked(operation.is_regex)
        self.match_case.setChecked(operation.match_case)

    def operation(self) -> Operation | None:
        """Weighs a pattern, too: one that may take for ever is said here."""
        if not self.find.text():
            return None
        made = ReplaceText(
            self.field,
            self.find.text(),
            self.replacement.text(),
            self.is_regex.isChecked(),
            self.match_case.isChecked(),
        )
        pattern_of(made)
        return made


class AddTextForm(Form):
    """Words before and behind."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self.field = field
        self.prefix, self.suffix = Line(), Line()
        self.add("prefix", self.prefix)
        self.add("suffix", self.suffix)
        self.lines.addWidget(Label("bulk_edit.ends_hint", role="small", ink="text3", wrap=True))

    def fill(self, operation: AddText) -> None:
        """Both ends."""
        self.prefix.setText(operation.prefix)
        self.suffix.setText(operation.suffix)

    def operation(self) -> Operation | None:
        """Blanks count: they part the words."""
        prefix, suffix = self.prefix.text(), self.suffix.text()
        return AddText(self.field, prefix, suffix) if prefix or suffix else None


class CaseForm(Form):
    """Capitals and small letters."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self.field = field
        self.case = OptionBox(lambda id: f"bulk_edit.case.{id}", CASES)
        self.add("case", self.case)

    def fill(self, operation: ChangeCase) -> None:
        """The case."""
        self.case.choose(operation.case)

    def operation(self) -> Operation | None:
        """The case chosen."""
        return ChangeCase(self.field, cast(Any, self.case.value)) if self.case.value else None


class KeywordForm(Form):
    """One keyword, added or taken away."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self.kind = AddKeyword if action == "add_keyword" else RemoveKeyword
        self.keyword = Line()
        self.add("keyword", self.keyword)

    def fill(self, operation: AddKeyword | RemoveKeyword) -> None:
        """The keyword."""
        self.keyword.setText(operation.keyword)

    def operation(self) -> Operation | None:
        """The keyword."""
        keyword = self.keyword.text().strip()
        return self.kind(keyword) if keyword else None


class TagForm(Form):
    """One tag of the team, given or taken away."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self.kind = AddTag if action == "add_tag" else RemoveTag
        self.tag = Line()
        self.add("tag", self.tag)
        self.lines.addWidget(Label("bulk_edit.tag_hint", role="small", ink="text3", wrap=True))

    def fill(self, operation: AddTag | RemoveTag) -> None:
        """The tag."""
        self.tag.setText(operation.tag)

    def operation(self) -> Operation | None:
        """The tag."""
        tag = " ".join(self.tag.text().split())
        return self.kind(tag) if tag else None


class InsertForm(Form):
    """A piece of HTML at one end of the detail page."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self.html, self.at = Lines(), OptionBox(lambda id: f"bulk_edit.end.{id}", ENDS)
        self.at.choose("end")
        self.add("html", self.html)
        self.add("at", self.at)

    def fill(self, operation: InsertDetail) -> None:
        """The piece and its end."""
        self.html.setPlainText(operation.html)
        self.at.choose(operation.at)

    def operation(self) -> Operation | None:
        """The piece."""
        html = self.html.toPlainText().strip()
        return InsertDetail(html, cast(Any, self.at.value)) if html else None


class StripForm(Form):
    """Nothing to fill in: the tags the platform removes."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self.lines.addWidget(Label("bulk_edit.strip_hint", role="small", ink="text2", wrap=True))

    def operation(self) -> Operation | None:
        """Always complete."""
        return StripTags()


class FixForm(Form):
    """Which rule's findings to put right."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self.rule = OptionBox(lambda code: f"fix_rule.{code}", tuple(fixable_rules()))
        self.add("rule", self.rule)
        self.lines.addWidget(Label("bulk_edit.fix_hint", role="small", ink="text3", wrap=True))

    def fill(self, operation: FixFindings) -> None:
        """The rule."""
        self.rule.choose(operation.rule)

    def operation(self) -> Operation | None:
        """Once a rule is chosen."""
        return FixFindings(self.rule.value) if self.rule.value else None


class InchesForm(Form):
    """Where inches become centimetres."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self.boxes = {
            name: check_box(f"bulk_edit.inches.{name}", checked=True)
            for name in ("package", "title", "detail", "attributes")
        }
        for box in self.boxes.values():
            self.lines.addWidget(box)
            self.watch(box)
        self.lines.addWidget(Label("bulk_edit.inches_hint", role="small", ink="text3", wrap=True))

    def fill(self, operation: ConvertInches) -> None:
        """The places."""
        found = {"package": operation.package, "attributes": operation.attributes}
        found |= {"title": "title" in operation.fields, "detail": "detail_html" in operation.fields}
        for name, box in self.boxes.items():
            box.setChecked(found[name])

    def operation(self) -> Operation | None:
        """At least one place."""
        chosen = {name: box.isChecked() for name, box in self.boxes.items()}
        fields = [name for name, key in (("title", "title"), ("detail_html", "detail")) if chosen[key]]
        made = ConvertInches(chosen["package"], tuple(fields), chosen["attributes"])
        return made if any(chosen.values()) else None
