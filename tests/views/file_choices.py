"""What a person does in the system's dialog for files."""

from PySide6.QtWidgets import QFileDialog


def choose_files(owner, *paths):
    """Choose these in the dialog *owner* opened, or the one name a new file is to have."""
    (chooser,) = owner.findChildren(QFileDialog)
    assert chooser.isVisible()
    if chooser.acceptMode() == QFileDialog.AcceptMode.AcceptSave:
        (path,) = paths
        chooser.fileSelected.emit(str(path))
    else:
        chooser.filesSelected.emit([str(path) for path in paths])
    chooser.close()
    chooser.deleteLater()
