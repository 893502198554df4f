"""Many incidents: what a quarter or a year of post-mortems tells, and what it does not."""
