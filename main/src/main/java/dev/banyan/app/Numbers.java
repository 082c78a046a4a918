package dev.banyan.app;

import dev.banyan.cutover.Cutover;
import dev.banyan.dual.OutboxCounts;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Phase;
import dev.banyan.notification.Notifier;
import dev.banyan.parity.ParityBook;
import dev.banyan.proxy.GatewayLevels;
import dev.banyan.proxy.SafetyNet;
import dev.banyan.shadow.Shadow;
import dev.banyan.shadow.ShadowCounts;
import dev.banyan.shadow.ShadowRate;
import dev.banyan.telemetry.Metric;
import dev.banyan.telemetry.Sheet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the metrics show of everything but the requests themselves, read at each scrape.
///
/// @param notifications what became of them, by target
/// @param levels how full the gateway is; null while it does not run
/// @param accessLog null where none is asked for
record Numbers(
    String version,
    Cutover cutover,
    ParityBook book,
    Shadow shadow,
    Judging judging,
    SafetyNet net,
    UpstreamNumbers upstream,
    Supplier<List<Notifier.Counts>> notifications,
    DualSend dual,
    Supplier<@Nullable GatewayLevels> levels,
    @Nullable AccessLog accessLog)
    implements Consumer<Sheet> {

  @Override
  public void accept(Sheet sheet) {
    sheet.add(Metric.BUILD_INFO, 1, version);
    cutover.states().forEach(state -> family(sheet, state));
    sheet.add(Metric.SHADOW_MEMORY, shadow.memoryTaken());
    sheet.add(Metric.FALLBACKS_UNDER_WAY, net.underWay());
    upstream.accept(sheet);
    for (Notifier.Counts each : notifications.get()) {
      String target = each.target();
      sheet.add(Metric.NOTIFICATIONS, each.sent(), target, "sent");
      sheet.add(Metric.NOTIFICATIONS, each.failed(), target, "failed");
      sheet.add(Metric.NOTIFICATIONS, each.dropped(), target, "dropped");
      sheet.add(Metric.NOTIFICATIONS_WAITING, each.waiting(), target);
    }
    dual.families().forEach(family -> outbox(sheet, family));
    GatewayLevels now = levels.get();
    if (now != null) {
      gateway(sheet, now);
    }
    if (accessLog != null) {
      sheet.add(Metric.ACCESS_LOG_LINES, accessLog.written());
      sheet.add(Metric.ACCESS_LOG_DROPPED, accessLog.queue().dropped(), "queue-full");
      sheet.add(Metric.ACCESS_LOG_DROPPED, accessLog.failed(), "write-failed");
    }
  }

  private void family(Sheet sheet, FamilyState state) {
    String family = state.family();
    Phase phase = state.phase();
    for (Phase.Name name : Phase.Name.values()) {
      sheet.add(Metric.FAMILY_PHASE, name == phase.name() ? 1 : 0, family, name.word());
    }
    sheet.add(Metric.FAMILY_CANDIDATE_SHARE, phase.reads().share(), family, "reads");
    sheet.add(Metric.FAMILY_CANDIDATE_SHARE, phase.writes().share(), family, "writes");
    sheet.add(Metric.FAMILY_EPOCH, state.epoch(), family);
    sheet.add(Metric.FAMILY_HELD, state.held() == null ? 0 : 1, family);
    parity(sheet, family, book.evidence(family));
    for (FamilyJudging.Why why : FamilyJudging.Why.values()) {
      sheet.add(Metric.PARITY_AGAIN, judging.asked(family, why), family, why.word());
    }
    ShadowRate rate = shadow.rate(family);
    sheet.add(Metric.SHADOW_SAMPLE_SHARE, rate.effective(), family);
    sheet.add(Metric.SHADOW_SHED, rate.shed(), family);
    shadow(sheet, family, shadow.counts(family));
    shadow
        .givenUp(family)
        .forEach((reason, count) -> sheet.add(Metric.SHADOW_GIVEN_UP, count, family, reason));
  }

  private void outbox(Sheet sheet, String family) {
    OutboxCounts counts = dual.counts(family).orElse(null);
    if (counts == null) {
      return; // the store can not be read
    }
    counts
        .states()
        .forEach((state, count) -> sheet.add(Metric.OUTBOX_ENTRIES, count, family, state.word()));
    Instant oldest = counts.oldest();
    Duration age =
        oldest == null ? Duration.ZERO : Duration.between(oldest, dual.clock().instant());
    sheet.add(Metric.OUTBOX_OLDEST, Math.max(0, age.toMillis()) / 1e3, family);
    sheet.add(Metric.OUTBOX_DIRTY, counts.dirty(), family);
  }

  private static void parity(Sheet sheet, String family, ParityEvidence evidence) {
    sheet.add(Metric.PARITY_COMPARED, evidence.compared(), family);
    sheet.add(Metric.PARITY_MATCHED, evidence.matched(), family);
    sheet.add(Metric.PARITY_MISMATCHED, evidence.mismatched(), family);
    sheet.add(Metric.PARITY_RACED, evidence.raced(), family);
    evidence
        .skipped()
        .forEach((reason, count) -> sheet.add(Metric.PARITY_SKIPPED, count, family, reason));
  }

  private static void shadow(Sheet sheet, String family, ShadowCounts counts) {
    sheet.add(Metric.SHADOW_SAMPLED, counts.sampled(), family);
    sheet.add(Metric.SHADOW_SENT, counts.sent(), family);
    sheet.add(Metric.SHADOW_IN_FLIGHT, counts.inFlight(), family);
    counts
        .dropped()
        .forEach((reason, count) -> sheet.add(Metric.SHADOW_DROPPED, count, family, reason));
  }

  private static void gateway(Sheet sheet, GatewayLevels levels) {
    sheet.add(Metric.CLIENT_CONNECTIONS, levels.clients());
    sheet.add(Metric.TUNNELS, levels.tunnels());
    levels
        .pools()
        .forEach((service, pool) -> {
          sheet.add(Metric.UPSTREAM_CONNECTIONS, pool.idle(), service, "idle");
          sheet.add(Metric.UPSTREAM_CONNECTIONS, pool.open() - pool.idle(), service, "busy");
          sheet.add(Metric.UPSTREAM_WAITING, pool.waiting(), service);
        });
    for (int loop = 0; loop < levels.delays().size(); loop++) {
      double seconds = levels.delays().get(loop).toNanos() / 1e9;
      sheet.add(Metric.EVENT_LOOP_DELAY, seconds, Integer.toString(loop));
    }
  }
}
