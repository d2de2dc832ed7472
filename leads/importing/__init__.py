"""From a file to saved records: stage, check, fix, import in chunks, take back.

    record = staging.stage(file, name, team=team, kind="leads", by=user, list_name="Q2")
    progress.start_check(record)    a worker (leads.jobs.run) or jobs.finish(record) does it
    fixing.edit_cell(...)           corrections; the file itself is never changed
    progress.start_import(record)   every row ends as added, updated, skipped or left out
    rejects.rejects(record)         the rows left out, to be fixed and imported again
    progress.start_undo(record)     for 24 hours

The modules: staging (files), rows and cells (one row read), problems (their words), looking
(what is already here), checking, committing and undoing (one block each), bulk (how rows reach
the database), notes (problems counted and kept), progress (states, leases, verbs).
"""
