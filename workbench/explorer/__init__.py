"""The explorer: millions of events on one axis, asked for by a widget or by a script. Only here are widgets known."""
