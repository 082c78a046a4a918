package dev.banyan.app;

import dev.banyan.cutover.CutoverListener;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.notification.Notification;
import dev.banyan.notification.Notifier;
import dev.banyan.notification.Topic;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decisions, and what waits for one, as notifications.
final class Notices implements CutoverListener {
  private final Notifier notifier;
  private final InstantSource clock;

  Notices(Notifier notifier, InstantSource clock) {
    this.notifier = notifier;
    this.clock = clock;
  }

  @Override
  public void entered(LedgerEntry entry) {
    Topic topic = topic(entry.kind());
    if (topic != null) {
      notifier.tell(of(entry, topic));
    }
    notifier.tell(
        Notification.of(
            "head_" + entry.hash(),
            Topic.LEDGER_HEAD,
            entry.at(),
            null,
            "The ledger's head is entry " + entry.seq() + " with hash " + entry.hash() + ".",
            Map.of("seq", entry.seq(), "hash", entry.hash())));
  }

  private static @Nullable Topic topic(LedgerEntry.Kind kind) {
    return switch (kind) {
      case PROMOTE -> Topic.PHASE;
      case ROLLBACK -> Topic.ROLLBACK;
      case ALARM, DENY, ALLOW -> Topic.ALARM;
      case STOP_LINE, RELEASE_LINE, STORE_BACK -> Topic.ALARM;
      case HOLD, RESUME, REFUSED, CONFIG, START, APPROVE, PRUNE -> null;
      case DEPLOY, TOKEN_CREATE, TOKEN_REVOKE -> null;
      case PARITY_RESET, PARITY_ACCEPT, PARITY_CRITICAL, PARITY_UNACCEPT -> null;
      case OUTBOX_PARK -> Topic.ALARM;
      case OUTBOX_RETRY, OUTBOX_DISCARD -> null;
    };
  }

  private static Notification of(LedgerEntry entry, Topic topic) {
    FamilyState after = entry.after();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("kind", entry.kind().word());
    details.put("actor", entry.actor());
    details.put("reason", entry.reason());
    details.put("seq", entry.seq());
    details.put("hash", entry.hash());
    if (after != null) {
      details.put("phase", after.phase().name().word());
      details.put("step", words(after.phase()));
      details.put("epoch", after.epoch());
      details.put("unproven", after.unproven());
    }
    return Notification.of(
        "ledger_" + entry.hash(), topic, entry.at(), entry.family(), says(entry), details);
  }

  private static String says(LedgerEntry entry) {
    FamilyState after = entry.after();
    String family = entry.family() == null ? "all families" : entry.family();
    String what =
        switch (entry.kind()) {
          case PROMOTE -> family + " was promoted" + to(after);
          case ROLLBACK -> family + " was rolled back" + to(after);
          case ALARM -> family + " does harm and is not rolled back by itself";
          case DENY -> "a replica took the candidate of " + family + " off by itself";
          case ALLOW -> "a replica lets the candidate of " + family + " serve again";
          case OUTBOX_PARK -> "a write of " + family + " was parked";
          case STOP_LINE -> "all promotion was stopped";
          case RELEASE_LINE -> "promotion goes on";
          case STORE_BACK -> "an older copy of the store is in force for " + family;
          default -> entry.kind().word() + " of " + family;
        };
    return what + " by " + entry.actor() + ": " + entry.reason();
  }

  private static String to(@Nullable FamilyState after) {
    return after == null
        ? ""
        : " to " + words(after.phase()) + (after.unproven() ? " (unproven)" : "");
  }

  private static String words(Phase phase) {
    return phase.name().word() + (phase.stepWeight() == null ? "" : " at " + phase.stepWeight());
  }

  @Override
  public void waiting(String family, String why) {
    Instant now = clock.instant();
    notifier.tell(
        Notification.of(
            "waiting_" + family + "_" + now.toEpochMilli(),
            Topic.WAITING,
            now,
            family,
            family + " waits for a person: " + why,
            Map.of("why", why)));
  }
}
