"""The use cases: one function, one transaction, named after what the person does."""
