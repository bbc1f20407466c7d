"""Fresh secrets that pixels must answer: when to ask, what to ask, and what an answer is worth. No pixels, no clock, no storage.

draw is chance from a sitting's secret; colours the light that a page paints; light and turns judge an answer; repeats notices pictures that
come again; course is all of it for one sitting. See PROCTORING section 4 and docs/adr/0043-what-a-challenge-proves.md.
"""
