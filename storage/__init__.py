"""What is kept: tables, transactions, queries and the audit trail. It never imports ``bot``."""
