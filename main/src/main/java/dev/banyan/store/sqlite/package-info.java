/// State in one SQLite file, for one process.
///
/// [SqliteStore#open] takes the [DirectoryLock], opens the [Database], brings its tables up to date
/// and hands out one view for each feature that keeps something: [SqliteMigrations] and
/// [SqliteParity]. [Json] is how values with parts go into a column.
@NullMarked
package dev.banyan.store.sqlite;

import org.jspecify.annotations.NullMarked;
