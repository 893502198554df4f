"""Charts as plain Vega-Lite specifications with the words that stand beside them; nothing is drawn here."""
