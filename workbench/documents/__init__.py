"""Documents from templates: what each kind of document says, in which words, and what each reader gets of it."""
