"""What happened, in numbers: the moments of an incident, the intervals between them and what customers felt."""
