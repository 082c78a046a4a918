/// What `banyan.yaml` declares of databases and transfers, as it was written.
///
/// Start at [TransferOptions]: it names two [DatabaseOptions] and holds a [TableOptions] for each
/// table, with a [ColumnRule] for each column that does not simply keep its name. Nothing here has
/// seen a database: whether a column exists, and what its type is, is found out by whoever builds
/// the mapping from these.
@NullMarked
package dev.banyan.transfer.options;

import org.jspecify.annotations.NullMarked;
