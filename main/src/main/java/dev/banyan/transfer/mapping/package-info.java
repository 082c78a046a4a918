/// What becomes of each row on its way from one database to the other, and back.
///
/// [Mappings] is built once from what `banyan.yaml` declares and from the tables of both databases,
/// by [Draft], which says by name everything that does not fit. It holds a [TableMapping] for each
/// pair of a source table and a target table. That one has an array of [Lens]es, each of which
/// takes some cells of a row to some of the other's, and back; between two types it asks
/// [Conversions], which finds a [Conversion] or says why there is none, as [Hints] refine it. A
/// [Condition] is the `where` that is tried on rows.
///
/// Two lenses ask a database about the rows of a batch before they map them: [Computed], which has
/// an expression computed, and [Mapped], to which [IdMaps] gives other ids. Until
/// [TableMapping#knowing] has asked, they map nothing.
///
/// A lens loses nothing that was not declared to be lost: what is not certain to come back is taken
/// back and compared, on every row. All values are immutable, and any thread may use them.
@NullMarked
package dev.banyan.transfer.mapping;

import org.jspecify.annotations.NullMarked;
