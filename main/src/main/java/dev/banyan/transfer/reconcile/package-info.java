/// Proves that two databases hold the same rows while both are written to, or names those that
/// differ.
///
/// [Reconciliation] goes from table to table and from range to range. For each it opens an
/// [AlignedCut]: a snapshot of the owner, and one of the other side in which exactly the same
/// transactions have been applied. [RangeComparison] writes each row of both in one form
/// ([CanonicalRow], with [CanonicalJson]), hashes it, and adds the hash to one of 65,536 [Buckets];
/// between databases of one engine it hashes what they send, unread. Where buckets differ, a second
/// pass over the same snapshots names the rows. These suspects are read again in later cuts; what
/// stays is a [Difference]. [Repair] copies the owner's rows over them. The user's own [Checks] are
/// answered in a cut as well, and all of it becomes a [dev.banyan.migration.Certificate], which
/// [CertificateJson] writes and reads.
@NullMarked
package dev.banyan.transfer.reconcile;

import org.jspecify.annotations.NullMarked;
