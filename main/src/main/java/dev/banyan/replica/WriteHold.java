package dev.banyan.replica;

import java.util.Set;

/// Families whose writes every replica holds, for their owner is changing. It stands until it is
/// ended: by whoever began it, or by a later controller that has found out who the owner is.
///
/// @param id of this hold alone
/// @param term of the controller that changes the owner
public record WriteHold(String id, Set<String> families, long term) {
  public WriteHold {
    families = Set.copyOf(families);
  }
}
