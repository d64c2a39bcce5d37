import os
from app.views.theme import apply_theme
from app.views.language import language
def test_look(open_edit, lamps, qapp):
    user = open_edit(lamps)
    d = user.dialog
    os.makedirs("/tmp/d4pics", exist_ok=True)
    d.grab().save("/tmp/d4pics/0.png")
    user.types(user.field("value"), "10")
    form = user.card().form
    user.chooses(form.rounding, "end_99")
    form.section.fold(False)
    user.types(form.limits["most"], "40")
    card = d.changes.add_change("title", "replace")
    user.types(card.form.find, "Lamp"); user.types(card.form.replacement, "Light")
    c3 = d.changes.add_change("freight_template_id")
    user.chooses(c3.form.value, "7001")
    user.waits_for_preview()
    print(user.rows, user.counts, d.preview.outcome.texts, d.windowTitle())
    d.grab().save("/tmp/d4pics/1.png")
    language.set_language("zh"); apply_theme(qapp, "dark")
    user.waits_for_preview()
    d.grab().save("/tmp/d4pics/2.png")
    pass
