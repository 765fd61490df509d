"""The schema's revisions, one module each, in the order of their numbers; a published one is never changed."""
