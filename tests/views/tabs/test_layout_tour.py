"""Every dialog of the listings workbench, as the picture tour opens it: whole in both languages, at 100 % and 200 %."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
LOOKS = (("1", "light"), ("2", "dark"))
SCREENS = {
    "bulk edit": ("04-bulk-edit-empty", "04-bulk-edit", "04-bulk-edited"),
    "its formula": ("04-bulk-edit-error", "01-expression", "01-expression-wrong"),
    "cells": ("04-paste",),
    "import, package, export, round trip": ("03-import", "04-export", "04-export-package", "04-open-in-excel"),
    "findings and words": ("05-findings", "05-words", "05-words-import"),
    "likeness and pictures": ("05-similar", "05-images", "05-images-repair"),
    "covering": ("16-coverage", "16-assign", "16-cover", "16-cover-report"),
    "delisting and tables": ("05-delist-empty", "05-delist", "05-tables-empty", "05-tables", "05-code"),
    "groups": ("16-groups", "16-new-product-group", "16-put-into-group"),
    "schedule": ("04-publish-at-a-time", "16-take-off-sale", "16-scheduled"),
    "history": ("11-history",),
    "prices": ("05-price", "05-rates", "17-held-prices", "17-simulate-discounts", "17-price-rules"),
}


def test_no_dialog_of_the_workbench_cuts_a_text_or_lays_one_thing_over_another():
    """Two programs side by side: Qt takes its scale once. Each goes through both languages, one in either theme."""
    command = [sys.executable, "-m", "tests.views.layout_tour"]
    runs = [
        subprocess.Popen([*command, *look], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
        for look in LOOKS
    ]
    told = [run.communicate() for run in runs]
    for run, (said, errors), (scale, theme) in zip(runs, told, LOOKS, strict=True):
        assert run.returncode == 0, errors
        found = json.loads(said)
        assert found["wrong"] == [], f"at {scale}00 %, {theme}"
        assert found["pixels"] == float(scale)
        missing = {name for names in SCREENS.values() for name in names} - set(found["seen"])
        assert not missing, "these were not looked at"
