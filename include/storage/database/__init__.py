"""The SQL database: engine, tables, migrations, transactions and the audit trail.

Never here: decisions about what may be stored or shown.
"""
