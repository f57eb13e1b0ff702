"""Plan, call, field -> why the value is what it is: derive.Why, shown by text."""
