/// What the stores have in common: how values become rows and columns, and the SQL that every
/// database understands.
///
/// [MigrationRows], [RulingRows] and [OutboxRows] are whole ports over [Transactions]; what many
/// processes need beyond one is an [Ordering]. [Json] and [ParityJson] are how values with parts go
/// into a column.
@NullMarked
package dev.banyan.store.rows;

import org.jspecify.annotations.NullMarked;
