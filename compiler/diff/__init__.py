"""Two sides -> what changed, by cause.

    git revision | folder | build --sides--> two worlds --tree, changes--> changed facts --causes--> what goes together
      --worlds--> plans --calls, readers, prompts--> the calls each cause touches --text, markdown, data--> what is read

A cause is the smallest set of changed facts that stands alone: it is applied by itself to the old side, planned, and
compared with the old side; what only several causes bring about together is said apart.
"""
