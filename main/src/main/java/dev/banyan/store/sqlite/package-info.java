/// State in one SQLite file, for one process.
///
/// [SqliteStore#open] takes the data directory, opens the [Database], brings its tables up to date
/// and hands out one view for each feature that keeps something: [SqliteParity], and those of
/// `store.rows` that every database has.
@NullMarked
package dev.banyan.store.sqlite;

import org.jspecify.annotations.NullMarked;
