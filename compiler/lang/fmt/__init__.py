"""Source -> the same text in the one layout. Token by token on logical lines: what is written stays as it is spelt.

    rows    Source -> Rows: each line with its level, each comment, doc and empty line
    words   the text of one line -> its words with the blanks where they belong
    layout  Rows -> text: indentation, comments, docs, empty lines
    same    two texts -> whether they say the same, with the same comments
    format  all of it, and the check that nothing was lost
"""
