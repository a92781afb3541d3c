"""What others may say to each workflow, and what it answers: its id, its input, its facts and commands.

No workflow stands here, so that the desk and the commands need not load one, and so that the sandbox loads these small
classes once for a worker and not once for each workflow that it keeps in memory.
"""
