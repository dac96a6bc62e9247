"""Forms in Excel: survey, feedback, tables of a new study."""
