"""The workbook of a review: every table in its chapter, with looks and charts."""
