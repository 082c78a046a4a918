/// Decides what is copied, applied, dropped and remembered, and touches nothing.
///
/// [Plan] is one transfer's state as a value. [Plan#deliver] sorts what the log says by key: keys
/// of ranges that are *done* are written, of ranges *in flight* buffered, *ahead* discarded, for a
/// later snapshot will hold them. [Plan#register] puts a range in flight and freezes what its
/// snapshot must contain, [Plan#admits] judges the snapshot, and [Plan#merge] says what is left to
/// apply when its rows are in. [Plan#batch] says what to write of the changes. Both give a [Write]:
/// the effects, what is to be remembered in the same transaction of the target, and the plan that
/// holds once that is committed. [Rules] are the decisions of which each has a reason to be; the
/// tests take them away one by one and show what goes wrong.
@NullMarked
package dev.banyan.transfer.plan;

import org.jspecify.annotations.NullMarked;
