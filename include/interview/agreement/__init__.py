"""How far raters agree on levels, and where they are apart: records and rules over simple rating rows."""
