"""The moderators' page: a reader of documents and a writer of decisions, over one store."""
