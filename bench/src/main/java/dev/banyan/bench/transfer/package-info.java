/// How fast rows move, on servers that are started for it, beside programs that do the same.
///
/// [Main] reads the [Options] and opens a [Site]: two [Postgres] and a [MariaDb], with a table like
/// pgbench's accounts. [Bench] has a [Mover] do what the commands of `banyan transfer` do, in this
/// process, and every [Rival] that is installed the same in its way, in turn, round after round; a
/// [WriteLoad] shows what that costs the source's application. The [Sample]s' medians are the
/// [Results], which [Report] prints as a table and as JSON.
@NullMarked
package dev.banyan.bench.transfer;

import org.jspecify.annotations.NullMarked;
