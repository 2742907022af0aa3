"""What every capability stands on: settings, clock, ids, problems, HTTP, sealing, AWS. Imports no capability."""
