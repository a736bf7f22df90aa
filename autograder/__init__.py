"""The grader of the course: asks a student's program, judges the answers, explains mistakes.

::

    cli -> assignment -> oracle (what is right?)            -> judge -> report
                      -> sandbox (what does it answer?)  ->    ^
                                  misconceptions (whose mistake is it?)
"""
