"""From a file to saved records: stage, check, fix, import in chunks, take back.

    record = staging.stage(file, name, team=team, kind="leads", by=user)
    jobs.start_check(record)       a worker (leads.jobs) or finish(record) does it
    jobs.start_import(record)      every row ends as added, updated, skipped or left out

The modules: staging (files), rows (one row read), problems (their words), checking and
committing (one chunk each), bulk (how rows reach the database), undoing, rejects, progress
(states, leases and the verbs of the wizard).
"""
