"""The demonstration: one organisation, one bilingual exam and the people in it."""
