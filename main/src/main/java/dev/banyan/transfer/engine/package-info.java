/// What the transfer asks of a database, and one package beside this for each engine that answers.
///
/// [Database] is one database of `banyan.yaml`. It is a [Source] where rows are read and changes
/// are followed, a [Target] where they are written, and it has a [Fence] that stops its
/// application's writes. All of it blocks; nothing here is shared between threads unless it says
/// so.
@NullMarked
package dev.banyan.transfer.engine;

import org.jspecify.annotations.NullMarked;
