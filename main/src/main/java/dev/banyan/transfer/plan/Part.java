package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Commit;

/// What one transaction did to one key.
record Part(Commit commit, Change change) {}
