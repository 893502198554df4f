"""From sources to one timeline: read once, cached by content, merged in UTC order, judged by people."""
