"""Plan × portal → outcomes.

stop       a wish to stop, from a signal or a person
run        what is tried when: order, side by side, what ends a run early
attempt    one change: written down, made, written down again
cascade    what was asked for while a person's access was being taken away
writes     which call makes which change
verify     what was written, held against what is there now
"""
