"""The linter for post-mortems: rules with stable codes, one family a module."""
