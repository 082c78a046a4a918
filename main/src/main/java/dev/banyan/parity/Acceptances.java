package dev.banyan.parity;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Endpoint;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Differences that a team has looked at and lives with, each with a reason, an author and an end.
///
/// What is accepted is still counted, and shown with its reason; an exchange that differs nowhere
/// else counts as matched. Immutable.
public final class Acceptances {

  /// One of them.
  ///
  /// @param author who accepted it
  /// @param until the last day on which it holds, in UTC
  public record Entry(Scope scope, String reason, String author, LocalDate until) {
    public Entry {
      if (reason.isBlank() || author.isBlank()) {
        throw new IllegalArgumentException("an accepted difference needs a reason and an author");
      }
    }

    public boolean holds(LocalDate today) {
      return !today.isAfter(until);
    }
  }

  public static final Acceptances NONE = new Acceptances(List.of());

  private final List<Entry> entries;
  private final ByScope<Entry> byScope = new ByScope<>();

  /// @throws IllegalArgumentException if two are for the same place and kind
  public Acceptances(List<Entry> entries) {
    this.entries = List.copyOf(entries);
    for (Entry entry : this.entries) {
      if (!byScope.put(entry.scope(), entry)) {
        throw new IllegalArgumentException("accepted twice: " + entry.scope());
      }
    }
  }

  /// Whether a difference can be accepted at all. Behind another class of status, or no answer,
  /// nothing else is compared: accepting it would accept every fault of the candidate there.
  static boolean mayBe(Difference difference) {
    return switch (difference.where()) {
      case "answer" -> false;
      case "status" -> statusClass(difference.legacy()) == statusClass(difference.candidate());
      default -> true;
    };
  }

  private static char statusClass(@Nullable String status) {
    return status == null || status.isEmpty() ? 0 : status.charAt(0);
  }

  /// In the order in which they were given.
  public List<Entry> entries() {
    return entries;
  }

  /// What accepts a difference on a day, or null where nothing does.
  public @Nullable Entry of(Endpoint endpoint, String where, Kind kind, LocalDate today) {
    return byScope.at(endpoint, where, kind, entry -> entry.holds(today));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Acceptances that && entries.equals(that.entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }

  @Override
  public String toString() {
    return entries.toString();
  }
}
