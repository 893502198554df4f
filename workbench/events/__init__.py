"""What an event is: one schema, one identity, one scale of levels."""
