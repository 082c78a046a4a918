package dev.banyan.transfer;

import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.TableName;

/// Where a row is.
record Place(TableName table, Key key) {}
