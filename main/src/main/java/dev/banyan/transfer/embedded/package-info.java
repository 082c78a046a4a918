/// SQLite, as source and as target: a database without a log that could be followed.
///
/// [EmbeddedDatabase] is the door, and [Dialect] is all that an engine does in its own way.
/// Reading: [EmbeddedSource] creates a [Log], which triggers fill, and opens an [EmbeddedSnapshot]
/// or a [LogStream] over it. Writing: [EmbeddedTarget] begins [EmbeddedWork], one at a time.
/// [EmbeddedFence] stops an application's writes.
///
/// [SqliteDialect] opens files by [Sqlite], reads [SqliteCatalog], has [SqliteTriggers] written and
/// takes cells as [SqliteCells] says.
@NullMarked
package dev.banyan.transfer.embedded;

import org.jspecify.annotations.NullMarked;
