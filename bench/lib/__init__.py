"""What compare.py and growth.py have in common: processes measured, inputs made, results compared, tables printed. The standard library is enough."""
