/// PostgreSQL, version 12 and newer, as either side of a transfer.
///
/// Start at [PostgresDatabase]. It reads tables by [Catalog] and says by [Preflight] what will not
/// work with them. As a source it hands out a [PostgresSource]: a publication and a slot, whose log
/// is followed by a [PostgresStream] that has [PgOutput] put transactions together, and a
/// [PostgresSnapshot] for each chunk, whose rows [CopyRows] reads out of the [CopyTuples] of a
/// binary `COPY`; to be compared, these need not be read. As a target it hands out a
/// [PostgresTarget], and that a [PostgresWork] for each transaction: [RowsIn] copies rows,
/// [Applying] writes changes many at a time, in the parameters that [Lanes] lays out.
/// [PostgresFence] stops an application's writes.
///
/// Cells are read and written in binary by [CellReader] and [CellWriter], and in text by
/// [CellParser] and [CellPrinter]; both give the same cells.
@NullMarked
package dev.banyan.transfer.postgres;

import org.jspecify.annotations.NullMarked;
