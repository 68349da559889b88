"""Pages that people hold in their hands: A4 as PDF, or as pictures, in three scripts.

A `Sheet` takes what is drawn on one page; `Report` fills sheets from top to bottom. `pdf` and
`picture` write them. The same sheets give the same bytes: time and title come in.
"""
