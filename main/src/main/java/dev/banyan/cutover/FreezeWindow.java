package dev.banyan.cutover;

import java.time.Instant;
import java.util.Optional;

/// A time in which nothing is promoted. Read by the wall clock; never stops a rollback.
public interface FreezeWindow {
  /// What it is called in `banyan.yaml`.
  String name();

  /// When the window that covers a moment ends; empty where none covers it.
  Optional<Instant> endOf(Instant moment);
}
