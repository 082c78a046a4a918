/// MariaDB and MySQL, as source and as target.
///
/// [MysqlDatabase] is the door. [Sessions] opens connections that all speak alike, and [Catalog]
/// describes tables. Reading: [MysqlSource] opens a [MysqlSnapshot], whose rows [CellReader] reads,
/// and a [BinlogStream], whose events [BinlogFeed] fetches, [TableMap] names and [BinlogCells]
/// reads. Writing: [MysqlTarget] begins [MysqlWork], which copies by [LoadStream] and applies by
/// [Upserts]; [Refusals] tells a row that does not fit from a failure. [MysqlFence] stops an
/// application's writes, and [SourceFindings] and [TargetFindings] say beforehand what will not
/// work.
///
/// Tests run on MariaDB 11.4. MySQL takes the same ways where it is the same, and is untested.
@NullMarked
package dev.banyan.transfer.mysql;

import org.jspecify.annotations.NullMarked;
