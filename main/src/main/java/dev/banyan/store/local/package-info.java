/// What a process keeps in its own data directory, whichever store it has.
///
/// [DataDirectory] is taken first, with its [DirectoryLock]. [ReplicaName] is who this process is
/// among others. [SnapshotFile] holds what was last known to be good, and [Remembering] answers
/// from it while the store is gone.
@NullMarked
package dev.banyan.store.local;

import org.jspecify.annotations.NullMarked;
