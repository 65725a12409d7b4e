"""The catalogue for machines: DCAT-AP 3, as JSON-LD and Turtle.

`catalogue` says what there is, in the words of `vocabulary`; `graph` writes both forms from the
same nodes; `views` answers.
"""
