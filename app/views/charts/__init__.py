"""Charts of margins, prices and freight, drawn by pyqtgraph in the colours of the theme."""
