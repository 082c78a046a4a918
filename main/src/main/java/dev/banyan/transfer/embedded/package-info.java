/// SQLite and H2, as source and as target: databases without a log that could be followed.
///
/// [EmbeddedDatabase] is the door, and [Dialect] is all that an engine does in its own way.
/// Reading: [EmbeddedSource] creates a [Log], which triggers fill, and opens an [EmbeddedSnapshot]
/// or a [LogStream] over it. Writing: [EmbeddedTarget] begins [EmbeddedWork], one at a time.
/// [EmbeddedFence] stops an application's writes.
///
/// Files are opened by [Sqlite] and databases by [H2]. [SqliteDialect] and [H2Dialect] each have a
/// catalog of tables, a form of cells, triggers, and findings.
///
/// Tests run on SQLite 3.54 and H2 2.4.
@NullMarked
package dev.banyan.transfer.embedded;

import org.jspecify.annotations.NullMarked;
